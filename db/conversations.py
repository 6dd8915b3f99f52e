"""Conversations: threads to derive them from, what stands of them, the queue.

The caller owns the transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import class_row

from db.sql import queries
from domain.conversations import Conversation, Decision, Said
from domain.moves import Move, State
from domain.posts import PostKind
from domain.verdicts import Appeal

_SQL = queries("conversations")


@dataclass(frozen=True, slots=True)
class TakenThread:
    """A thread held by this transaction, as it stood when it was taken."""

    id: int
    source_id: int
    source_name: str
    revision: int
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A conversation as stored."""

    id: int
    thread_id: int
    customer: str
    state: State
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A conversation on the queue's page. `checked_at` None: no look tells whether it was answered."""

    id: int
    state: str
    appeal: str
    customer: str
    source_name: str
    text: str
    author_name: str | None
    url: str | None
    attachments: list[str]
    rating: int | None
    opened_at: datetime | None
    waiting_since: datetime | None
    waiting_seen_at: datetime
    first_answer_at: datetime | None
    promised_until: datetime | None
    is_checkable: bool
    checked_at: datetime | None
    voices: int
    #: with `id` the place to go on from
    key_at: datetime


@dataclass(frozen=True, slots=True)
class Word:
    """A post of a conversation, as its page shows it."""

    id: int
    external_id: str
    is_official: bool
    is_customer: bool
    author_name: str | None
    text: str
    published_at: datetime | None
    first_seen_at: datetime
    gone_at: datetime | None
    attachments: list[str]
    url: str | None
    version: int


def take_threads(conn: Connection, *, limit: int) -> list[TakenThread]:
    """Changed threads whose words are all judged, held; those another process holds come next time."""
    rows = conn.execute(_SQL["take_threads"], {"limit": limit}).fetchall()
    return [TakenThread(*row) for row in rows]


def take_passing(conn: Connection, *, now: datetime, limit: int) -> list[TakenThread]:
    """Threads with a conversation that time has moved since, held, longest over first."""
    rows = conn.execute(_SQL["take_passing"], {"now": now, "limit": limit}).fetchall()
    return [TakenThread(*row) for row in rows]


def posts(conn: Connection, thread_ids: Sequence[int]) -> dict[int, list[Said]]:
    """Everything said in these threads, by thread, in the order in which it was first stored."""
    out: dict[int, list[Said]] = {thread: [] for thread in thread_ids}
    for row in conn.execute(_SQL["posts_of_threads"], {"thread_ids": list(thread_ids)}):
        kind = PostKind(row[3])
        said = Said(
            id=row[1],
            external_id=row[2],
            kind=kind,
            author=row[4],
            name=row[5],
            is_official=row[6] or kind is PostKind.ANSWER,
            text=row[7],
            appeal=Appeal(row[8]),
            is_corrected=row[9],
            parent=row[10],
            reply_to=row[11],
            published_at=row[12],
            first_seen_at=row[13],
            gone_at=row[14],
            attachments=tuple(row[15]),
            answered=row[16],
        )
        out[row[0]].append(said)
    return out


def standing(conn: Connection, thread_ids: Sequence[int]) -> list[Standing]:
    """The stored conversations of these threads, held."""
    rows = conn.execute(_SQL["conversations_of_threads"], {"thread_ids": list(thread_ids)}).fetchall()
    return [_standing(*row) for row in rows]


def _standing(
    id: int,
    thread_id: int,
    customer: str,
    state: str,
    by: str | None,
    because: str | None,
    at: datetime | None,
    upto: int | None,
) -> Standing:
    decision = Decision(customer, by, because or "closed", at, upto) if by and at else None
    return Standing(id, thread_id, customer, State(state), decision)


def moves_of_threads(conn: Connection, thread_ids: Sequence[int]) -> dict[int, list[Move]]:
    """Moves by conversation, oldest first."""
    out: dict[int, list[Move]] = {}
    for row in conn.execute(_SQL["moves_of_threads"], {"thread_ids": list(thread_ids)}):
        out.setdefault(row[0], []).append(_move(*row[1:]))
    return out


def moves(conn: Connection, conversation_id: int) -> list[Move]:
    """How one conversation came to its state, oldest first."""
    rows = conn.execute(_SQL["moves"], {"id": conversation_id}).fetchall()
    return [_move(*row[1:]) for row in rows]


def _move(before: str | None, after: str, by: str, because: str, at: datetime, post: int | None) -> Move:
    return Move(State(before) if before else None, State(after), by, because, at, post)


def save(conn: Connection, thread: TakenThread, talk: Conversation, *, look_at: datetime | None) -> int:
    """Write what is true of a conversation now, keeping its row; returns its id. Safe to repeat."""
    row = conn.execute(
        _SQL["save_conversation"],
        {
            "thread_id": thread.id,
            "source_id": thread.source_id,
            "customer": talk.customer,
            "opening_post_id": talk.opening.id,
            "appeal": talk.appeal.value,
            "state": talk.state.value,
            "turn": talk.turn.value,
            "opened_at": talk.opened_at,
            "first_seen_at": talk.opening.first_seen_at,
            "first_answer_at": talk.first_answer_at,
            "waiting_since": talk.waiting.dated_at if talk.waiting else None,
            "waiting_post_id": talk.waiting.id if talk.waiting else None,
            "promised_until": talk.promised_until,
            "last_word_by": talk.last_word_by.value,
            "post_ids": [post.id for post in talk.posts],
            "voice_ids": [post.id for post in talk.voices],
            "is_checkable": talk.is_checkable,
            "look_at": look_at,
            "passes_at": talk.passes_at,
        },
    ).fetchone()
    assert row is not None
    return int(row[0])


def end(conn: Connection, conversation_id: int) -> None:
    """Close what no longer derives. Its moves are the caller's."""
    conn.execute(_SQL["end_conversation"], {"id": conversation_id})


def add_moves(conn: Connection, found: Mapping[int, Sequence[Move]]) -> None:
    """Append moves, by conversation."""
    rows = [
        {
            "conversation_id": conversation,
            "before": step.before,
            "after": step.after,
            "by": step.by,
            "because": step.because,
            "at": step.at,
            "post_id": step.post,
        }
        for conversation, steps in found.items()
        for step in steps
    ]
    with conn.cursor() as cur:
        cur.executemany(_SQL["add_move"], rows)


def mark_built(conn: Connection, threads: Sequence[TakenThread]) -> None:
    """Say that the conversations of these threads stand for the revisions read."""
    conn.execute(
        _SQL["mark_built"],
        {"thread_ids": [t.id for t in threads], "revisions": [t.revision for t in threads]},
    )


def close(conn: Connection, conversation_id: int, *, by: str, because: str, at: datetime) -> bool:
    """A person's decision: over, up to and including its last known post; a later word reopens it.

    False when it was over already or does not exist. Survives every rebuild.
    """
    done = conn.execute(
        _SQL["close_by_person"], {"id": conversation_id, "by": by, "because": because, "at": at}
    )
    return done.rowcount == 1


def queue(conn: Connection, *, after: tuple[datetime, int] | None = None, limit: int = 50) -> list[QueueRow]:
    """What waits for us, longest wait first. `after` is `(key_at, id)` of the last row of the page before."""
    with conn.cursor(row_factory=class_row(QueueRow)) as cur:
        at, last = after or (None, None)
        return cur.execute(_SQL["queue"], {"after_at": at, "after_id": last, "limit": limit}).fetchall()


def one(conn: Connection, conversation_id: int) -> QueueRow | None:
    """One conversation as the queue shows it; None when there is none."""
    with conn.cursor(row_factory=class_row(QueueRow)) as cur:
        return cur.execute(_SQL["one"], {"id": conversation_id}).fetchone()


def words(conn: Connection, conversation_id: int) -> list[Word]:
    """The posts of a conversation in order."""
    with conn.cursor(row_factory=class_row(Word)) as cur:
        return cur.execute(_SQL["words"], {"id": conversation_id}).fetchall()


def counts(conn: Connection) -> dict[State, int]:
    """How many conversations are in each state; every state is named."""
    found: dict[str, int] = dict(conn.execute(_SQL["counts"]).fetchall())
    return {state: found.get(state, 0) for state in State}
