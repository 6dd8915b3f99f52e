"""What people decide about problems: kept, a limit to rules for good, with a trail.

Each function is one transaction on its own pool connection; `by` is the person. All raise NotAllowed for a
problem that is gone, and KeyError for one that never was.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import structlog
from psycopg import Connection
from psycopg_pool import ConnectionPool

from db import problem_corrections as db
from db import problems
from db.problems import Problems
from domain.errors import NotAllowed
from domain.problems.life import Ignored
from domain.problems.states import Because, State
from triage.problems.bags import bag

log = structlog.get_logger()
Pool = ConnectionPool[Connection]


@contextmanager
def _hand(
    pool: Pool, verb: str, problem: int, by: str, now: datetime, **facts: object
) -> Iterator[Connection]:
    """One decision: no grouping meanwhile, and a note of who decided what."""
    with pool.connection() as conn, conn.transaction():
        problems.alone(conn)
        _require(conn, problem)
        yield conn
        db.acted(conn, problem, verb, by=by, now=now, facts=facts)
    log.info("problem.corrected", problem=problem, verb=verb, by=by)


def _require(conn: Connection, problem: int) -> None:
    state = db.state(conn, problem)
    if state is State.GONE:
        raise NotAllowed(f"problem {problem} is gone")


def take_out(pool: Pool, post: int, problem: int, *, by: str, now: datetime) -> None:
    """The complaint does not belong to the problem: rules never put it back. Safe to repeat."""
    with _hand(pool, "take_out", problem, by, now, post=post) as conn:
        db.take_out(conn, post, problem, by=by, now=now)


def put_into(pool: Pool, post: int, problem: int, *, by: str, now: datetime) -> None:
    """The complaint mainly belongs to this problem, not to where it was. Safe to repeat."""
    with _hand(pool, "put_into", problem, by, now, post=post) as conn:
        _move(conn, post, problem, by, now)


def _move(conn: Connection, post: int, problem: int, by: str, now: datetime) -> None:
    before = db.main_problem(conn, post)
    if before is not None and before != problem:
        db.take_out(conn, post, before, by=by, now=now)
        db.acted(conn, before, "moved_out", by=by, now=now, facts={"post": post, "into": problem})
    db.pin(conn, post, problem, by=by, now=now)


def merge(pool: Pool, problem: int, into: int, *, by: str, now: datetime) -> None:
    """The two are one: all complaints of `problem` belong to `into`, which keeps its id."""
    if problem == into:
        raise NotAllowed("a problem cannot be merged into itself")
    with _hand(pool, "merge", into, by, now, merged=problem) as conn:
        _require(conn, problem)
        db.merge(conn, problem, into, by=by, because=Because.MERGED, now=now)
        db.acted(conn, problem, "merged_into", by=by, now=now, facts={"into": into})
        db.decide(conn, problem, into, "merged", by=by, now=now)


def decline(pool: Pool, one: int, other: int, *, by: str, now: datetime) -> None:
    """The two are not one: they are not asked about again, and no rule merges them."""
    with _hand(pool, "decline", one, by, now, other=other) as conn:
        _require(conn, other)
        db.acted(conn, other, "decline", by=by, now=now, facts={"other": one})
        db.decide(conn, one, other, "declined", by=by, now=now)


def split(pool: Pool, problem: int, posts: Sequence[int], title: str, *, by: str, now: datetime) -> int:
    """These complaints are another problem; returns its id. It is raised at once: a person found it."""
    with _hand(pool, "split", problem, by, now, posts=list(posts)) as conn:
        number = Problems(conn, now=now).open(now=now)
        db.change_state(conn, number, State.NEW, by=by, because="split", now=now)
        db.name(conn, number, title)
        for post in posts:
            _move(conn, post, number, by, now)
        db.acted(conn, number, "split_from", by=by, now=now, facts={"problem": problem})
    return number


def rename(pool: Pool, problem: int, title: str, *, by: str, now: datetime) -> None:
    """A person's title: no rule changes it."""
    with _hand(pool, "rename", problem, by, now, title=title) as conn:
        db.name(conn, problem, title)


def assign(pool: Pool, problem: int, owner: str | None, *, by: str, now: datetime) -> None:
    """Whose it is; None: nobody's again."""
    with _hand(pool, "assign", problem, by, now, owner=owner) as conn:
        db.own(conn, problem, owner)


def fixed(pool: Pool, problem: int, how: str, *, by: str, at: datetime, now: datetime) -> None:
    """The cause is removed since `at`: voices after that bring the problem back with this fix attached."""
    with _hand(pool, "fixed", problem, by, now, how=how, at=at.isoformat()) as conn:
        db.fix(conn, problem, how=how, by=by, fixed_at=at)
        db.change_state(conn, problem, State.FIXED, by=by, because="fixed", now=now)


def ignore(pool: Pool, problem: int, ignored: Ignored, *, by: str, now: datetime) -> None:
    """Nobody wants to hear of it until it grows, until a date, or for good. It goes on counting."""
    until = ignored.until.isoformat() if ignored.until else None
    with _hand(
        pool, "ignore", problem, by, now,
        until=until, until_voices=ignored.until_voices, until_grows=ignored.until_grows,
    ) as conn:  # fmt: skip
        db.ignore(conn, problem, ignored)
        db.change_state(conn, problem, State.IGNORED, by=by, because="ignored", now=now)


def not_a_problem(pool: Pool, problem: int, *, by: str, now: datetime) -> None:
    """What its complaints share is no cause anybody could remove: ignored for good, members kept."""
    with _hand(pool, "not_a_problem", problem, by, now) as conn:
        db.ignore(conn, problem, Ignored())
        db.change_state(conn, problem, State.IGNORED, by=by, because=Because.NOT_A_PROBLEM, now=now)


def know(pool: Pool, key: str, title: str, texts: Sequence[str], *, owner: str | None, now: datetime) -> int:
    """A known problem of the company's catalogue; example phrases draw complaints to it. Repeatable."""
    seeds = [found for text in (title, *texts) if (found := bag(text)).terms]
    with pool.connection() as conn, conn.transaction():
        number, is_new = db.know(conn, key, title, owner, seeds, now=now)
    log.info("problem.known", problem=number, key=key, is_new=is_new)
    return number
