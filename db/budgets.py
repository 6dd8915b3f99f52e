"""What all processes that use one token share: whose call is next, and what is left of the day.

A token is named by a key derived from it, never by itself. The caller owns the transaction and keeps it
short: while it is open, others wait for the same token.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import scalar_row

from db.sql import queries

#: VK does not say when its day ends; it is at home in this zone.
DAY_ZONE = ZoneInfo("Europe/Moscow")

_SQL = queries("budgets")


@dataclass(frozen=True, slots=True)
class Calls:
    """One method called with one token."""

    token_key: str
    method: str


def day_of(now: datetime) -> date:
    return now.astimezone(DAY_ZONE).date()


def next_day(now: datetime) -> datetime:
    """When the next day's quota begins."""
    tomorrow = day_of(now) + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=DAY_ZONE)


def reserve(conn: Connection, token_key: str, *, interval: timedelta, now: datetime) -> timedelta:
    """Take the next slot of a token; how long to wait for it. Slots are `interval` apart."""
    facts = {"token_key": token_key, "interval": interval, "now": now}
    with conn.cursor(row_factory=scalar_row) as cur:
        slot: datetime | None = cur.execute(_SQL["reserve"], facts).fetchone()
    return max((slot or now) - now, timedelta(0))


def take(conn: Connection, calls: Calls, *, quota: int, now: datetime) -> int | None:
    """Count one call against the day; how many are left, None when the quota is spent already."""
    facts = _facts(calls) | {"day": day_of(now), "quota": quota}
    with conn.cursor(row_factory=scalar_row) as cur:
        used: int | None = cur.execute(_SQL["take"], facts).fetchone()
    return None if used is None else quota - used


def remaining(conn: Connection, calls: Calls, *, quota: int, now: datetime) -> int:
    """How many calls the day still has."""
    with conn.cursor(row_factory=scalar_row) as cur:
        used = cur.execute(_SQL["used"], _facts(calls) | {"day": day_of(now)}).fetchone() or 0
    return max(quota - used, 0)


def stop(conn: Connection, calls: Calls, *, until: datetime, now: datetime) -> None:
    """Nobody calls this before `until`; a later end stands."""
    conn.execute(_SQL["stop"], _facts(calls) | {"day": day_of(now), "until": until})


def stopped_until(conn: Connection, calls: Calls, *, now: datetime) -> datetime | None:
    """The end of a silence that lasts still; None: calls may go."""
    with conn.cursor(row_factory=scalar_row) as cur:
        until: datetime | None = cur.execute(_SQL["stopped_until"], _facts(calls) | {"now": now}).fetchone()
    return until


def _facts(calls: Calls) -> dict[str, object]:
    return {"token_key": calls.token_key, "method": calls.method}
