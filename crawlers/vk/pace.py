"""When the next call may go: one token bucket for all processes that use a token, kept in the database."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from psycopg import Connection
from psycopg_pool import ConnectionPool

from db import budgets
from db.budgets import Calls
from domain.clock import Clock
from domain.errors import QuotaSpent, RateLimited

#: Calls a second that VK grants a user or service token.
RPS = 3.0
#: Calls a day by method; what is not named has no known bound.
QUOTAS = {"wall.get": 5000, "wall.search": 1000, "newsfeed.search": 1000}


class Pace(Protocol):
    def wait_turn(self, method: str) -> None:
        """Return when the call may go. Raises QuotaSpent or RateLimited when it may not for long."""
        ...

    def stop(self, method: str, pause: timedelta) -> None:
        """Nobody calls the method for so long."""
        ...


def token_key(token: str) -> str:
    """Names a token without telling it."""
    return hashlib.sha256(f"vk:{token}".encode()).hexdigest()[:16]


class SharedPace:
    """The pace of one token, shared through `call_pace` and `call_budget`."""

    def __init__(
        self,
        pool: ConnectionPool[Connection],
        token: str,
        *,
        clock: Clock,
        sleep: Callable[[float], None],
        rps: float = RPS,
    ) -> None:
        self._pool, self._clock, self._sleep = pool, clock, sleep
        self._token_key = token_key(token)
        self._interval = timedelta(seconds=1 / rps)

    def wait_turn(self, method: str) -> None:
        now, calls = self._clock(), Calls(self._token_key, method)
        with self._pool.connection() as conn:
            if until := budgets.stopped_until(conn, calls, now=now):
                raise RateLimited(
                    f"{method}: VK просил подождать до {_local(until)}", retry_after=until - now
                )
            quota = QUOTAS.get(method)
            if quota and budgets.take(conn, calls, quota=quota, now=now) is None:
                raise QuotaSpent(
                    f"{method}: суточный лимит ({quota}) исчерпан", retry_after=budgets.next_day(now) - now
                )
            wait = budgets.reserve(conn, self._token_key, interval=self._interval, now=now)
        if wait:
            self._sleep(wait.total_seconds())

    def stop(self, method: str, pause: timedelta) -> None:
        now = self._clock()
        with self._pool.connection() as conn:
            budgets.stop(conn, Calls(self._token_key, method), until=now + pause, now=now)


def _local(at: datetime) -> str:
    return at.astimezone(budgets.DAY_ZONE).strftime("%d.%m %H:%M МСК")
