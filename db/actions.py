"""What people did: the append-only record, and the locks and facts that doing it needs.

Locks in one order everywhere: thread, conversation, alert. The caller owns the transaction.
"""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import class_row, dict_row

from db.sql import queries
from domain.alerts import AlertKind, Level, State

_SQL = queries("actions")


@dataclass(frozen=True, slots=True)
class Past:
    """An event that was handled before."""

    alert_id: int | None
    verb: str
    by: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an alert's history."""

    verb: str
    by: str
    via: str
    at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Words:
    """The wording a person judged, and where it stands."""

    id: int
    thread_id: int
    post_id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An alert held for a person's action."""

    id: int
    kind: AlertKind
    state: State
    level: Level
    source_name: str | None
    taken_by: str | None
    taken_at: datetime | None
    snoozed_until: datetime | None
    resolved_by: str | None
    resolved_because: str | None
    resolved_at: datetime | None
    #: the conversation behind it; None where there is none (any more)
    words: Words | None = None


def of_event(conn: Connection, event_key: str) -> Past | None:
    """What came of this event; None when it is new."""
    with conn.cursor(row_factory=class_row(Past)) as cur:
        return cur.execute(_SQL["action_of_event"], {"event_key": event_key}).fetchone()


def hold(conn: Connection, alert_id: int) -> Target | None:
    """Lock an alert with its thread and conversation; None when there is no such alert."""
    found = conn.execute(_SQL["target"], {"alert_id": alert_id}).fetchone()
    if found is None:
        return None
    conversation_id, thread_id = found
    words = None
    if conversation_id is not None:
        conn.execute(_SQL["hold_thread"], {"thread_id": thread_id})
        with conn.cursor(row_factory=class_row(Words)) as cur:
            asked = {"conversation_id": conversation_id}
            words = cur.execute(_SQL["hold_conversation"], asked).fetchone()
    with conn.cursor(row_factory=dict_row) as cur:
        row = cur.execute(_SQL["hold_alert"], {"alert_id": alert_id}).fetchone()
    if row is None:
        return None
    kind, state, level = AlertKind(row["kind"]), State(row["state"]), Level(row["level"])
    return Target(**(row | {"kind": kind, "state": state, "level": level, "words": words}))


def record(
    conn: Connection,
    *,
    alert_id: int,
    verb: str,
    by: str,
    via: str,
    at: datetime,
    event_key: str | None,
    outcome: str,
) -> bool:
    """Append what a person did; False when this event was recorded already."""
    row = conn.execute(
        _SQL["record_action"],
        {
            "alert_id": alert_id,
            "verb": verb,
            "by": by,
            "via": via,
            "at": at,
            "event_key": event_key,
            "outcome": outcome,
        },
    ).fetchone()
    return row is not None


def correct(conn: Connection, words: Words, *, appeal: str, by: str, at: datetime) -> None:
    """Store what a person said of a wording, and have its thread derived again."""
    conn.execute(
        _SQL["save_correction"],
        {"post_id": words.post_id, "version": words.version, "appeal": appeal, "by": by, "at": at},
    )
    conn.execute(_SQL["rebuild_thread"], {"thread_id": words.thread_id})


def look_again(conn: Connection, conversation_id: int, *, at: datetime) -> None:
    """Have the rules look at a conversation at that time."""
    conn.execute(_SQL["look_at_conversation"], {"conversation_id": conversation_id, "at": at})


def history(conn: Connection, alert_id: int) -> list[Entry]:
    """What people did with an alert, in order."""
    with conn.cursor(row_factory=class_row(Entry)) as cur:
        return cur.execute(_SQL["actions_of_alert"], {"alert_id": alert_id}).fetchall()
