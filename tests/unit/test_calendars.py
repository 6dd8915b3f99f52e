"""Working time: Russian holidays and moved days, shifts over midnight, clocks that change, the walker."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.deadlines import mismatch, random_case
from domain.calendars import (
    add_working_time,
    hours_of,
    is_open,
    next_opening,
    working_time_between,
)
from domain.errors import BadConfig
from domain.policy import Calendar, Hours

HOUR = timedelta(hours=1)
OFFICE = Calendar()
CLOSED = Calendar(weekdays=(Hours(),) * 7)
NIGHT = Calendar(weekdays=(Hours(((time(22), time(6)),)),) * 7, production=False)
ALWAYS = Calendar(weekdays=(Hours(((time(0), time(0)),)),) * 7, production=False)


def moscow(*when: int) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo("Europe/Moscow"))  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("start", "length", "due"),
    [
        pytest.param(moscow(2026, 3, 2, 10), HOUR, moscow(2026, 3, 2, 11), id="within the day"),
        pytest.param(moscow(2026, 3, 2, 17, 30), HOUR, moscow(2026, 3, 3, 9, 30), id="over the evening"),
        pytest.param(moscow(2026, 2, 27, 17, 30), HOUR, moscow(2026, 3, 2, 9, 30), id="over the weekend"),
        pytest.param(moscow(2026, 3, 2, 3), HOUR, moscow(2026, 3, 2, 10), id="written at night"),
        pytest.param(moscow(2026, 3, 2, 17), HOUR, moscow(2026, 3, 2, 18), id="to the last minute"),
        pytest.param(moscow(2025, 12, 30, 17, 30), HOUR, moscow(2026, 1, 12, 9, 30), id="New Year of 2026"),
        pytest.param(moscow(2024, 4, 26, 17, 30), HOUR, moscow(2024, 4, 27, 9, 30), id="a working Saturday"),
        pytest.param(moscow(2024, 4, 27, 17, 30), HOUR, moscow(2024, 5, 2, 9, 30), id="Monday given for it"),
        pytest.param(moscow(2024, 2, 28, 17, 30), 2 * HOUR, moscow(2024, 2, 29, 10, 30), id="29 February"),
        pytest.param(moscow(2026, 3, 7, 12), timedelta(0), moscow(2026, 3, 7, 12), id="nothing to wait for"),
    ],
)
def test_an_office_in_russia(start: datetime, length: timedelta, due: datetime) -> None:
    assert add_working_time(start, length, OFFICE) == due


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        *[
            (day, True)
            for day in (date(2024, 4, 27), date(2024, 11, 2), date(2024, 12, 28), date(2025, 11, 1))
        ],
        *[
            (day, False)
            for day in (date(2024, 4, 29), date(2024, 12, 30), date(2025, 5, 2), date(2025, 11, 3))
        ],
        *[
            (day, False)
            for day in (date(2026, 1, 9), date(2026, 3, 9), date(2026, 5, 11), date(2026, 12, 31))
        ],
        (date(2026, 6, 11), True),
    ],
)
def test_the_production_calendar_of_2024_to_2026(day: date, is_working: bool) -> None:
    assert bool(hours_of(day, OFFICE).intervals) is is_working


def test_a_named_date_stands_above_the_production_calendar() -> None:
    calendar = Calendar(special=(("2026-01-09", Hours(((time(10), time(12)),))), ("2026-03-03", Hours())))
    assert add_working_time(moscow(2026, 1, 9, 9), HOUR, calendar) == moscow(2026, 1, 9, 11)
    assert add_working_time(moscow(2026, 3, 2, 17, 30), HOUR, calendar) == moscow(2026, 3, 4, 9, 30)


def test_a_break_does_not_count() -> None:
    hours = Hours(((time(9), time(13)), (time(14), time(18))))
    calendar = Calendar(weekdays=(hours,) * 5 + (Hours(),) * 2)
    assert add_working_time(moscow(2026, 3, 2, 12, 30), HOUR, calendar) == moscow(2026, 3, 2, 14, 30)
    assert working_time_between(moscow(2026, 3, 2, 8), moscow(2026, 3, 2, 23), calendar) == 8 * HOUR


def test_a_night_shift_goes_on_past_midnight() -> None:
    assert add_working_time(moscow(2026, 3, 2, 23, 30), HOUR, NIGHT) == moscow(2026, 3, 3, 0, 30)
    assert add_working_time(moscow(2026, 3, 3, 5, 30), HOUR, NIGHT) == moscow(2026, 3, 3, 22, 30)


def test_day_and_night_is_plain_time_whatever_the_clocks_do() -> None:
    berlin = Calendar(zone="Europe/Berlin", weekdays=ALWAYS.weekdays, production=False)
    start = datetime(2024, 10, 26, 12, tzinfo=UTC)
    assert add_working_time(start, 400 * HOUR, berlin) == start + 400 * HOUR
    assert working_time_between(start, start + 9000 * HOUR, berlin) == 9000 * HOUR


def test_the_night_in_which_clocks_go_back_is_an_hour_longer() -> None:
    berlin = Calendar(zone="Europe/Berlin", weekdays=NIGHT.weekdays, production=False)
    whole = (datetime(2024, 10, 26, 19, tzinfo=UTC), datetime(2024, 10, 27, 10, tzinfo=UTC))
    assert working_time_between(*whole, berlin) == 9 * HOUR
    whole = (datetime(2024, 3, 30, 19, tzinfo=UTC), datetime(2024, 3, 31, 10, tzinfo=UTC))
    assert working_time_between(*whole, berlin) == 7 * HOUR


def test_zones_tell_whose_working_day_it_is() -> None:
    kamchatka = Calendar(zone="Asia/Kamchatka")
    assert is_open(datetime(2026, 3, 2, 0, 0, tzinfo=UTC), kamchatka)
    assert not is_open(datetime(2026, 3, 2, 0, 0, tzinfo=UTC), OFFICE)
    assert next_opening(datetime(2026, 3, 2, 0, 0, tzinfo=UTC), OFFICE) == moscow(2026, 3, 2, 9)


def test_a_calendar_that_never_opens_stops_with_a_clear_error() -> None:
    with pytest.raises(BadConfig, match="no working hours"):
        add_working_time(moscow(2026, 3, 2, 10), HOUR, CLOSED)
    with pytest.raises(BadConfig):
        next_opening(moscow(2026, 3, 2, 10), CLOSED)
    assert working_time_between(moscow(2026, 3, 2), moscow(2026, 4, 2), CLOSED) == timedelta(0)


def test_a_wrong_zone_is_named() -> None:
    with pytest.raises(BadConfig, match="Europe/Moskva"):
        is_open(moscow(2026, 3, 2), Calendar(zone="Europe/Moskva"))


@settings(max_examples=2000, deadline=None)
@given(st.integers(0, 10**9))
def test_it_agrees_with_whoever_walks_minute_by_minute(seed: int) -> None:
    assert mismatch(random_case(Random(seed), days=1)) is None
