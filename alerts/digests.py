"""Many conversations in one message: history that arrived, and what is too much for a channel at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection

from alerts.judge import began, calendar_of
from alerts.notify import Notifier
from alerts.run import Run
from db import alerts
from db.alerts import Alert, Candidate, DigestEntry
from domain.alerts import AlertKind, Level, Snapshot, State
from domain.calendars import add_working_time, zone
from domain.messages import DigestView

#: A digest waits so long for the rest of a load before it is told.
PATIENCE = timedelta(minutes=10)
#: How often the counts of a digest that grew no further are looked at again.
RECOUNT = timedelta(minutes=10)
#: Fact of a digest that got more since it was counted.
GROWN = {"has_grown": True}


def add_history(run: Run, source_id: int, talks: Sequence[Candidate]) -> None:
    """Put old waits of one source into its open digest, or into a new one."""
    conn, now, policy = run.conn, run.now, run.company.policy
    digest = alerts.open_alert(
        conn,
        kind=AlertKind.HISTORY,
        fingerprint=f"history:{source_id}",
        level=Level.NOTICE,
        source_id=source_id,
        now=now,
    )
    told = Snapshot(at=now, state=State.OPEN, level=Level.NOTICE)
    calendar = calendar_of(run.company, digest.source_name)
    entries = [
        DigestEntry(talk.id, told, add_working_time(began(talk), policy.answer_within, calendar))
        for talk in talks
    ]
    alerts.add_digest_items(conn, digest.id, entries, now=now)
    alerts.set_level(conn, digest.id, level=Level.NOTICE, facts=GROWN, now=now)


def add_overflow(notifier: Notifier) -> None:
    """Put what channels could not bear into one digest for a channel and day."""
    conn, now = notifier.conn, notifier.now
    today = now.astimezone(zone(notifier.company.calendars[0].zone)).date()
    for channel, entries in notifier.overflow.items():
        digest = alerts.open_alert(
            conn,
            kind=AlertKind.FLOOD,
            fingerprint=f"flood:{channel}:{today.isoformat()}",
            level=Level.NOTICE,
            facts={"channel": channel},
            now=now,
        )
        alerts.add_digest_items(conn, digest.id, entries, now=now)
        alerts.set_level(conn, digest.id, level=Level.NOTICE, facts=GROWN, now=now)
    notifier.overflow.clear()


def is_due(conn: Connection, digest: Alert, now: datetime) -> bool:
    """Whether to count and tell it now: it grew and the load is through, or its counts are stale."""
    counted_at = digest.facts.get("counted_at")
    since = datetime.fromisoformat(counted_at) if counted_at else digest.opened_at
    if not digest.facts.get("has_grown"):
        return now - since >= RECOUNT
    if digest.source_id is None or now - since >= PATIENCE:
        return True
    return not alerts.load_is_running(conn, digest.source_id, now=now)


def recount(conn: Connection, digest: Alert, now: datetime) -> DigestView:
    """Count what it holds, and write down what its message needs beside that."""
    facts: dict[str, Any] = {"counted_at": now.isoformat(), "has_grown": False}
    if digest.source_id is not None and digest.facts.get("has_grown"):
        facts |= alerts.source_totals(conn, digest.source_id, alert_id=digest.id)
    alerts.set_level(conn, digest.id, level=digest.level, facts=facts, now=now)
    return alerts.digest_counts(conn, digest.id)
