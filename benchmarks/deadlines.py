"""Working time against a reference that walks minute by minute: `python -m benchmarks.deadlines 100000`.

The walker asks of every minute whether the clock on the wall stands within the day's hours, and knows nothing
of segments, offsets or changes of the clock. Exit status 1 when anything differs.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import holidays

from domain.calendars import add_working_time, working_time_between
from domain.errors import BadConfig
from domain.policy import Calendar, Hours

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
#: Days on which clocks change: by an hour, by half of it, at midnight, back for a month of the year.
CHANGES = (
    ("Europe/Berlin", date(2024, 3, 31)),
    ("Europe/Berlin", date(2024, 10, 27)),
    ("America/New_York", date(2024, 3, 10)),
    ("America/New_York", date(2024, 11, 3)),
    ("America/St_Johns", date(2024, 11, 3)),
    ("Australia/Lord_Howe", date(2024, 4, 7)),
    ("Australia/Lord_Howe", date(2024, 10, 6)),
    ("America/Santiago", date(2024, 4, 7)),
    ("America/Santiago", date(2024, 9, 8)),
    ("Africa/Casablanca", date(2024, 3, 10)),
    ("Africa/Casablanca", date(2024, 4, 14)),
    ("Europe/Moscow", date(2014, 10, 26)),
)
#: 29 February, New Year, holidays and working days moved by Russia's production calendar.
ODD_DAYS = (
    date(2024, 2, 28),
    date(2024, 4, 27),
    date(2024, 12, 28),
    date(2025, 1, 1),
    date(2025, 2, 23),
    date(2025, 11, 1),
    date(2026, 1, 9),
)
ZONES = ("Europe/Moscow", "Europe/Kaliningrad", "Asia/Kamchatka", "Asia/Kathmandu")


@dataclass(frozen=True)
class Case:
    calendar: Calendar
    start: datetime
    length: timedelta
    #: the walker gives up here
    end: datetime


def random_hours(rng: Random) -> Hours:
    """Up to three intervals, the last perhaps over midnight; now and then none, or the whole day."""
    kind = rng.randrange(8)
    if kind == 0:
        return Hours()
    if kind == 1:
        return Hours(((time(0), time(0)),))
    # Every other day opens or closes at night, where clocks change.
    marks = sorted(rng.sample(range(rng.choice((240, 1440))), 2 * rng.randint(1, 3)))
    if kind == 2:
        marks = [*marks[1:], rng.randrange(0, marks[0] + 1)]  # the last shift ends in the next morning
    clocks = [time(mark // 60, mark % 60) for mark in marks]
    return Hours(tuple(zip(clocks[::2], clocks[1::2], strict=True)))


def random_case(rng: Random, days: int) -> Case:
    """A calendar, a start near an odd day and a span, in minutes, that mostly fits into `days`."""
    zone, near = rng.choice(CHANGES) if rng.random() < 0.6 else (rng.choice(ZONES), rng.choice(ODD_DAYS))
    special = tuple(
        ((near + timedelta(days=rng.randint(-2, 3))).isoformat(), random_hours(rng))
        for _ in range(rng.randint(0, 2))
    )
    calendar = Calendar(
        zone=zone,
        weekdays=tuple(random_hours(rng) for _ in range(7)),
        production=rng.random() < 0.5,
        special=special,
    )
    start = datetime(near.year, near.month, near.day, tzinfo=UTC) + MINUTE * rng.randint(-1440, 1440)
    return Case(calendar, start, MINUTE * rng.randint(1, 400 * days), start + days * DAY)


def is_open(at: datetime, calendar: Calendar) -> bool:
    """What the clock on the wall says of one minute."""
    local = at.astimezone(ZoneInfo(calendar.zone))
    now = local.time()
    for opens, closes in _hours(local.date(), calendar).intervals:
        if opens <= now and (now < closes or closes <= opens):
            return True
    before = _hours(local.date() - DAY, calendar).intervals
    return any(closes <= opens and now < closes for opens, closes in before)


def _hours(day: date, calendar: Calendar) -> Hours:
    special = [hours for text, hours in calendar.special if text == str(day)]
    if special:
        return special[0]
    usual = calendar.weekdays[day.weekday()]
    if calendar.production:
        if day in RUSSIA:
            return Hours()
        if day in RUSSIA.weekend_workdays and not usual.intervals:
            open_days = [calendar.weekdays[(day.weekday() - n) % 7] for n in range(1, 7)]
            return next((hours for hours in open_days if hours.intervals), usual)
    return usual


RUSSIA = holidays.country_holidays("RU", years=range(2013, 2028))


def walk(case: Case) -> tuple[datetime | None, timedelta]:
    """When the span runs out (None: not before `end`), and all working time up to `end`."""
    at, worked, due = case.start, timedelta(0), None
    while at < case.end:
        if is_open(at, case.calendar):
            worked += MINUTE
            if worked == case.length:
                due = at + MINUTE
        at += MINUTE
    return due, worked


def mismatch(case: Case) -> str | None:
    """What differs between the walker and the product; None: nothing."""
    due, worked = walk(case)
    got = working_time_between(case.start, case.end, case.calendar)
    if got != worked:
        return f"{worked} of working time, got {got}"
    try:
        found = add_working_time(case.start, case.length, case.calendar)
    except BadConfig:
        return None if due is None else f"due {due}, got none"
    if due is None:
        return None if found > case.end else f"due after {case.end}, got {found}"
    return None if found == due else f"due {due}, got {found}"


def main(cases: int, days: int = 3, seed: int = 1) -> int:
    wrong = 0
    for number in range(cases):
        case = random_case(Random(seed * 10_000_000 + number), days)
        if found := mismatch(case):
            wrong += 1
            print(f"case {number}: {found}\n  {case}")
    print(f"{cases} cases over {days} days: {wrong} mismatches")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
