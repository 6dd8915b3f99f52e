"""Two clocks, warning before breach, and no breach without a look after the deadline."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.deadlines import ClockKind, ClockState, Facts, deadlines
from domain.errors import BadConfig
from domain.moves import State
from domain.policy import Calendar, Hours, Policy
from domain.russian import plural, span, working_span

#: Monday noon in Moscow
NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
POLICY, OFFICE = Policy(), Calendar()
WAITS = Facts(
    state=State.WAITING_US,
    appeal="complaint",
    waiting_since=NOON,
    waiting_seen_at=NOON + 10 * MINUTE,
    promised_until=None,
    is_answered=False,
    checked_at=NOON,
)


@pytest.mark.parametrize(
    ("now", "checked", "state", "look_at"),
    [
        pytest.param(0, 0, ClockState.OK, 30, id="just written"),
        pytest.param(29, 29, ClockState.OK, 30, id="a minute before the warning"),
        pytest.param(30, 29, ClockState.WARNING, 60, id="the warning needs no later look"),
        pytest.param(60, 60, ClockState.WARNING, 60, id="at the deadline nobody is late yet"),
        pytest.param(61, 61, ClockState.BREACH, None, id="looked after the deadline"),
        pytest.param(61, 60, ClockState.NOT_CHECKED, 66, id="last looked before it"),
        pytest.param(61, None, ClockState.NOT_CHECKED, 66, id="never looked"),
        pytest.param(5, None, ClockState.NOT_CHECKED, 10, id="never looked, early"),
    ],
)
def test_a_breach_needs_a_look_after_the_deadline(
    now: int, checked: int | None, state: ClockState, look_at: int | None
) -> None:
    facts = replace(WAITS, checked_at=None if checked is None else NOON + checked * MINUTE)
    clocks = deadlines(facts, POLICY, OFFICE, NOON + now * MINUTE)
    assert clocks.state is state
    assert (clocks.look_at is None) == (look_at is None)
    if clocks.look_at and look_at is not None:
        assert clocks.look_at - (NOON + look_at * MINUTE) <= timedelta(microseconds=1)


def test_two_clocks_and_the_lag_between_them() -> None:
    clocks = deadlines(WAITS, POLICY, OFFICE, NOON + 20 * MINUTE)
    assert clocks.public
    assert clocks.team
    assert (clocks.public.due_at, clocks.team.due_at) == (NOON + 60 * MINUTE, NOON + 70 * MINUTE)
    assert (clocks.lag, clocks.deciding) == (10 * MINUTE, clocks.public)
    assert clocks.waits == "ждёт 20 мин рабочего времени"


def test_without_a_date_only_the_teams_clock_runs() -> None:
    clocks = deadlines(replace(WAITS, waiting_since=None), POLICY, OFFICE, NOON + 20 * MINUTE)
    assert (clocks.public, clocks.lag) == (None, None)
    assert clocks.deciding is clocks.team


def test_after_an_answer_it_is_the_next_one_that_is_due() -> None:
    assert deadlines(WAITS, POLICY, OFFICE, NOON).kind is ClockKind.FIRST_ANSWER
    assert deadlines(replace(WAITS, is_answered=True), POLICY, OFFICE, NOON).kind is ClockKind.NEXT_ANSWER


@pytest.mark.parametrize("state", [State.CLOSED, State.PRIVATE, State.WAITING_CUSTOMER])
def test_nobody_waits_in_these_states(state: State) -> None:
    clocks = deadlines(replace(WAITS, state=state), POLICY, OFFICE, NOON)
    assert (clocks.state, clocks.look_at, clocks.waits) == (ClockState.NONE, None, "")


def test_appeals_outside_the_policy_have_no_clock_but_a_greeting_has() -> None:
    only_complaints = Policy(appeals=("complaint",))
    for appeal, state in (
        ("question", ClockState.NONE),
        ("none", ClockState.OK),
        ("complaint", ClockState.OK),
    ):
        assert deadlines(replace(WAITS, appeal=appeal), only_complaints, OFFICE, NOON).state is state


def test_a_promise_is_due_when_it_says() -> None:
    facts = replace(WAITS, state=State.PROMISED, promised_until=NOON + 300 * MINUTE)
    states = [
        deadlines(replace(facts, checked_at=NOON + n * MINUTE), POLICY, OFFICE, NOON + n * MINUTE).state
        for n in (0, 269, 270, 300, 301)
    ]
    assert states == [ClockState.OK, ClockState.OK, ClockState.WARNING, ClockState.WARNING, ClockState.BREACH]


def test_a_calendar_without_an_open_hour_stops_safely() -> None:
    with pytest.raises(BadConfig):
        deadlines(WAITS, POLICY, Calendar(weekdays=(Hours(),) * 7), NOON)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 20_000), st.none() | st.integers(0, 20_000))
def test_look_at_is_the_next_moment_at_which_anything_changes(after: int, checked: int | None) -> None:
    """Between now and look_at the state stays; it is never in the past."""
    facts = replace(WAITS, checked_at=None if checked is None else NOON + checked * MINUTE)
    now = NOON + after * MINUTE
    clocks = deadlines(facts, POLICY, OFFICE, now)
    if clocks.look_at is None:
        assert clocks.state is ClockState.BREACH
        return
    assert clocks.look_at > now
    before = clocks.look_at - timedelta(microseconds=1)
    assert deadlines(facts, POLICY, OFFICE, before).state is clocks.state


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (1, "1 жалоба"),
        (2, "2 жалобы"),
        (5, "5 жалоб"),
        (11, "11 жалоб"),
        (21, "21 жалоба"),
        (112, "112 жалоб"),
    ],
)
def test_plural_forms(n: int, words: str) -> None:
    assert plural(n, "жалоба", "жалобы", "жалоб") == words


def test_spans_in_words() -> None:
    assert span(timedelta(hours=2, minutes=15)) == "2 ч 15 мин"
    assert span(timedelta(days=3, hours=4, minutes=7)) == "3 дня 4 ч"
    assert span(timedelta(seconds=40)) == "меньше минуты"
    assert working_span(timedelta(hours=26)) == "26 ч рабочего времени"
