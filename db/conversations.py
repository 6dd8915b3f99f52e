"""Conversations: threads to derive them from, what stands of them, a person's decision.

The caller owns the transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from db.sql import queries
from domain.conversations import Conversation, Decision
from domain.moves import Move, State
from domain.posts import PostKind
from domain.threads import Said
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
