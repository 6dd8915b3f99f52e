"""What people decide about problems: the rows behind each correction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from psycopg import Connection
from psycopg.types.json import Jsonb

from db.problems import close, hand_over
from db.sql import queries
from domain.problems.complaints import Bag
from domain.problems.life import Ignored
from domain.problems.states import Move, State, move

_SQL = queries("problems")


def acted(
    conn: Connection, problem: int, verb: str, *, by: str, now: datetime, facts: Mapping[str, object]
) -> None:
    """Note what a person did; from now on rules only add to the problem."""
    conn.execute(_SQL["settle"], {"problems": [problem]})
    conn.execute(
        _SQL["acted"],
        {"problem_id": problem, "verb": verb, "by": by, "now": now, "facts": Jsonb(dict(facts))},
    )


def state(conn: Connection, problem: int) -> State:
    """Its state, locked against a second hand. Raises KeyError when there is no such problem."""
    row = conn.execute(_SQL["state"], {"problem_id": problem}).fetchone()
    if row is None:
        raise KeyError(problem)
    return State(row[0])


def change_state(
    conn: Connection, problem: int, after: State, *, by: str, because: str, now: datetime
) -> Move | None:
    """Move a problem; None when it is there already. Raises NotAllowed, and KeyError when there is none."""
    before = state(conn, problem)
    if before is after:
        return None
    made = move(before, after, by=by, because=because, at=now)
    values = {
        "problem_id": problem,
        "before": before,
        "after": after,
        "by": by,
        "because": because,
        "at": now,
    }
    conn.execute(_SQL["moved"], values)
    conn.execute(_SQL["set_state"], values)
    return made


def main_problem(conn: Connection, post: int) -> int | None:
    """The problem a complaint mainly belongs to."""
    row = conn.execute(_SQL["where"], {"post_id": post}).fetchone()
    return int(row[0]) if row else None


def take_out(conn: Connection, post: int, problem: int, *, by: str, now: datetime) -> None:
    """Out of the problem, for good."""
    conn.execute(_SQL["take_out"], {"post_id": post, "problem_id": problem})
    conn.execute(_SQL["ban"], {"post_id": post, "problem_id": problem, "by": by, "now": now})


def pin(conn: Connection, post: int, problem: int, *, by: str, now: datetime) -> None:
    """Mainly into this problem, for good."""
    conn.execute(_SQL["unban"], {"post_id": post, "problem_id": problem})
    conn.execute(_SQL["take_out_of_main"], {"post_id": post, "problem_id": problem})
    conn.execute(_SQL["pin"], {"post_id": post, "problem_id": problem, "by": by, "now": now})


def merge(conn: Connection, problem: int, into: int, *, by: str, because: str, now: datetime) -> None:
    """All of one problem into another; the first is gone and points there."""
    change_state(conn, problem, State.GONE, by=by, because=because, now=now)
    hand_over(conn, problem, into)
    close(conn, problem, into=into, now=now)


def decide(conn: Connection, one: int, other: int, decision: str, *, by: str, now: datetime) -> None:
    """Answer whether two problems are one: 'merged' or 'declined'."""
    first, second = sorted((one, other))
    conn.execute(_SQL["decide"], {"one": first, "other": second, "decision": decision, "by": by, "now": now})


def name(conn: Connection, problem: int, title: str) -> None:
    """A person's title stands above any rule's."""
    conn.execute(_SQL["name"], {"problem_id": problem, "title": title})


def own(conn: Connection, problem: int, owner: str | None) -> None:
    """Whose it is."""
    conn.execute(_SQL["own"], {"problem_id": problem, "owner": owner})


def fix(conn: Connection, problem: int, *, how: str, by: str, fixed_at: datetime) -> None:
    """What a person said of the fix."""
    conn.execute(_SQL["fix"], {"problem_id": problem, "how": how, "by": by, "fixed_at": fixed_at})


def ignore(conn: Connection, problem: int, ignored: Ignored) -> None:
    """Until when nobody wants to hear of it."""
    conn.execute(
        _SQL["ignore"],
        {
            "problem_id": problem,
            "until": ignored.until,
            "until_voices": ignored.until_voices,
            "until_grows": ignored.until_grows,
        },
    )


def know(
    conn: Connection, key: str, title: str, owner: str | None, seeds: Sequence[Bag], *, now: datetime
) -> tuple[int, bool]:
    """A problem of the catalogue, told by these texts; its id, and whether it is new. Safe to repeat."""
    row = conn.execute(_SQL["know"], {"key": key, "title": title, "owner": owner, "now": now}).fetchone()
    assert row
    conn.execute(_SQL["forget_seeds"], {"problem_id": row[0]})
    for number, seed in enumerate(seeds):
        conn.execute(
            _SQL["seed"],
            {
                "problem_id": row[0], "number": number, "terms": list(seed.terms),
                "weights": list(seed.weights), "spots": list(seed.spots),
            },
        )  # fmt: skip
    return int(row[0]), bool(row[1])
