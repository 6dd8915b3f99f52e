"""Problems and the complaints behind them: the store that grouping works on."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from db.sql import queries
from domain.problems.complaints import Bag, Complaint, Placement, Role
from domain.problems.life import Facts, Ignored, Rules
from domain.problems.states import Because, Move, State, move
from domain.problems.store import Known, Suggestion, Window

_SQL = queries("problems")
#: Complaints looked at of one term, in all, of one problem, and of one problem for its voices.
EACH_TERM, ALIKE, EACH_PROBLEM, _VOICES = 60, 200, 40, 2_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A judged wording that was not grouped yet."""

    post_id: int
    version: int
    text: str
    author: str
    at: datetime
    is_complaint: bool


class Problems:
    """The store over one connection. The caller owns the transaction."""

    def __init__(self, conn: Connection, *, now: datetime) -> None:
        self._conn = conn
        self._now = now

    def alike(
        self, terms: Sequence[str], weights: Sequence[float], *, since: datetime, without: int
    ) -> list[Complaint]:
        return self._complaints(
            "alike", terms=list(terms), weights=list(weights), since=since, without=without,
            each=EACH_TERM, limit=ALIKE,
        )  # fmt: skip

    def members(self, problems: Sequence[int]) -> list[Complaint]:
        return self._complaints("members", problems=list(problems), each=EACH_PROBLEM) if problems else []

    def seeds(self) -> list[Complaint]:
        return [
            Complaint(
                id=-1 - number, bag=_bag(row[1:4]), author="catalogue", at=self._now, voice=0,
                problem=row[0], is_pinned=True,
            )
            for number, row in enumerate(self._rows("seeds"))
        ]  # fmt: skip

    def first_of(self, author: str) -> int | None:
        row = self._conn.execute(_SQL["first_of"], {"author": author}).fetchone()
        return int(row[0]) if row else None

    def barred(self, complaint: int) -> frozenset[int]:
        return frozenset(row[0] for row in self._rows("barred", post_id=complaint))

    def put(self, complaint: Complaint, terms: Sequence[str]) -> None:
        self._conn.execute(
            _SQL["put"],
            {
                "post_id": complaint.id,
                "terms": list(complaint.bag.terms),
                "weights": list(complaint.bag.weights),
                "spots": list(complaint.bag.spots),
                "author": complaint.author,
                "at": complaint.at,
                "voice": complaint.voice,
                "now": self._now,
            },
        )
        self._conn.execute(_SQL["forget_terms"], {"post_id": complaint.id})
        self._conn.execute(_SQL["keep_terms"], {"post_id": complaint.id, "terms": list(terms)})

    def open(self, *, now: datetime) -> int:
        row = self._conn.execute(_SQL["open"], {"now": now}).fetchone()
        assert row
        number = int(row[0])
        self._note(number, Move(None, State.CANDIDATE, "rule", Because.ALIKE, now))
        return number

    def place(self, placements: Sequence[Placement], *, now: datetime) -> None:
        mains = [p.complaint for p in placements if p.role is Role.MAIN]
        self._conn.execute(_SQL["unplace"], {"ids": mains})
        self._conn.execute(_SQL["unmention"], {"ids": [p.complaint for p in placements]})
        with self._conn.cursor() as cur:
            cur.executemany(_SQL["place"], [_placed(p, now) for p in placements if p.problem is not None])

    def window(self, *, since: datetime) -> Window:
        barred: dict[int, set[int]] = defaultdict(set)
        for post_id, problem_id in self._rows("window_bans"):
            barred[post_id].add(problem_id)
        return Window(
            complaints=[*self.seeds(), *self._complaints("window_complaints", since=since)],
            problems=[
                Known(id=row[0], state=State(row[1]), is_settled=row[2])
                for row in self._rows("window_problems")
            ],
            barred={post_id: frozenset(problems) for post_id, problems in barred.items()},
            fresh=frozenset(row[0] for row in self._rows("fresh")),
        )

    def end(self, problem: int, *, into: int | None, now: datetime) -> None:
        facts = self.facts([problem])
        if problem not in facts:
            return
        because = Because.EMPTIED if into is None else Because.MERGED
        self._note(problem, move(facts[problem].state, State.GONE, by="rule", because=because, at=now))
        if into is not None:
            hand_over(self._conn, problem, into)
        close(self._conn, problem, into=into, now=now)

    def suggest(self, suggestions: Sequence[Suggestion], *, now: datetime) -> None:
        for found in suggestions:
            one, other = sorted((found.one, found.other))
            self._conn.execute(
                _SQL["suggest"], {"one": one, "other": other, "score": found.score, "now": now}
            )

    def facts(self, problems: Sequence[int]) -> dict[int, Facts]:
        voices: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
        asked = {"problems": list(problems), "each": _VOICES}
        for problem, first, last in self._conn.execute(_SQL["voices"], asked):
            voices[problem].append((first, last))
        weekdays = self._weekdays() if voices else (1 / 7,) * 7
        return {
            row[0]: _facts(row, voices[row[0]], weekdays)
            for row in self._rows("lives", problems=list(problems))
        }

    def moved(self, problem: int, move: Move) -> None:
        self._note(problem, move)
        self._conn.execute(
            _SQL["set_state"],
            {"problem_id": problem, "before": move.before, "after": move.after, "at": move.at},
        )

    def _note(self, problem: int, move: Move) -> None:
        self._conn.execute(
            _SQL["moved"],
            {
                "problem_id": problem, "before": move.before, "after": move.after,
                "by": move.by, "because": move.because, "at": move.at,
            },
        )  # fmt: skip

    def _weekdays(self) -> tuple[float, ...]:
        """Shares of the weekdays, leaning to even ones while there is little to go by."""
        counts = [7 + row[1] for row in self._rows("weekdays")]
        return tuple(count / sum(counts) for count in counts)

    def _complaints(self, name: str, **values: Any) -> list[Complaint]:
        return [
            Complaint(
                id=row[0], bag=_bag(row[1:4]), author=row[4], at=row[5], voice=row[6],
                problem=row[7], is_pinned=row[8],
            )
            for row in self._rows(name, **values)
        ]  # fmt: skip

    def _rows(self, name: str, **values: Any) -> list[tuple[Any, ...]]:
        return self._conn.execute(_SQL[name], values).fetchall()


def _bag(row: Sequence[Any]) -> Bag:
    return Bag(terms=tuple(row[0]), weights=tuple(row[1]), spots=tuple(row[2]))


def _placed(placement: Placement, now: datetime) -> dict[str, object]:
    return {
        "post_id": placement.complaint,
        "problem_id": placement.problem,
        "role": placement.role.value,
        "score": placement.score,
        "neighbours": list(placement.why.neighbours),
        "terms": list(placement.why.terms),
        "now": now,
    }


def _facts(
    row: tuple[Any, ...], voices: Sequence[tuple[datetime, datetime]], weekdays: Sequence[float]
) -> Facts:
    _, state, since, fixed_at, until, until_voices, until_grows = row
    settled: timedelta = Rules().settles_in
    return Facts(
        state=State(state),
        since=since,
        voices=[first for first, _ in voices],
        after_fix=sum(last > fixed_at + settled for _, last in voices) if fixed_at else 0,
        ignored=Ignored(until=until, until_voices=until_voices, until_grows=until_grows),
        weekdays=weekdays,
    )


def alone(conn: Connection) -> None:
    """Wait until no other grouping runs; holds until the transaction ends."""
    conn.execute(_SQL["alone"])


def waiting(conn: Connection, *, limit: int) -> list[Waiting]:
    """Judged wordings that were not grouped yet, oldest first."""
    return [Waiting(*row) for row in conn.execute(_SQL["waiting"], {"limit": limit})]


def mark_grouped(conn: Connection, posts: Sequence[Waiting]) -> None:
    """These need no more looking at; what is no complaint (any more) leaves its problem. Safe to repeat."""
    conn.execute(_SQL["drop_complaints"], {"ids": [p.post_id for p in posts if not p.is_complaint]})
    conn.execute(
        _SQL["mark_grouped"], {"ids": [p.post_id for p in posts], "versions": [p.version for p in posts]}
    )


def newest_space(
    conn: Connection, *, known: Sequence[str] = ()
) -> tuple[str, bytes | None, datetime, int] | None:
    """Digest, body, time and size of what was learned last; the body is None when its digest is known."""
    row = conn.execute(_SQL["newest_space"], {"known": list(known)}).fetchone()
    return (row[0], row[1], row[2], row[3]) if row else None


def save_space(conn: Connection, body: bytes, *, complaints: int, now: datetime) -> None:
    """Keep what was learned; older ones go."""
    digest = hashlib.sha256(body).hexdigest()
    row = conn.execute(
        _SQL["save_space"], {"body": body, "digest": digest, "complaints": complaints, "now": now}
    ).fetchone()
    assert row
    conn.execute(_SQL["drop_older_spaces"], {"id": row[0]})


def hand_over(conn: Connection, problem: int, into: int) -> None:
    """All complaints of a problem go to another, with the roles they have."""
    conn.execute(_SQL["make_room"], {"problem_id": problem, "into": into})
    conn.execute(_SQL["hand_over"], {"problem_id": problem, "into": into})
    conn.execute(_SQL["ban_anew"], {"problem_id": problem, "into": into})


def close(conn: Connection, problem: int, *, into: int | None, now: datetime) -> None:
    """The problem is gone; what it still holds stays alone, the row is a trail."""
    conn.execute(_SQL["let_go"], {"problem_id": problem})
    conn.execute(_SQL["end"], {"problem_id": problem, "into": into, "now": now})


def came_since(conn: Connection, since: datetime, *, limit: int) -> int:
    """Complaints grouped since then; `limit` means that many or more."""
    row = conn.execute(_SQL["came_since"], {"since": since, "limit": limit}).fetchone()
    return int(row[0]) if row else 0


def latest_bags(conn: Connection, *, limit: int) -> list[Bag]:
    """The latest complaints, oldest first."""
    return [_bag(row) for row in conn.execute(_SQL["latest_bags"], {"limit": limit})]


def alive(conn: Connection) -> list[int]:
    """Problems that time alone may move."""
    return [row[0] for row in conn.execute(_SQL["alive"])]


def texts(conn: Connection, problem: int, *, limit: int) -> list[tuple[int, Bag, str]]:
    """A problem's latest complaints: post, terms and the words as written."""
    rows = conn.execute(_SQL["texts"], {"problem_id": problem, "limit": limit}).fetchall()
    return [(row[0], _bag(row[1:4]), row[4]) for row in rows]


def unnamed(conn: Connection, problems: Sequence[int]) -> list[int]:
    """Which of these problems a rule may name."""
    return [row[0] for row in conn.execute(_SQL["unnamed"], {"problems": list(problems)})]


def entitle(conn: Connection, problem: int, title: str) -> None:
    """Name a problem by rule; a person's title stands."""
    conn.execute(_SQL["entitle"], {"problem_id": problem, "title": title})


def note_careful_pass(conn: Connection, counts: Mapping[str, int], *, now: datetime) -> None:
    """When the careful pass went through, and what it did."""
    conn.execute(_SQL["note_careful_pass"], {"counts": Jsonb(dict(counts)), "now": now})
