"""Station "conversations": what a thread's posts mean for people, derived anew whenever they change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from psycopg import Connection
from psycopg_pool import ConnectionPool

from db import conversations as store
from db.conversations import Standing, TakenThread
from domain.conversations import Conversation, Rules
from domain.deadlines import ClockState, Facts, deadlines
from domain.moves import MOVES, Move, State, Why
from domain.policy import Calendar, Company
from domain.reading import derive
from domain.threads import Said

log = structlog.get_logger()

#: Threads in one transaction: few enough that a crawl waits for none of them for long.
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Built:
    """Counts of one call; `threads` 0: nothing was waiting."""

    threads: int = 0
    conversations: int = 0
    moves: int = 0

    def __add__(self, other: "Built") -> "Built":
        return Built(
            self.threads + other.threads,
            self.conversations + other.conversations,
            self.moves + other.moves,
        )


def build_conversations(
    pool: ConnectionPool[Connection], company: Company, *, now: datetime, limit: int
) -> Built:
    """Derive the conversations of up to `limit` changed threads. Safe to repeat and to run twice.

    A thread waits until all its customers' words are judged. Conversations that no longer derive are
    closed, never deleted; people's decisions stand. Raises BadConfig for a calendar that never opens.
    """
    done = Built()
    while done.threads < limit:
        with pool.connection() as conn, conn.transaction():
            threads = store.take_threads(conn, limit=min(_BATCH, limit - done.threads))
            built = _rebuild(conn, threads, company, now)
            store.mark_built(conn, threads)
        if not threads:
            break
        done += built
    if done.threads:
        log.info(
            "conversations.built", threads=done.threads, conversations=done.conversations, moves=done.moves
        )
    return done


def time_passed(
    pool: ConnectionPool[Connection], company: Company, *, now: datetime, limit: int = 500
) -> Built:
    """Move what time alone moves: promises that ran out, talks that silence ended. Safe to repeat.

    Only where the thread was looked at after that moment; up to `limit` conversations a call.
    """
    with pool.connection() as conn, conn.transaction():
        threads = store.take_passing(conn, now=now, limit=limit)
        built = _rebuild(conn, threads, company, now)
    if built.moves:
        log.info("conversations.passed", threads=built.threads, moves=built.moves)
    return built


def _rebuild(conn: Connection, threads: Sequence[TakenThread], company: Company, now: datetime) -> Built:
    ids = [thread.id for thread in threads]
    if not ids:
        return Built()
    posts = store.posts(conn, ids)
    standing: dict[int, list[Standing]] = {}
    for talk in store.standing(conn, ids):
        standing.setdefault(talk.thread_id, []).append(talk)
    told = store.moves_of_threads(conn, ids)
    built = Built()
    for thread in threads:
        writer = _Writer(conn, thread, company, now)
        built += writer.write(posts[thread.id], standing.get(thread.id, []), told)
    return built


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes one thread's conversations over what stands of them."""

    conn: Connection
    thread: TakenThread
    company: Company
    now: datetime

    def write(
        self, posts: Sequence[Said], standing: Sequence[Standing], told: dict[int, list[Move]]
    ) -> Built:
        known = {talk.customer: talk for talk in standing}
        found = derive(posts, self._rules(), [talk.decision for talk in standing if talk.decision])
        moves: dict[int, list[Move]] = {}
        for talk in found:
            number = store.save(self.conn, self.thread, talk, look_at=self._look_at(talk))
            moves[number] = untold(told.get(number, []), talk.moves, talk.state, now=self.now)
        for customer in sorted(known.keys() - {talk.customer for talk in found}):
            moves[known[customer].id] = self._end(known[customer])
        store.add_moves(self.conn, moves)
        return Built(1, len(found), sum(map(len, moves.values())))

    def _rules(self) -> Rules:
        return Rules(
            policy=self.company.policy,
            calendar=calendar_of(self.company, self.thread.source_name),
            now=self.now,
            checked_at=self.thread.checked_at,
            names=(self.company.brand,) if self.company.brand else (),
        )

    def _look_at(self, talk: Conversation) -> datetime | None:
        """When an alert rule may have something to say: now, where the clock already has."""
        # Also where no answer could ever be seen: a digest of history counts those apart.
        facts = facts_of(talk, self.thread.checked_at)
        rules = self._rules()
        clocks = deadlines(facts, rules.policy, rules.calendar, self.now)
        late = {ClockState.WARNING, ClockState.BREACH, ClockState.NOT_CHECKED}
        return self.now if clocks.state in late else clocks.look_at

    def _end(self, talk: Standing) -> list[Move]:
        if talk.state is State.CLOSED:
            return []
        store.end(self.conn, talk.id)
        return [Move(talk.state, State.CLOSED, "rule", Why.NO_LONGER, self.now)]


def calendar_of(company: Company, source_name: str) -> Calendar:
    """The calendar of a source; the company's first where nothing else is said."""
    name = company.source_calendars.get(source_name)
    return next((c for c in company.calendars if c.name == name), company.calendars[0])


def facts_of(talk: Conversation, checked_at: datetime | None) -> Facts:
    """What the deadline rules need of a conversation."""
    return Facts(
        state=talk.state,
        appeal=talk.appeal.value,
        waiting_since=talk.waiting.dated_at if talk.waiting else None,
        waiting_seen_at=talk.waiting.first_seen_at if talk.waiting else None,
        promised_until=talk.promised_until,
        is_answered=talk.first_answer_at is not None,
        checked_at=checked_at if talk.is_checkable else None,
    )


def untold(told: Sequence[Move], derived: Iterable[Move], state: State, *, now: datetime) -> list[Move]:
    """The moves to append so that history, which is never rewritten, ends in `state`.

    Where history was read anew and took another way (an edit, an answer gone), one recount ends it.
    """
    known = {step.key for step in told}
    here = told[-1].after if told else None
    out: list[Move] = []
    for step in derived:
        if step.key not in known and step.before == here and step.after in MOVES[here]:
            out.append(step)
            here = step.after
    if here is not state:
        out.append(Move(here, state, "rule", Why.RECOUNTED, now))
    return out
