"""When a problem is raised, grows, comes back: rules a support lead could read."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import NotAllowed
from domain.problems.complaints import Bag
from domain.problems.counts import chance_of
from domain.problems.life import Facts, Ignored, Rules, grows, next_state
from domain.problems.states import MOVES, Because, State, move
from domain.problems.voices import chorus, is_same_text
from tests.conftest import NOON

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
RULES = Rules()


def facts(state: State = State.ONGOING, days_ago: tuple[float, ...] = (), **changes: object) -> Facts:
    voices = sorted(NOON - days * DAY for days in days_ago)
    found = Facts(state=state, since=NOON - timedelta(days=100), voices=voices)
    return replace(found, **changes)  # type: ignore[arg-type]


def weekly(count: int, weeks: int = 10) -> tuple[float, ...]:
    """So many voices in each of the weeks before the last one."""
    return tuple(7 * week + 7 * (i + 0.5) / count for week in range(1, weeks + 1) for i in range(count))


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(facts(State.CANDIDATE, (1, 2)), None, id="two voices are a coincidence"),
        pytest.param(
            facts(State.CANDIDATE, (1, 2, 3)), (State.NEW, Because.ENOUGH_VOICES), id="three are a problem"
        ),
        pytest.param(facts(State.CANDIDATE, (1, 120, 200)), None, id="three in a year are not"),
        pytest.param(
            facts(State.NEW, (1, 2, 3), since=NOON - 6 * DAY), None, id="a new one stays new a week"
        ),
        pytest.param(
            facts(State.NEW, (1, 2, 3), since=NOON - 7 * DAY),
            (State.ONGOING, Because.A_WEEK_OLD),
            id="then it is ongoing",
        ),
        pytest.param(facts(days_ago=(*weekly(3), 1, 2, 3, 4)), None, id="four after three a week is chance"),
        pytest.param(
            facts(days_ago=(*weekly(3), *(i / 2 for i in range(12)))),
            (State.GROWING, Because.UNUSUAL_WEEK),
            id="twelve after three a week is growth",
        ),
        pytest.param(
            facts(days_ago=(*weekly(7), *(2 + i for i in range(4)), *(i / 10 for i in range(8)))),
            (State.GROWING, Because.UNUSUAL_DAY),
            id="eight in a day after one a day is growth",
        ),
        pytest.param(facts(State.FIXED, (1, 2), after_fix=2), None, id="two after the fix may be late"),
        pytest.param(
            facts(State.FIXED, (1, 2), after_fix=3),
            (State.BACK, Because.VOICES_AFTER_FIX),
            id="three are not",
        ),
        pytest.param(
            facts(State.GROWING, weekly(3), since=NOON - 14 * DAY),
            (State.ONGOING, Because.CALMED_DOWN),
            id="growth that ended is over after two weeks",
        ),
        pytest.param(
            facts(State.IGNORED, weekly(3), ignored=Ignored(until=NOON + DAY)),
            None,
            id="ignored until tomorrow",
        ),
        pytest.param(
            facts(State.IGNORED, weekly(3), ignored=Ignored(until=NOON)),
            (State.ONGOING, Because.IGNORED_UNTIL_NOW),
            id="the date has come",
        ),
        pytest.param(
            facts(State.IGNORED, (1, 2, 3), since=NOON - 4 * DAY, ignored=Ignored(until_voices=3)),
            (State.GROWING, Because.ENOUGH_VOICES),
            id="so many voices have come",
        ),
        pytest.param(
            facts(
                State.IGNORED, (*weekly(3), *(i / 2 for i in range(12))), ignored=Ignored(until_grows=True)
            ),
            (State.GROWING, Because.UNUSUAL_WEEK),
            id="it grew",
        ),
        pytest.param(
            facts(State.IGNORED, (*weekly(3), *(i / 2 for i in range(12))), ignored=Ignored()),
            None,
            id="ignored for good is ignored for good",
        ),
        pytest.param(facts(State.GONE, (1, 2, 3)), None, id="what is gone stays gone"),
    ],
)
def test_a_problem_moves_when_its_voices_say_so(seen: Facts, expected: tuple[State, Because] | None) -> None:
    assert next_state(seen, RULES, NOON) == expected


def test_a_week_that_is_wild_by_habit_is_no_news() -> None:
    wild = (
        *weekly(1, 1),
        *(14 + i / 3 for i in range(14)),
        *(28 + i for i in range(1)),
        *(35 + i / 3 for i in range(14)),
    )
    now_twelve = tuple(i / 2 for i in range(12))
    assert grows(facts(days_ago=(*wild, *now_twelve)), RULES, NOON) is None


def test_a_problem_without_a_past_week_cannot_grow() -> None:
    assert grows(facts(days_ago=tuple(i / 4 for i in range(20))), RULES, NOON) is None


def test_the_quiet_weekday_makes_the_same_day_more_unusual() -> None:
    day = facts(days_ago=(*weekly(14), *(1.5 + i / 2 for i in range(8)), *(i / 20 for i in range(7))))
    mondays_are_quiet = (0.02, *(0.98 / 6,) * 6)
    mondays_are_busy = (0.5, *(0.5 / 6,) * 6)
    assert grows(replace(day, weekdays=mondays_are_quiet), RULES, NOON) is Because.UNUSUAL_DAY
    assert grows(replace(day, weekdays=mondays_are_busy), RULES, NOON) is None


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.integers(0, 40))
def test_a_greater_count_is_never_likelier(past: list[int], count: int) -> None:
    one, more = chance_of(count, past), chance_of(count + 1, past)
    assert 0 <= more <= one + 1e-9 <= 1 + 1e-8


def test_nothing_at_all_is_certain_and_the_usual_is_likely() -> None:
    assert chance_of(0, [3, 3, 3]) == pytest.approx(1)
    assert chance_of(3, [3, 3, 3]) > 0.3


def test_a_move_that_the_table_does_not_hold_is_refused() -> None:
    with pytest.raises(NotAllowed):
        move(State.GONE, State.NEW, by="Вера", because="", at=NOON)


def test_every_state_can_be_reached_and_only_gone_is_an_end() -> None:
    assert {after for afters in MOVES.values() for after in afters} == set(State)
    assert [state for state in State if not MOVES[state]] == [State.GONE]


def bag(**weights: float) -> Bag:
    terms = sorted(weights)
    return Bag(tuple(terms), tuple(weights[t] for t in terms), (1,) * len(terms))


def test_a_copied_text_is_one_voice_and_a_short_one_is_chance() -> None:
    long = bag(**{f"слово{i}": 1.0 for i in range(20)})
    copied = bag(**{f"слово{i}": 1.0 for i in range(1, 21)})
    other = bag(**{f"слово{i}": 1.0 for i in range(10, 30)})
    short = bag(приложение=1.0, работать=1.0)
    assert is_same_text(long, copied)
    assert not is_same_text(long, other)
    assert not is_same_text(short, short)


@pytest.mark.parametrize(
    ("voices", "authors"),
    [
        pytest.param({1: ["а", "б"], 2: ["в"]}, None, id="two accounts are no chorus"),
        pytest.param({1: ["а", "б", "в"], 2: ["г"]}, 3, id="three of four are"),
        pytest.param(
            {1: ["а", "б", "в"], **{i: [f"x{i}"] for i in range(2, 12)}}, None, id="of many they are not"
        ),
        pytest.param({}, None, id="nobody spoke"),
    ],
)
def test_many_accounts_with_one_text_are_shown_apart(
    voices: dict[int, list[str]], authors: int | None
) -> None:
    found = chorus(voices)
    assert (found.authors if found else None) == authors


def test_time_comes_from_outside_only() -> None:
    later = NOON + timedelta(days=400)
    assert next_state(facts(State.CANDIDATE, (1, 2, 3)), RULES, later) is None
    assert isinstance(later, datetime)
