"""The record of looks: begun before the first call, finished with counts and a reason, or marked killed.

The caller owns the transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from db.sources import STALE_AFTER
from db.sql import queries
from domain.sources import CrawlRun

_SQL = queries("crawls")


@dataclass(frozen=True, slots=True)
class CrawlRow:
    """A row of `crawl`; `outcome` is one of CrawlOutcome's values, "running" or "killed"."""

    id: int
    source_id: int
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    reason: str
    asked: int
    got: int
    new: int
    edited: int
    gone: int
    rejected: int
    signpost: datetime | None


def begin(conn: Connection, source_id: int, started_at: datetime) -> int:
    """Id of a new running row; commit it before the first call."""
    row = conn.execute(_SQL["begin"], {"source_id": source_id, "at": started_at}).fetchone()
    assert row is not None
    return int(row[0])


def finish(conn: Connection, crawl_id: int, run: CrawlRun, at: datetime) -> None:
    facts = {"at": at, "outcome": run.outcome.value, "reason": run.reason}
    conn.execute(_SQL["finish"], _counters(crawl_id, run) | facts)


def progress(conn: Connection, crawl_id: int, run: CrawlRun) -> None:
    """Write the counters so far."""
    conn.execute(_SQL["progress"], _counters(crawl_id, run))


def _counters(crawl_id: int, run: CrawlRun) -> dict[str, Any]:
    names = ("asked", "got", "new", "edited", "gone", "rejected")
    return {name: getattr(run, name) for name in names} | {"crawl_id": crawl_id}


def mark_killed(conn: Connection, source_id: int, at: datetime, reason: str) -> int:
    """End the running rows of a source whose child is dead; how many there were."""
    facts = {"source_id": source_id, "at": at, "reason": reason}
    return conn.execute(_SQL["mark_killed"], facts).rowcount


def mark_stale(conn: Connection, now: datetime) -> int:
    """End the rows that nobody can be working on any more; how many there were."""
    return conn.execute(_SQL["mark_stale"], {"now": now, "stale_after": STALE_AFTER}).rowcount


def mark_orphans(conn: Connection, now: datetime) -> int:
    """End every running row; only for who knows that nobody else looks. How many there were."""
    return conn.execute(_SQL["mark_orphans"], {"now": now}).rowcount


def last(conn: Connection, source_id: int) -> CrawlRow | None:
    with conn.cursor(row_factory=class_row(CrawlRow)) as cur:
        return cur.execute(_SQL["last"], {"source_id": source_id}).fetchone()


def last_ended(conn: Connection, source_id: int) -> CrawlRow | None:
    """The newest look that was complete or partial; the one that runs now is none."""
    with conn.cursor(row_factory=class_row(CrawlRow)) as cur:
        return cur.execute(_SQL["last_ended"], {"source_id": source_id}).fetchone()
