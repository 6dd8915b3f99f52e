"""What a person decides about an alert: taken, already answered, no complaint, not today."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

import structlog
from psycopg import Connection

from db import actions, alerts, conversations, deliveries
from db.actions import Target
from domain.alerts import AlertKind, Reason, Snapshot, State, move, reason_to_notify
from domain.calendars import next_opening, zone
from domain.excerpts import at_moment, moment
from domain.messages import Verb
from domain.policy import Calendar, Company
from domain.verdicts import Appeal

log = structlog.get_logger()


class Result(StrEnum):
    DONE = "done"
    #: somebody else, or the same person, did it before
    TOO_LATE = "too_late"
    #: this very event was handled already
    REPEATED = "repeated"
    #: there is no such alert, or this cannot be done with it
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it, and what to say to the person who pressed."""

    result: Result
    words: str

    @property
    def is_done(self) -> bool:
        return self.result is Result.DONE


#: What a verb makes of an alert, and how the end is called.
_TO = {
    Verb.TAKE: State.TAKEN,
    Verb.SNOOZE: State.SNOOZED,
    Verb.ANSWERED: State.RESOLVED,
    Verb.NOT_COMPLAINT: State.RESOLVED,
}
_BECAUSE = {
    Verb.TAKE: "taken",
    Verb.SNOOZE: "snoozed",
    Verb.ANSWERED: "said_answered",
    Verb.NOT_COMPLAINT: "not_complaint",
}


def act(
    conn: Connection,
    company: Company,
    *,
    alert_id: int,
    verb: str,
    by: str,
    via: str,
    now: datetime,
    event_key: str | None = None,
) -> Outcome:
    """Do what a person asks, once for each `event_key`; the caller owns the transaction.

    `by` is shown to colleagues; `via` says where it was pressed (slack, web, console). Whoever comes second
    is told who was first. The channels that show the alert are owed the news.
    """
    try:
        wanted = Verb(verb)
    except ValueError:
        return Outcome(Result.IMPOSSIBLE, "Такой кнопки больше нет: обновите сообщение")
    target = actions.hold(conn, alert_id)
    # Looked up under the alert's lock: a second copy of the event waits here for the first one.
    if event_key and (past := actions.of_event(conn, event_key)):
        return Outcome(Result.REPEATED, past.outcome)
    if target is None:
        return Outcome(Result.IMPOSSIBLE, "Этого сообщения больше нет в базе")
    outcome = _Acting(conn, company, target, wanted, by, now).run()
    actions.record(
        conn,
        alert_id=alert_id,
        verb=wanted,
        by=by,
        via=via,
        at=now,
        event_key=event_key,
        outcome=outcome.words,
    )
    log.info("alert.acted", alert_id=alert_id, verb=wanted.value, via=via, result=outcome.result.value)
    return outcome


@dataclass(frozen=True, slots=True)
class _Acting:
    conn: Connection
    company: Company
    target: Target
    verb: Verb
    by: str
    now: datetime

    def run(self) -> Outcome:
        if early := self._why_not():
            return early
        snoozed_until = self._tomorrow() if self.verb is Verb.SNOOZE else None
        step = move(self.target.state, _TO[self.verb], by=self.by, because=self._because(), at=self.now)
        alerts.write_move(self.conn, self.target.id, step, snoozed_until=snoozed_until)
        self._conversation(snoozed_until)
        self._tell(snoozed_until)
        return Outcome(Result.DONE, self._thanks(snoozed_until))

    def _why_not(self) -> Outcome | None:
        """The second of two is told who was first."""
        target = self.target
        if target.state is State.RESOLVED:
            who = f": {target.resolved_by}" if target.resolved_by else ""
            when = f" {self._at(target.resolved_at)}" if target.resolved_at else ""
            return Outcome(Result.TOO_LATE, f"Уже закрыто{when}{who}")
        if self.verb is Verb.TAKE and target.state is State.TAKEN:
            who = "у вас" if target.taken_by == self.by else f": {target.taken_by}"
            when = f" {self._at(target.taken_at)}" if target.taken_at else ""
            return Outcome(Result.TOO_LATE, f"Уже в работе{when}{' ' if who == 'у вас' else ''}{who}")
        if self.verb is Verb.SNOOZE and target.state is State.SNOOZED:
            return Outcome(Result.TOO_LATE, f"Уже отложено до {self._moment(target.snoozed_until)}")
        if self.verb is Verb.NOT_COMPLAINT and target.kind is not AlertKind.UNANSWERED:
            return Outcome(Result.IMPOSSIBLE, "Так можно ответить только об одном обращении")
        if self.verb is Verb.ANSWERED and target.kind is AlertKind.SOURCE_TROUBLE:
            return Outcome(Result.IMPOSSIBLE, "Закроется само, когда источник снова прочитается")
        return None

    def _because(self) -> str:
        if self.verb is Verb.ANSWERED and self.target.kind is not AlertKind.UNANSWERED:
            return "sorted"
        return _BECAUSE[self.verb]

    def _conversation(self, snoozed_until: datetime | None) -> None:
        """What the decision means for the conversation behind the alert."""
        words = self.target.words
        if words is None:
            return
        if snoozed_until:
            actions.look_again(self.conn, words.id, at=snoozed_until)
        elif _TO[self.verb] is State.RESOLVED:
            if self.verb is Verb.NOT_COMPLAINT:
                actions.correct(self.conn, words, appeal=Appeal.NONE.value, by=self.by, at=self.now)
            conversations.close(self.conn, words.id, by=self.by, because=_BECAUSE[self.verb], at=self.now)

    def _tell(self, snoozed_until: datetime | None) -> None:
        """Owe the news to the channels that show the alert, or that were about to."""
        target, place = self.target, self.target.id
        told = alerts.told(self.conn, [place])
        owed = deliveries.owed(self.conn, [place])
        for channel in sorted({c for _, c in told} | {c for _, c in owed}):
            card = told.get((place, channel), alerts.Told(None))
            before = card.snapshot or (owed[place, channel].snapshot if (place, channel) in owed else None)
            now = Snapshot(
                at=self.now,
                state=_TO[self.verb],
                level=target.level,
                taken_by=self.by if self.verb is Verb.TAKE else target.taken_by,
                snoozed_until=snoozed_until,
                size=before.size if before else 1,
                waiting=before.waiting if before else 1,
                called_with=before.called_with if before else 1,
            )
            reason = reason_to_notify(now, card.snapshot, remind_after=None)
            if card.snapshot is None and not now.is_open:
                reason = Reason.RESOLVED if card.doubts else None
            if reason:
                deliveries.owe(self.conn, place, channel, reason, now, now=self.now)
            else:
                deliveries.supersede(self.conn, place, channel)

    def _thanks(self, snoozed_until: datetime | None) -> str:
        if self.verb is Verb.SNOOZE:
            return f"Отложено до {self._moment(snoozed_until)}"
        return {
            Verb.TAKE: "Взято в работу",
            Verb.ANSWERED: "Закрыто: уже ответили" if self._because() != "sorted" else "Закрыто: разобрано",
            Verb.NOT_COMPLAINT: "Закрыто: ответ не нужен. Запомнили для следующих раз",
        }[self.verb]

    def _tomorrow(self) -> datetime:
        """The start of the next working day of the source's calendar."""
        calendar = self._calendar()
        here = zone(calendar.zone)
        tomorrow = self.now.astimezone(here).date() + timedelta(days=1)
        return next_opening(datetime.combine(tomorrow, time(), here), calendar).astimezone(self.now.tzinfo)

    def _calendar(self) -> Calendar:
        wanted = self.company.source_calendars.get(self.target.source_name or "")
        return next((c for c in self.company.calendars if c.name == wanted), self.company.calendars[0])

    def _at(self, at: datetime) -> str:
        return at_moment(at, self.now, zone(self._calendar().zone))

    def _moment(self, at: datetime | None) -> str:
        return moment(at, self.now, zone(self._calendar().zone)) if at else "завтра"
