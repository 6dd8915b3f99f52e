"""Each look leaves a row that tells how it ended, also when it did not."""

from datetime import UTC, datetime, timedelta

import pytest
from psycopg import Connection

from db import crawls
from domain.sources import CrawlOutcome, CrawlRun

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def source(conn: Connection) -> int:
    row = conn.execute(
        "INSERT INTO source (name, kind, added_at) VALUES ('Сообщество', 'vk', %s) RETURNING id", (NOON,)
    ).fetchone()
    assert row
    return int(row[0])


def outcome(conn: Connection, source: int) -> str:
    row = crawls.last(conn, source)
    assert row
    return row.outcome


def test_a_finished_look_tells_its_counts_and_reason(conn: Connection, source: int) -> None:
    crawl_id = crawls.begin(conn, source, NOON)
    assert outcome(conn, source) == "running"
    run = CrawlRun(
        source, NOON, asked=3, got=20, new=5, outcome=CrawlOutcome.PARTIAL, reason="не всё прочитано"
    )
    crawls.finish(conn, crawl_id, run, NOON + timedelta(minutes=1))
    row = crawls.last(conn, source)
    assert row
    assert (row.outcome, row.asked, row.got, row.new, row.reason) == ("partial", 3, 20, 5, "не всё прочитано")


def test_a_killed_look_cannot_finish_any_more(conn: Connection, source: int) -> None:
    crawl_id = crawls.begin(conn, source, NOON)
    assert crawls.mark_killed(conn, source, NOON, "вышло время") == 1
    crawls.finish(conn, crawl_id, CrawlRun(source, NOON, outcome=CrawlOutcome.COMPLETE), NOON)
    assert outcome(conn, source) == "killed"


def test_only_rows_nobody_can_work_on_are_stale(conn: Connection, source: int) -> None:
    crawls.begin(conn, source, NOON)
    assert crawls.mark_stale(conn, NOON + timedelta(minutes=11)) == 0
    assert crawls.mark_stale(conn, NOON + timedelta(minutes=13)) == 1


def test_a_start_that_is_alone_ends_the_looks_of_the_last_one(conn: Connection, source: int) -> None:
    crawls.begin(conn, source, NOON)
    assert crawls.mark_orphans(conn, NOON + timedelta(minutes=1)) == 1
    assert outcome(conn, source) == "killed"
