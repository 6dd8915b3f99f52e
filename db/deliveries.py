"""The outbox: messages owed to channels, handed out under leases, and the cards they became.

`owe` belongs into the transaction that decided; everything else is the delivery loop's. Callers own the
transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from db.sql import queries
from domain.alerts import Reason, Snapshot

_SQL = queries("deliveries")

#: A worker that has not finished a message by then is taken for dead. Longer than any send may take.
LEASE = timedelta(minutes=3)

Ref = Mapping[str, Any]  # the channel's own address of a message: JSON, its shape the messenger's business


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message in this worker's hands."""

    id: int
    alert_id: int
    channel: str
    reason: Reason
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Card:
    """Where an alert's message stands. `doubts`: posts whose outcome nobody recorded, since `doubted_at`."""

    ref: Ref | None = None
    told: Snapshot | None = None
    doubts: int = 0
    doubted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    reason: Reason
    snapshot: Snapshot
    created_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """Messages waiting, those later than they should be, and the oldest of all."""

    due: int
    overdue: int
    oldest_due_at: datetime | None


def owe(
    conn: Connection,
    alert_id: int,
    channel: str,
    reason: Reason,
    snapshot: Snapshot,
    *,
    now: datetime,
) -> int:
    """Owe a channel a message about an alert; one that waits already gives way. Returns its id."""
    supersede(conn, alert_id, channel)
    row = conn.execute(
        _SQL["owe"],
        {
            "alert_id": alert_id,
            "channel": channel,
            "reason": reason,
            "snapshot": Jsonb(snapshot.to_json()),
            "now": now,
        },
    ).fetchone()
    assert row is not None  # INSERT … RETURNING
    return int(row[0])


def supersede(conn: Connection, alert_id: int, channel: str) -> None:
    """What waits for this card is out of date."""
    conn.execute(_SQL["supersede"], {"alert_id": alert_id, "channel": channel})


def owed(conn: Connection, alert_ids: Sequence[int]) -> dict[tuple[int, str], Owed]:
    """By (alert, channel): the message that waits."""
    rows = conn.execute(_SQL["owed"], {"alert_ids": list(alert_ids)}).fetchall()
    return {
        (alert_id, channel): Owed(Reason(reason), Snapshot.from_json(body), created_at, due_at)
        for alert_id, channel, reason, body, created_at, due_at in rows
    }


def lease(conn: Connection, *, now: datetime) -> Delivery | None:
    """The next due message, for this worker alone until `LEASE` is over; None when nothing is due."""
    with conn.cursor(row_factory=dict_row) as cur:
        row = cur.execute(_SQL["lease_due_delivery"], {"now": now, "lease": LEASE}).fetchone()
    return Delivery(**(row | {"reason": Reason(row["reason"])})) if row else None


def card(conn: Connection, alert_id: int, channel: str) -> Card:
    row = conn.execute(_SQL["card"], {"alert_id": alert_id, "channel": channel}).fetchone()
    if row is None:
        return Card()
    ref, told, doubts, doubted_at = row
    return Card(ref, told and Snapshot.from_json(told), doubts, doubted_at)


def doubt(conn: Connection, alert_id: int, channel: str, *, now: datetime) -> None:
    """A post begins; commit this before it does."""
    conn.execute(_SQL["doubt"], {"alert_id": alert_id, "channel": channel, "now": now})


def undoubt(conn: Connection, alert_id: int, channel: str) -> None:
    """The post surely did not happen."""
    conn.execute(_SQL["undoubt"], {"alert_id": alert_id, "channel": channel})


def record_sent(conn: Connection, delivery: Delivery, ref: Ref, told: Snapshot, *, now: datetime) -> None:
    """The message stands at `ref` and says `told`; the delivery is done."""
    conn.execute(
        _SQL["record_card"],
        {
            "alert_id": delivery.alert_id,
            "channel": delivery.channel,
            "ref": Jsonb(dict(ref)),
            "told": Jsonb(told.to_json()),
            "now": now,
        },
    )
    conn.execute(_SQL["mark_sent"], {"id": delivery.id, "now": now})


def drop(conn: Connection, delivery: Delivery) -> None:
    """Nothing to tell any more."""
    conn.execute(_SQL["mark_dropped"], {"id": delivery.id})


def fail(conn: Connection, delivery: Delivery, error: str) -> None:
    """Trying again would not help; doctor shows it."""
    conn.execute(_SQL["mark_failed"], {"id": delivery.id, "error": error})


def revive(conn: Connection, *, now: datetime) -> int:
    """Owe again what failed for good and is still the last word; returns how many. Safe to repeat.

    For after a person mended what was wrong: at start, and when the file was applied.
    """
    return conn.execute(_SQL["revive"], {"now": now}).rowcount


def put_off(conn: Connection, delivery: Delivery, *, due_at: datetime, error: str) -> None:
    """Try again at `due_at`, not earlier."""
    conn.execute(_SQL["put_off"], {"id": delivery.id, "due_at": due_at, "error": error})


def put_off_channels(conn: Connection, channels: Sequence[str], *, due_at: datetime, now: datetime) -> None:
    """Everything owed to these channels waits until `due_at`."""
    conn.execute(_SQL["put_off_channel"], {"channels": list(channels), "due_at": due_at, "now": now})


def called_in_the_last_hour(conn: Connection, *, now: datetime) -> dict[str, int]:
    """By channel: new messages it got or is owed since an hour ago."""
    since = now - timedelta(hours=1)
    return dict(conn.execute(_SQL["called_in_the_last_hour"], {"since": since}).fetchall())


def health(conn: Connection, *, now: datetime, late_after: timedelta = timedelta(minutes=5)) -> Health:
    """How the outbox stands: doctor's line."""
    with conn.cursor(row_factory=class_row(Health)) as cur:
        row = cur.execute(_SQL["health"], {"late_before": now - late_after}).fetchone()
    assert row is not None  # an aggregate always has a row
    return row


def failures(conn: Connection, *, since: datetime) -> list[tuple[str, str, int, datetime]]:
    """(channel, error, how many, the last time) of messages that failed for good."""
    return conn.execute(_SQL["failures"], {"since": since}).fetchall()
