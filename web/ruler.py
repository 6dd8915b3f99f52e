"""Deadlines on a grid of starts, so that the database can sort a whole queue into on time and late.

The rule itself stays the one pure function (`domain.deadlines`): here it is only tabulated. What a page shows
of a single conversation is computed exactly; counts and filters may be late by one mark: a minute in the last
hours, a quarter of an hour in the last two days, coarser where nothing is decided any more. Never early.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from db.pages import Ruler, SourceName
from domain.calendars import add_working_time
from domain.policy import Calendar, Company

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: (how far back, how wide a step); marks lie at multiples of the step, so that their deadlines can be kept.
_STEPS = (
    (timedelta(hours=2), timedelta(minutes=1)),
    (timedelta(days=2), timedelta(minutes=15)),
    (timedelta(days=30), timedelta(hours=6)),
    (timedelta(days=3650), timedelta(days=30)),
)


def ruler(company: Company, sources: Sequence[SourceName], now: datetime) -> Ruler:
    """Raises BadConfig for a calendar that never opens."""
    names = [calendar.name for calendar in company.calendars]
    grid = list(marks(now))
    policy = company.policy
    return Ruler(
        now=now,
        appeals=policy.appeals,
        grid=grid,
        warn=[[_later(c, policy.warn_after, at) for at in grid] for c in company.calendars],
        due=[[_later(c, policy.answer_within, at) for at in grid] for c in company.calendars],
        calendars={
            source.id: names.index(wanted) + 1
            for source in sources
            if (wanted := company.source_calendars.get(source.name)) in names
        },
    )


def marks(now: datetime) -> Iterator[datetime]:
    """The grid in ascending order; its last mark lies after now, for clocks that differ a little."""
    upto = now
    ages = [(back, step) for back, step in reversed(_STEPS)]
    last = _EPOCH
    for n, (back, step) in enumerate(ages):
        nearer = ages[n + 1][0] if n + 1 < len(ages) else -timedelta(hours=1)
        at = _floor(upto - back, step)
        while at < upto - nearer:
            if at > last:
                yield at
                last = at
            at += step
    yield upto + timedelta(days=2)


def _floor(at: datetime, step: timedelta) -> datetime:
    return at - (at - _EPOCH) % step


@lru_cache(maxsize=100_000)
def _later(calendar: Calendar, length: timedelta, start: datetime) -> datetime:
    return add_working_time(start, length, calendar)
