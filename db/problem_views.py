"""Problems as pages, messages and digests show them: counts of voices, evidence, history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from db.problems import texts
from db.sql import queries
from domain.problems.complaints import Role
from domain.problems.states import Move, State
from domain.problems.voices import Chorus, chorus

_SQL = queries("problems")


@dataclass(frozen=True, slots=True)
class Seen:
    """A problem in numbers. A voice is a distinct author or a text however many post it."""

    id: int
    title: str
    state: State
    since: datetime
    raised_at: datetime | None
    owner: str | None
    #: a person decided something about it
    is_settled: bool
    fixed_at: datetime | None
    fixed_by: str | None
    fixed_how: str | None
    posts: int
    voices: int
    #: voices of the last 7 and 28 days, and of the 7 days before the last 7
    week: int
    month: int
    week_before: int
    #: accounts; more than voices where several say one thing
    authors: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One complaint of a problem, and why it is here."""

    post_id: int
    role: Role
    score: float
    neighbours: Sequence[int]
    terms: Sequence[str]
    #: 'rule' or a person
    by: str
    at: datetime
    voice: int
    author: str
    source_id: int
    text: str
    url: str | None


def listed(conn: Connection, *, now: datetime, states: Sequence[State], limit: int) -> list[Seen]:
    """Problems in these states, the loudest of the last four weeks first."""
    return _seen(conn, now, list(states), None, limit)


def one(conn: Connection, problem: int, *, now: datetime) -> Seen | None:
    """One problem, gone ones included."""
    found = _seen(conn, now, list(State), problem, 1)
    return found[0] if found else None


def _seen(
    conn: Connection, now: datetime, states: list[State], problem: int | None, limit: int
) -> list[Seen]:
    values = {"now": now, "states": [s.value for s in states], "problem_id": problem, "limit": limit}
    rows = conn.execute(_SQL["listed"], values).fetchall()
    return [Seen(row[0], row[1], State(row[2]), *row[3:]) for row in rows]


def evidence(conn: Connection, problem: int, *, limit: int) -> list[Evidence]:
    """The complaints of a problem, newest first."""
    rows = conn.execute(_SQL["evidence"], {"problem_id": problem, "limit": limit}).fetchall()
    return [Evidence(row[0], Role(row[1]), *row[2:]) for row in rows]


def quotable(conn: Connection, problem: int) -> list[tuple[int, str]]:
    """Its latest complaints as post and words, to choose quotes from."""
    return [(post, text) for post, _, text in texts(conn, problem, limit=40)]


def asked(conn: Connection, *, limit: int) -> list[tuple[int, int, float]]:
    """Pairs that a person may merge or decline, the likest first."""
    return [(row[0], row[1], row[2]) for row in conn.execute(_SQL["asked"], {"limit": limit})]


def suspected(conn: Connection, problem: int, *, since: datetime) -> Chorus | None:
    """Accounts that published nearly one text in this problem since then, if they are many."""
    rows = conn.execute(_SQL["recent_voices"], {"problem_id": problem, "since": since}).fetchall()
    return chorus({row[0]: row[1] for row in rows})


def history(conn: Connection, problem: int) -> list[Move]:
    """Every change of its state, first to last."""
    rows = conn.execute(_SQL["history"], {"problem_id": problem}).fetchall()
    return [Move(State(row[0]) if row[0] else None, State(row[1]), row[2], row[3], row[4]) for row in rows]
