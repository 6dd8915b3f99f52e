"""How fresh our picture of a source is: what was not seen is never called quiet, nor quiet unseen."""

from datetime import datetime, timedelta
from enum import StrEnum

#: Misses in a row after which a source counts as silent, and the least time for that.
_MISSES, _LEAST = 4, timedelta(minutes=15)


class Freshness(StrEnum):
    #: it cannot be read until a person does something
    NEEDS_PERSON = "needs_person"
    #: a file: nobody will look again
    IMPORTED = "imported"
    NEVER = "never"
    #: the first look is under way
    FIRST = "first"
    NEVER_WHOLE = "never_whole"
    #: the last complete look is too long ago
    SILENT = "silent"
    #: the last look did not see everything
    PARTIAL = "partial"
    FRESH = "fresh"


def freshness(
    *,
    kind: str,
    needs_person: bool,
    last_at: datetime | None,
    last_outcome: str | None,
    good_at: datetime | None,
    every: timedelta,
    now: datetime,
) -> Freshness:
    """`every`: how often it is looked at; `good_at`: end of the last complete look, None for never."""
    if needs_person:
        return Freshness.NEEDS_PERSON
    if kind.partition(".")[0] == "import":
        return Freshness.IMPORTED
    if last_at is None:
        return Freshness.NEVER
    if good_at is None:
        return Freshness.FIRST if last_outcome == "running" else Freshness.NEVER_WHOLE
    if now - good_at > max(_MISSES * every, _LEAST):
        return Freshness.SILENT
    return Freshness.FRESH if last_outcome in ("complete", "running") else Freshness.PARTIAL
