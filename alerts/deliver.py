"""Send what is owed. Killed anywhere, no message is lost and at most one is doubled.

1. Lease a due delivery. 2. Read the alert as it is now and what the channel was told: together they say
why to send, and what. 3. Before a new card is posted, commit that its outcome is in doubt. 4. Send.
5. Record where the card stands and what it says in one transaction with the delivery, and owe at once
whatever changed meanwhile. A card in doubt is looked for in the channel before it is posted again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool

from alerts.judge import calendar_of
from alerts.messenger import CannotTell, Messenger, OutcomeUnknown, Ref
from db import alerts, deliveries
from db.deliveries import Card, Delivery
from domain.alerts import AlertKind, Reason, Snapshot, State, as_told, reason_to_notify
from domain.calendars import zone
from domain.clock import Clock
from domain.errors import Gone, Permanent, Retryable, Unavailable
from domain.messages import AlertView, Moment
from domain.policy import Channel, ChannelKind, Company
from domain.wording import compose, follow_up

__all__ = ["Delivered", "Messenger", "deliver_due", "snapshot_of"]

log = structlog.get_logger()

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)
#: How far the messenger's clock may be from ours, where a message is looked for by its time.
_SKEW = timedelta(minutes=5)
#: Reasons for which a line in the thread is shown to the whole channel.
_LOUD = (Reason.WORSE, Reason.REMINDER, Reason.GREW)


@dataclass(slots=True)
class Delivered:
    """What one run did with what was due. `dropped`: there was nothing to say any more."""

    sent: int = 0
    put_off: int = 0
    failed: int = 0
    dropped: int = 0


def deliver_due(
    pool: ConnectionPool[Connection],
    messengers: Mapping[ChannelKind, Messenger],
    company: Company,
    *,
    clock: Clock,
    limit: int = 200,
) -> Delivered:
    """Send up to `limit` due messages. Safe to run in several processes at once.

    Raises psycopg.OperationalError when the database is gone: what was leased comes back by itself.
    """
    done = Delivered()
    for _ in range(limit):
        with pool.connection() as conn:
            delivery = deliveries.lease(conn, now=clock())
        if delivery is None:
            break
        _Sending(pool, messengers, company, clock, delivery, done).run()
    return done


@dataclass(slots=True)
class _Sending:
    """One delivery in this worker's hands."""

    pool: ConnectionPool[Connection]
    messengers: Mapping[ChannelKind, Messenger]
    company: Company
    clock: Clock
    delivery: Delivery
    done: Delivered

    def run(self) -> None:
        try:
            self._send()
        except Retryable as error:
            self._put_off(error, error.retry_after)
        except Permanent as error:
            self._fail(str(error))
        except Gone:  # the alert itself: nobody is owed anything any more
            self.done.dropped += 1
        except OperationalError:
            raise
        except Exception as error:  # one message that cannot be made must not stop the others
            log.exception("delivery.failed", delivery_id=self.delivery.id, alert_id=self.delivery.alert_id)
            self._put_off(error, _LONGEST_PAUSE)

    def _send(self) -> None:
        channel, messenger = self._way()
        with self.pool.connection() as conn:
            view = alerts.view(conn, self.delivery.alert_id)
            card = deliveries.card(conn, self.delivery.alert_id, self.delivery.channel)
        now = snapshot_of(view, self.clock())
        reason = self._reason(now, card)
        if reason is None:
            with self.pool.connection() as conn:
                deliveries.drop(conn, self.delivery)
            self.done.dropped += 1
            return
        if card.ref is None:
            ref = self._first(channel, messenger, view, card)
            if ref is None:
                return
        else:
            ref = self._again(channel, messenger, view, card.ref, reason)
        self._record(ref, now, card, reason)

    def _way(self) -> tuple[Channel, Messenger]:
        channel = next((c for c in self.company.channels if c.name == self.delivery.channel), None)
        if channel is None:
            raise Permanent(f"канала {self.delivery.channel!r} больше нет в otklik.toml")
        if channel.kind not in self.messengers:
            raise Permanent(f"для канала {channel.name!r} не настроен {channel.kind}")
        return channel, self.messengers[channel.kind]

    def _reason(self, now: Snapshot, card: Card) -> Reason | None:
        """Why to send, seen from what is true at this moment: a decision may be older than the news."""
        if card.told is None:
            return Reason.FIRST if now.is_open else Reason.RESOLVED if card.doubts else None
        remind_after = timedelta(0) if self.delivery.reason is Reason.REMINDER else None
        return reason_to_notify(now, card.told, remind_after=remind_after)

    def _first(self, channel: Channel, messenger: Messenger, view: AlertView, card: Card) -> Ref | None:
        """A new card, unless one of an earlier try is found. None: nothing to show, nothing found."""
        key = f"card:{self.delivery.alert_id}"
        if card.doubts and (found := self._look_for(channel, messenger, card, key)):
            is_over = view.state is State.RESOLVED
            return self._again(
                channel, messenger, view, found, Reason.RESOLVED if is_over else Reason.CHANGED
            )
        if view.state is State.RESOLVED:
            with self.pool.connection() as conn:
                deliveries.drop(conn, self.delivery)
            self.done.dropped += 1
            return None
        return self._post(channel, messenger, view, key)

    def _look_for(self, channel: Channel, messenger: Messenger, card: Card, key: str) -> Ref | None:
        since = (card.doubted_at or self.delivery.created_at) - _SKEW
        try:
            return messenger.find(channel, key, since=since)
        except CannotTell as error:
            if card.doubts > 1:
                raise Permanent(
                    "исход двух отправок неизвестен: посмотрите, есть ли сообщение в канале"
                ) from error
            return None

    def _post(self, channel: Channel, messenger: Messenger, view: AlertView, key: str) -> Ref:
        place = self.delivery.alert_id, self.delivery.channel
        with self.pool.connection() as conn:
            deliveries.doubt(conn, *place, now=self.clock())
        try:
            return messenger.post(channel, compose(view, self._moment(view)), key)
        except OutcomeUnknown:
            raise
        except (Retryable, Permanent):
            with self.pool.connection() as conn:
                deliveries.undoubt(conn, *place)
            raise

    def _again(
        self, channel: Channel, messenger: Messenger, view: AlertView, ref: Ref, reason: Reason
    ) -> Ref:
        """Edit the card, then say in its thread what is worth hearing. A deleted card is posted anew."""
        at = self._moment(view)
        try:
            messenger.update(ref, compose(view, at))
        except Gone:
            if view.state is State.RESOLVED:
                return ref  # somebody took the card away, and there is nothing left to ask
            return self._post(channel, messenger, view, f"card:{self.delivery.alert_id}")
        if text := follow_up(view, reason, at):
            self._reply(channel, messenger, ref, text, is_loud=reason in _LOUD)
        return ref

    def _reply(self, channel: Channel, messenger: Messenger, ref: Ref, text: str, *, is_loud: bool) -> None:
        key = f"reply:{self.delivery.id}"
        if self.delivery.attempts > 1:
            try:
                if messenger.find(channel, key, since=self.delivery.created_at - _SKEW, under=ref):
                    return
            except CannotTell:
                if self.delivery.attempts > 2:
                    return  # the card itself tells it; a third line might be a third copy
        try:
            messenger.reply(ref, text, key, is_loud=is_loud)
        except Gone:
            return

    def _record(self, ref: Ref, now: Snapshot, card: Card, reason: Reason) -> None:
        told = as_told(now, card.told, reason)
        with self.pool.connection() as conn:
            alerts.lock(conn, self.delivery.alert_id)
            deliveries.record_sent(conn, self.delivery, ref, told, now=self.clock())
            current = snapshot_of(alerts.view(conn, self.delivery.alert_id), self.clock())
            news = reason_to_notify(current, told, remind_after=None)
            place = (self.delivery.alert_id, self.delivery.channel)
            if news and place not in deliveries.owed(conn, [place[0]]):
                deliveries.owe(conn, *place, news, current, now=self.clock())
        self.done.sent += 1
        log.info("delivery.sent", delivery_id=self.delivery.id, alert_id=place[0], reason=reason.value)

    def _put_off(self, error: Exception, retry_after: timedelta | None) -> None:
        tries = min(self.delivery.attempts, 10)
        due_at = self.clock() + (retry_after or min(_FIRST_PAUSE * 2 ** (tries - 1), _LONGEST_PAUSE))
        words = (
            f"{type(error).__name__}: {error}"[:500] if isinstance(error, Retryable) else type(error).__name__
        )
        with self.pool.connection() as conn:
            deliveries.put_off(conn, self.delivery, due_at=due_at, error=words)
            if channels := self._pausing(error):
                deliveries.put_off_channels(conn, channels, due_at=due_at, now=self.clock())
        self.done.put_off += 1
        log.warning("delivery.put_off", delivery_id=self.delivery.id, error=type(error).__name__)

    def _pausing(self, error: Exception) -> list[str]:
        """Who waits with it: the channel that asked for a pause, or all of a messenger out of reach."""
        if isinstance(error, Unavailable | OutcomeUnknown):
            kind = next((c.kind for c in self.company.channels if c.name == self.delivery.channel), None)
            return [c.name for c in self.company.channels if c.kind is kind]
        return [self.delivery.channel] if isinstance(error, Retryable) else []

    def _fail(self, error: str) -> None:
        with self.pool.connection() as conn:
            deliveries.fail(conn, self.delivery, error)
        self.done.failed += 1
        log.error("delivery.failed", delivery_id=self.delivery.id, alert_id=self.delivery.alert_id)

    def _moment(self, view: AlertView) -> Moment:
        return Moment(self.clock(), zone(calendar_of(self.company, view.source_name).zone))


def snapshot_of(view: AlertView, at: datetime) -> Snapshot:
    """What a message made of this view tells."""
    is_digest = view.kind in (AlertKind.HISTORY, AlertKind.FLOOD)
    counts = view.digest if is_digest else None
    size = counts.size if counts else 1
    return Snapshot(
        at=at,
        state=view.state,
        level=view.level,
        taken_by=view.taken_by,
        snoozed_until=view.snoozed_until,
        size=size,
        waiting=counts.waiting + counts.unchecked if counts else 1,
        called_with=size,
    )
