"""Working time: how much of it lies between two moments, and when a span of it runs out.

A moment is open when the clock on the wall of the calendar's zone shows it within the day's hours. So a
shift over midnight belongs to the day on which it began, a night in which the clocks go back has an hour
more, and one in which they go forward an hour less. An interval whose end is not after its start runs
into the next day; `00:00-00:00` is the whole day.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from heapq import heappop, heappush
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from domain.errors import BadConfig
from domain.policy import Calendar, Hours

Segment = tuple[datetime, datetime]  # open from (included) to (excluded), both in UTC

_DAY = timedelta(days=1)
#: So long without an open minute, and the calendar is taken for one that never opens.
_HORIZON_DAYS = 800
#: No zone moves its clocks by more.
_LARGEST_CHANGE = timedelta(hours=3)


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The zone by its IANA name. Raises BadConfig."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadConfig(f"{name!r} is no time zone; write one like Europe/Moscow") from error


def add_working_time(start: datetime, length: timedelta, calendar: Calendar) -> datetime:
    """The first moment at which `length` of working time has passed since `start`; `start` itself for zero.

    Raises BadConfig for a calendar that has no open minute for two years: better no answer than a wrong one.
    """
    if length <= timedelta(0):
        return start
    left = length
    for opens, closes in _segments(start, calendar):
        begin = max(opens, start)
        if closes - begin >= left:
            return begin + left
        left -= closes - begin
    raise BadConfig(f"calendar {calendar.name!r} has no working hours: name at least one day with open hours")


def working_time_between(a: datetime, b: datetime, calendar: Calendar) -> timedelta:
    """Working time from `a` to `b`; zero when `b` is not later."""
    total = timedelta(0)
    if b <= a:
        return total
    for opens, closes in _segments(a, calendar):
        if opens >= b:
            break
        total += min(closes, b) - max(opens, a)
    return total


def is_open(at: datetime, calendar: Calendar) -> bool:
    """Whether the team works at this moment."""
    return next(_segments(at, calendar), (at + _DAY, at))[0] <= at


def next_opening(at: datetime, calendar: Calendar) -> datetime:
    """`at` itself when it is open, else when the team is back. Raises BadConfig as `add_working_time`."""
    add_working_time(at, timedelta(microseconds=1), calendar)
    return max(at, next(_segments(at, calendar))[0])


def end_of_day(day: date, calendar: Calendar) -> datetime:
    """When work ends on that date: the close of its last interval, or midnight where nothing is open."""
    segments = _day(day, calendar)
    midnight = datetime.combine(day + _DAY, time(), zone(calendar.zone)).astimezone(UTC)
    return segments[-1][1] if segments else midnight


def hours_of(day: date, calendar: Calendar) -> Hours:
    """Hours that begin on that date: `special` stands above the production calendar, that above the week.

    A weekend day moved to work has the hours of its weekday or, where it has none, of the open day before it.
    """
    for text, hours in calendar.special:
        if text == day.isoformat():
            return hours
    usual = calendar.weekdays[day.weekday()]
    if not calendar.production:
        return usual
    closed, working_weekends = _production(day.year)
    if day in closed:
        return Hours()
    if day in working_weekends and not usual.intervals:
        earlier = (calendar.weekdays[(day.weekday() - back) % 7] for back in range(1, 7))
        return next((hours for hours in earlier if hours.intervals), usual)
    return usual


@lru_cache(maxsize=64)
def _production(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Days off of Russia's production calendar, and weekend days moved to work."""
    known = holidays.country_holidays("RU", years=year)
    return frozenset(known), frozenset(getattr(known, "weekend_workdays", ()))


def _segments(start: datetime, calendar: Calendar) -> Iterator[Segment]:
    """Open segments that end after `start`, in order, none overlapping another; they may touch.

    Ends after two years without an open minute.
    """
    tz = zone(calendar.zone)
    day = start.astimezone(tz).date() - _DAY
    covered, idle = datetime.min.replace(tzinfo=UTC), 0
    begun: list[Segment] = []
    while idle < _HORIZON_DAYS and day < date.max - 2 * _DAY:
        for segment in _day(day, calendar):
            heappush(begun, segment)
        day += _DAY
        idle += 1
        # A night that is lived twice may end after the next day's work began: what that day may still
        # overlap waits for it.
        settled = datetime.combine(day, time(), tz).astimezone(UTC) - _LARGEST_CHANGE
        while begun and begun[0][0] < settled:
            opens, closes = heappop(begun)
            if closes > max(start, covered):
                yield max(opens, covered), closes
                idle, covered = 0, closes


@lru_cache(maxsize=20_000)
def _day(day: date, calendar: Calendar) -> tuple[Segment, ...]:
    """Segments that begin on this local date, in order."""
    out: list[Segment] = []
    for opens, closes in hours_of(day, calendar).intervals:
        begin = datetime.combine(day, opens)
        end = datetime.combine(day if closes > opens else day + _DAY, closes)
        out += _on_the_wall(begin, end, zone(calendar.zone))
    return tuple(sorted(out))


def _on_the_wall(begin: datetime, end: datetime, tz: ZoneInfo) -> list[Segment]:
    """The moments at which clocks in `tz` show a time within [begin, end), both without a zone."""
    offsets = {at.replace(tzinfo=tz, fold=fold).utcoffset() for at in (begin, end) for fold in (0, 1)}
    shifts = sorted(offset for offset in offsets if offset is not None)
    if len(shifts) == 1:
        return [((begin - shifts[0]).replace(tzinfo=UTC), (end - shifts[0]).replace(tzinfo=UTC))]
    change = _change(
        (begin - shifts[-1]).replace(tzinfo=UTC) - _DAY, (end - shifts[0]).replace(tzinfo=UTC) + _DAY, tz
    )
    before, after = _offset(change - timedelta(seconds=1), tz), _offset(change, tz)
    first = ((begin - before).replace(tzinfo=UTC), min((end - before).replace(tzinfo=UTC), change))
    second = (max((begin - after).replace(tzinfo=UTC), change), (end - after).replace(tzinfo=UTC))
    return [(a, b) for a, b in (first, second) if a < b]


def _change(low: datetime, high: datetime, tz: ZoneInfo) -> datetime:
    """The moment between `low` and `high` from which the zone's offset is another, to the second."""
    old = _offset(low, tz)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if _offset(middle, tz) == old:
            low = middle
        else:
            high = middle
    return high


def _offset(at: datetime, tz: ZoneInfo) -> timedelta:
    return at.astimezone(tz).utcoffset() or timedelta(0)
