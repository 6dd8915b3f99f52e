"""One transaction of deciding, and the two moves that time and facts make in it: ending and waking."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from psycopg import Connection

from alerts.judge import calendar_of
from alerts.notify import Known, Notifier, channels_of, known_of
from db import alerts
from db.alerts import Alert
from domain.alerts import AlertKind, Snapshot, State, move
from domain.policy import Company

#: Who moved an alert when no person did.
RULE = "otklik"


@dataclass(slots=True)
class Decided:
    """What one run did: conversations looked at, alerts begun and ended, messages owed."""

    looked_at: int = 0
    opened: int = 0
    resolved: int = 0
    owed: int = 0

    @property
    def changed(self) -> int:
        """What this run wrote beside the time of the next look."""
        return self.opened + self.resolved + self.owed


@dataclass(slots=True)
class Run:
    conn: Connection
    company: Company
    now: datetime
    done: Decided
    notifier: Notifier = field(init=False)

    def __post_init__(self) -> None:
        self.notifier = Notifier(self.conn, self.company, self.now)

    def tell(self, alert: Alert, known: Known, snapshot: Snapshot | None = None) -> datetime | None:
        """Owe the alert's channels what is news; returns when a reminder will be due."""
        return self.notifier.tell(
            alert,
            snapshot or alert.snapshot(self.now),
            known,
            channels=self._channels(alert),
            calendar=calendar_of(self.company, alert.source_name),
        )

    def end(self, alert: Alert, because: str, by: str | None = None, known: Known | None = None) -> None:
        """Resolve it, and tell of that where it was told."""
        step = move(alert.state, State.RESOLVED, by=by or RULE, because=because, at=self.now)
        if not alerts.write_move(self.conn, alert.id, step, by_person=by is not None):
            return
        self.tell(replace(alert, state=State.RESOLVED), known or self.known([alert]))
        self.done.resolved += 1

    def wake(self, alert: Alert) -> Alert:
        """A snooze that ran out is open again."""
        if alert.state is not State.SNOOZED or alert.snoozed_until is None or alert.snoozed_until > self.now:
            return alert
        step = move(alert.state, State.OPEN, by=RULE, because="snooze_over", at=self.now)
        alerts.write_move(self.conn, alert.id, step, by_person=False)
        return replace(alert, state=State.OPEN, snoozed_until=None)

    def known(self, of: Sequence[Alert]) -> Known:
        """What was told and is owed of these alerts."""
        return known_of(self.conn, [a.id for a in of], [a.conversation_id for a in of if a.conversation_id])

    def _channels(self, alert: Alert) -> tuple[str, ...]:
        if alert.kind is AlertKind.FLOOD:
            return tuple(c.name for c in self.company.channels if c.name == alert.facts.get("channel"))
        return channels_of(self.company, alert.source_name)
