"""Stations "group complaints" and "careful pass": problems found in what people write."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

import structlog
from psycopg import Connection
from psycopg_pool import ConnectionPool

from db import problems as db
from db.problems import Problems
from domain.problems.life import Rules
from domain.problems.states import Move
from triage.problems.bags import bag
from triage.problems.careful import Revised, careful, live
from triage.problems.places import add
from triage.problems.space import LEARNED_FROM, Space, learn
from triage.problems.titles import title

log = structlog.get_logger()

#: Complaints in one transaction: few enough that nobody waits long for the lock.
_BATCH = 20
#: Below so many complaints learning anew changes little.
_FIRST_LEARNED = 64
#: Complaints a title is made from.
_TITLED_BY = 40

#: The space this process read last, by its digest: it weighs megabytes and changes once a night.
_read: dict[str, Space] = {}


@dataclass(frozen=True, slots=True)
class Grouped:
    """Counts of one call; `posts` 0: nothing was waiting."""

    posts: int = 0
    complaints: int = 0
    moves: int = 0


def group_complaints(pool: ConnectionPool[Connection], rules: Rules, *, now: datetime, limit: int) -> Grouped:
    """Place up to `limit` newly judged posts. Safe to repeat, to kill and to run twice at once.

    What is no complaint (any more) leaves its problem. One post costs the same however long the history is.
    """
    done = Grouped()
    while done.posts < limit:
        with pool.connection() as conn, conn.transaction():
            db.alone(conn)
            posts = db.waiting(conn, limit=min(_BATCH, limit - done.posts))
            if not posts:
                break
            moves = _group(conn, [p for p in posts if p.is_complaint], rules, now)
            db.mark_grouped(conn, posts)
        done = Grouped(
            done.posts + len(posts), done.complaints + sum(p.is_complaint for p in posts), done.moves + moves
        )
    if done.complaints:
        log.info("complaints.grouped", posts=done.posts, complaints=done.complaints, moves=done.moves)
    return done


def _group(conn: Connection, posts: list[db.Waiting], rules: Rules, now: datetime) -> int:
    if not posts:
        return 0
    store, space = Problems(conn, now=now), _space(conn, now)
    touched: set[int] = set()
    for post in posts:
        touched |= {*add(store, space, post.post_id, bag(post.text), author=post.author, at=post.at, now=now)}
    moves = live(store, touched, rules, now=now)
    _entitle(conn, space, touched)
    _log(moves)
    return sum(map(len, moves.values()))


def careful_pass(pool: ConnectionPool[Connection], rules: Rules, *, now: datetime) -> Revised:
    """Regroup the last year carefully, then let every problem live by its rules. For the night.

    One transaction: a pass that is killed changed nothing. Online grouping waits meanwhile.
    """
    with pool.connection() as conn, conn.transaction():
        db.alone(conn)
        store = Problems(conn, now=now)
        space, revised = careful(store, now=now)
        db.save_space(conn, space.to_bytes(), complaints=space.learned_from, now=now)
        problems = db.alive(conn)
        moves = live(store, problems, rules, now=now)
        _entitle(conn, space, problems)
        db.note_careful_pass(conn, asdict(revised), now=now)
    _log(moves)
    log.info("problems.revised", **asdict(revised), moves=sum(map(len, moves.values())))
    return revised


def let_live(pool: ConnectionPool[Connection], rules: Rules, *, now: datetime) -> int:
    """Move what time alone moves (a week old, calmed down, ignored until today); returns how many moves."""
    with pool.connection() as conn, conn.transaction():
        db.alone(conn)
        moves = live(Problems(conn, now=now), db.alive(conn), rules, now=now)
    _log(moves)
    return sum(map(len, moves.values()))


def _space(conn: Connection, now: datetime) -> Space:
    """What was learned last; learned anew when complaints have doubled since, until the nights suffice."""
    newest = db.newest_space(conn, known=tuple(_read))
    if newest is None:
        return _learned(conn, now)
    digest, body, learned_at, complaints = newest
    wanted = max(_FIRST_LEARNED, complaints)
    if complaints < LEARNED_FROM and db.came_since(conn, learned_at, limit=wanted) >= wanted:
        return _learned(conn, now)
    if body is not None:
        _read.clear()
        _read[digest] = Space.from_bytes(body)
    return _read[digest]


def _learned(conn: Connection, now: datetime) -> Space:
    space = learn(db.latest_bags(conn, limit=LEARNED_FROM))
    db.save_space(conn, space.to_bytes(), complaints=space.learned_from, now=now)
    return space


def _entitle(conn: Connection, space: Space, problems: Collection[int]) -> None:
    for problem in db.unnamed(conn, sorted(problems)):
        found = db.texts(conn, problem, limit=_TITLED_BY)
        if found:
            name = title(space, [terms for _, terms, _ in found], [text for _, _, text in found])
            db.entitle(conn, problem, name)


def _log(moves: dict[int, list[Move]]) -> None:
    for problem, made in moves.items():
        for step in made:
            log.info("problem.moved", problem=problem, after=step.after.value, because=step.because)
