"""Time as an argument: rules never read the clock, entry points hand it in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

#: Gives the present moment, aware. Everything that waits or compares takes one of these.
Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The machine's time in UTC."""
    return datetime.now(UTC)


class FixedClock:
    """A clock that moves only when told to; ships with the code because tests and replays share it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def tick(self, by: timedelta) -> None:
        """Move forward (or back, for a skew) by `by`."""
        self.at += by
