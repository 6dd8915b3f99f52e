"""What is still to happen: a story is loaded in advance, the clock publishes it."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

from demo.vk.items import unix

Change = Callable[[], None]


class Timeline:
    """Changes waiting for their time; those of one second are done in the order they were given."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, Change]] = []
        self._turn = count()

    def add(self, at: datetime, change: Change) -> None:
        heapq.heappush(self._waiting, (unix(at), next(self._turn), change))

    def settle(self, now: datetime) -> None:
        """Do all that is due. What was done stays done, even if the clock is turned back."""
        due = unix(now)
        while self._waiting and self._waiting[0][0] <= due:
            heapq.heappop(self._waiting)[2]()
