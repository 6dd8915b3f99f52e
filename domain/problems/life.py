"""When a problem changes state by itself: rules on distinct voices in days and weeks.

Voices, not posts: one author repeating, or one text posted by many, is one voice. Hourly forecasts fit
floods of events and never flag three complaints a day tripled, so the windows are a day and a week.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.problems.counts import chance_of
from domain.problems.states import Because, State

_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)
#: How much past a rate is learned from.
_WEEKS_OF_PAST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The company's choice of when it wants to hear."""

    #: distinct voices within `raise_within` that make a candidate a problem
    raise_at: int = 3
    raise_within: timedelta = timedelta(days=90)
    #: distinct voices after the fix, from any source, that bring a problem back
    back_at: int = 3
    #: words published so soon after the fix still speak of what was before
    settles_in: timedelta = timedelta(days=1)
    #: fewer voices than this are never called growth, however calm the past
    grows_at: int = 5
    unusual_week: float = 0.01
    unusual_day: float = 0.001
    calms_after: timedelta = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Until when a person wants to hear nothing: a date, so many voices, or, with neither, for good."""

    until: datetime | None = None
    until_voices: int | None = None
    #: unusual growth wakes it too
    until_grows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rules need of a problem."""

    state: State
    #: when it came into this state
    since: datetime
    #: first word of each distinct voice, in order
    voices: Sequence[datetime]
    #: distinct voices that spoke after the fix (first words or not), when it is fixed
    after_fix: int = 0
    ignored: Ignored | None = None
    #: share of the company's complaints that each weekday brings, Monday first
    weekdays: Sequence[float] = (1 / 7,) * 7


def next_state(facts: Facts, rules: Rules, now: datetime) -> tuple[State, Because] | None:
    """Where the problem should be and why; None: where it is. Call again after a move."""
    if facts.state is State.CANDIDATE:
        is_enough = _within(facts.voices, now - rules.raise_within, now) >= rules.raise_at
        return (State.NEW, Because.ENOUGH_VOICES) if is_enough else None
    if facts.state is State.FIXED:
        return (State.BACK, Because.VOICES_AFTER_FIX) if facts.after_fix >= rules.back_at else None
    if facts.state is State.IGNORED:
        return _woken(facts, rules, now)
    if facts.state in (State.NEW, State.BACK, State.ONGOING):
        return _aged(facts, rules, now)
    if facts.state is State.GROWING and now - facts.since >= rules.calms_after:
        return None if grows(facts, rules, now) else (State.ONGOING, Because.CALMED_DOWN)
    return None


def _aged(facts: Facts, rules: Rules, now: datetime) -> tuple[State, Because] | None:
    if why := grows(facts, rules, now):
        return State.GROWING, why
    if facts.state is not State.ONGOING and now - facts.since >= _WEEK:
        return State.ONGOING, Because.A_WEEK_OLD
    return None


def _woken(facts: Facts, rules: Rules, now: datetime) -> tuple[State, Because] | None:
    ignored = facts.ignored or Ignored()
    if ignored.until and now >= ignored.until:
        return State.ONGOING, Because.IGNORED_UNTIL_NOW
    spoke = _within(facts.voices, facts.since, now)
    if ignored.until_voices is not None and spoke >= ignored.until_voices:
        return State.GROWING, Because.ENOUGH_VOICES
    if ignored.until_grows and (why := grows(facts, rules, now)):
        return State.GROWING, why
    return None


def grows(facts: Facts, rules: Rules, now: datetime) -> Because | None:
    """Why the last week or the last day is more than this problem's own past explains; None: it is not.

    A problem without a full week of past has nothing to grow against: being new is news enough.
    """
    if not facts.voices:
        return None
    weeks = _past_weeks(facts.voices, now)
    if not weeks:
        return None
    week = _within(facts.voices, now - _WEEK, now)
    if week >= rules.grows_at and chance_of(week, weeks) < rules.unusual_week:
        return Because.UNUSUAL_WEEK
    today = _within(facts.voices, now - _DAY, now)
    share = facts.weekdays[now.weekday()] or 1 / 7
    if today >= rules.grows_at and chance_of(today, weeks, share=share) < rules.unusual_day:
        return Because.UNUSUAL_DAY
    return None


def _past_weeks(voices: Sequence[datetime], now: datetime) -> list[int]:
    """Voices in each full week before the last seven days, newest first."""
    found = []
    for back in range(1, _WEEKS_OF_PAST + 1):
        begin = now - (back + 1) * _WEEK
        if begin < voices[0] - _DAY:
            break
        found.append(_within(voices, begin, begin + _WEEK))
    return found


def _within(moments: Sequence[datetime], after: datetime, until: datetime) -> int:
    return sum(after < moment <= until for moment in moments)
