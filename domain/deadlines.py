"""When an answer is due, and what may be said of it: a pure function of facts, policy, calendar and now.

Two clocks run for each wait: the public's from publication, the team's from first sight. The public's
decides; where the source gives no date only the team's runs. Nobody is said to be late before a look at the
thread that came after the deadline.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.calendars import add_working_time, working_time_between
from domain.moves import State
from domain.policy import Calendar, Policy
from domain.russian import working_span

#: How soon to look again at a wait whose thread was not read after the deadline.
_RECHECK = timedelta(minutes=5)


class ClockKind(StrEnum):
    FIRST_ANSWER = "first_answer"
    NEXT_ANSWER = "next_answer"
    PROMISE = "promise"


class ClockState(StrEnum):
    #: nobody waits for us
    NONE = "none"
    OK = "ok"
    WARNING = "warning"
    BREACH = "breach"
    #: the deadline may have passed, but no look at the thread says whether an answer came
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rules need of a conversation. `checked_at`: the last look that could show every reply."""

    state: State
    appeal: str
    waiting_since: datetime | None
    waiting_seen_at: datetime | None
    promised_until: datetime | None
    is_answered: bool
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Clock:
    """One wait measured: `waited` is working time up to now."""

    started_at: datetime
    warn_at: datetime
    due_at: datetime
    waited: timedelta


@dataclass(frozen=True, slots=True)
class Clocks:
    state: ClockState
    kind: ClockKind | None = None
    public: Clock | None = None
    team: Clock | None = None
    #: the next moment at which time alone changes `state`; None: never
    look_at: datetime | None = None

    @property
    def deciding(self) -> Clock | None:
        return self.public or self.team

    @property
    def lag(self) -> timedelta | None:
        """From publication to first sight; None without a date."""
        return self.team.started_at - self.public.started_at if self.public and self.team else None

    @property
    def waits(self) -> str:
        """In words for people: "ждёт 2 ч 15 мин рабочего времени"; empty when nobody waits."""
        clock = self.deciding
        return f"ждёт {working_span(clock.waited)}" if clock else ""


def deadlines(facts: Facts, policy: Policy, calendar: Calendar, now: datetime) -> Clocks:
    """Whose patience runs out when. Raises BadConfig for a calendar that never opens."""
    if facts.state is State.PROMISED and facts.promised_until:
        return _promise(facts, facts.promised_until, policy, calendar, now)
    if facts.state is not State.WAITING_US or not _has_clock(facts.appeal, policy):
        return Clocks(ClockState.NONE)
    public = _clock(facts.waiting_since, policy, calendar, now)
    team = _clock(facts.waiting_seen_at, policy, calendar, now)
    clock = public or team
    if clock is None:
        return Clocks(ClockState.NONE)
    kind = ClockKind.NEXT_ANSWER if facts.is_answered else ClockKind.FIRST_ANSWER
    state, look_at = _judge(clock, facts.checked_at, now)
    return Clocks(state, kind, public, team, look_at)


def _has_clock(appeal: str, policy: Policy) -> bool:
    """A greeting or a wordless first contact (appeal none) always waits for an answer."""
    return appeal == "none" or appeal in policy.appeals


def _clock(start: datetime | None, policy: Policy, calendar: Calendar, now: datetime) -> Clock | None:
    if start is None:
        return None
    return Clock(
        started_at=start,
        warn_at=add_working_time(start, policy.warn_after, calendar),
        due_at=add_working_time(start, policy.answer_within, calendar),
        waited=working_time_between(start, now, calendar),
    )


def _promise(facts: Facts, until: datetime, policy: Policy, calendar: Calendar, now: datetime) -> Clocks:
    """The clock of a promise runs to the time named; the warning comes as early as for an answer."""
    start = facts.waiting_since or facts.waiting_seen_at or min(until, now)
    early = max(policy.answer_within - policy.warn_after, timedelta(0))
    clock = Clock(start, max(start, until - early), until, working_time_between(start, now, calendar))
    state, look_at = _judge(clock, facts.checked_at, now)
    return Clocks(state, ClockKind.PROMISE, clock, None, look_at)


def _judge(clock: Clock, checked_at: datetime | None, now: datetime) -> tuple[ClockState, datetime | None]:
    if checked_at is None or (now > clock.due_at and checked_at <= clock.due_at):
        return ClockState.NOT_CHECKED, now + _RECHECK
    if now > clock.due_at:
        return ClockState.BREACH, None
    after_due = clock.due_at + timedelta(microseconds=1)
    if now >= clock.warn_at:
        return ClockState.WARNING, after_due
    return ClockState.OK, min(clock.warn_at, after_due)
