"""From an alert to the messages owed about it: which channels, why, and no more than they can bear."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from psycopg import Connection

from db import alerts, deliveries
from db.alerts import Alert, DigestEntry, Told
from db.deliveries import Owed
from domain.alerts import AlertKind, Reason, Snapshot, reason_to_notify
from domain.calendars import is_open, next_opening
from domain.policy import Calendar, Company

#: A channel and what of an alert was told there in a digest.
DigestTold = Mapping[tuple[int, str], tuple[Snapshot, datetime]]


def channels_of(company: Company, source_name: str | None) -> tuple[str, ...]:
    """Names of the channels that hear of a source; a source not named is heard by all."""
    known = tuple(channel.name for channel in company.channels)
    wanted = company.source_channels.get(source_name) if source_name else None
    return known if wanted is None else tuple(name for name in wanted if name in known)


@dataclass(slots=True)
class Known:
    """What was told and is owed already, read once for a batch of alerts."""

    told: Mapping[tuple[int, str], Told]
    owed: Mapping[tuple[int, str], Owed]
    in_digests: DigestTold = field(default_factory=dict)


def known_of(conn: Connection, ids: Sequence[int], conversation_ids: Sequence[int] = ()) -> Known:
    in_digests = alerts.told_in_digests(conn, conversation_ids) if conversation_ids else {}
    return Known(alerts.told(conn, ids), deliveries.owed(conn, ids), in_digests)


@dataclass(slots=True)
class Notifier:
    """Writes what is owed in the caller's transaction. One for a transaction: it counts what channels got."""

    conn: Connection
    company: Company
    now: datetime
    called: dict[str, int] = field(init=False)
    owed: int = 0
    overflow: defaultdict[str, list[DigestEntry]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.called = deliveries.called_in_the_last_hour(self.conn, now=self.now)

    def tell(
        self,
        alert: Alert,
        snapshot: Snapshot,
        known: Known,
        *,
        channels: Sequence[str],
        calendar: Calendar,
    ) -> datetime | None:
        """Owe each channel what it should hear; returns when a reminder will be due (None: never)."""
        reminders = [
            at
            for channel in channels
            if (at := self._tell_one(alert, snapshot, known, channel, calendar)) is not None
        ]
        return min(reminders, default=None)

    def _tell_one(
        self,
        alert: Alert,
        snapshot: Snapshot,
        known: Known,
        channel: str,
        calendar: Calendar,
    ) -> datetime | None:
        place = (alert.id, channel)
        card = known.told.get(place, Told(None))
        told = card.snapshot or self._told_in_digest(alert, known, channel)
        remind_after = self.company.policy.remind_after if alert.kind is AlertKind.UNANSWERED else None
        reason = reason_to_notify(snapshot, told, remind_after=remind_after)
        if reason is Reason.REMINDER and not is_open(self.now, calendar):
            return next_opening(self.now, calendar)  # nobody is reminded at night
        if card.snapshot is None and not snapshot.is_open:
            # A message may stand there that nobody recorded: it is closed if it does.
            reason = Reason.RESOLVED if card.doubts else None
        elif card.snapshot is None and reason is Reason.CHANGED:
            reason = None  # told in a digest, and nothing anybody has to hear
        if reason is None:
            if card.snapshot is None and place in known.owed:
                deliveries.supersede(self.conn, alert.id, channel)
        elif card.snapshot is None and not card.doubts:
            self._call(alert, snapshot, known, channel, is_new=told is None)
        else:
            self._owe(alert.id, channel, reason, snapshot, known.owed.get(place))
        heard = self.now if reason or told is None else told.at
        return heard + remind_after if remind_after and snapshot.is_open else None

    def _told_in_digest(self, alert: Alert, known: Known, channel: str) -> Snapshot | None:
        if alert.conversation_id is None:
            return None
        told, at = known.in_digests.get((alert.conversation_id, channel), (None, None))
        # An older digest told of an older wait.
        return told if told and at and at >= alert.opened_at else None

    def _call(
        self,
        alert: Alert,
        snapshot: Snapshot,
        known: Known,
        channel: str,
        *,
        is_new: bool,
    ) -> None:
        """A message of its own, or a place in the digest of a channel that had enough."""
        before = known.owed.get((alert.id, channel))
        is_single = alert.kind is AlertKind.UNANSWERED and alert.conversation_id is not None
        if is_single and before is None and self.called.get(channel, 0) >= self.company.policy.pings_an_hour:
            if is_new and alert.conversation_id is not None:
                due = alert.facts.get("due_at")
                entry = DigestEntry(alert.conversation_id, snapshot, due and datetime.fromisoformat(due))
                self.overflow[channel].append(entry)
            return
        if before is None:
            self.called[channel] = self.called.get(channel, 0) + 1
        self._owe(alert.id, channel, Reason.FIRST, snapshot, before)

    def _owe(
        self,
        alert_id: int,
        channel: str,
        reason: Reason,
        snapshot: Snapshot,
        before: Owed | None,
    ) -> None:
        if before and before.reason is reason and replace(before.snapshot, at=snapshot.at) == snapshot:
            return
        deliveries.owe(self.conn, alert_id, channel, reason, snapshot, now=self.now)
        self.owed += 1
