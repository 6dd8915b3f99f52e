"""Processes that share a token share its pace and its day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg import Connection

from db import budgets
from db.budgets import Calls

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WALL = Calls("key", "wall.get")
THIRD = timedelta(seconds=1 / 3)


def test_slots_follow_one_another_and_an_idle_token_waits_for_nothing(conn: Connection) -> None:
    waits = [budgets.reserve(conn, "key", interval=THIRD, now=NOON) for _ in range(3)]
    assert waits == [timedelta(0), THIRD, 2 * THIRD]
    assert budgets.reserve(conn, "key", interval=THIRD, now=NOON + timedelta(minutes=1)) == timedelta(0)
    assert budgets.reserve(conn, "other", interval=THIRD, now=NOON) == timedelta(0)


def test_processes_at_once_never_get_the_same_slot(database_url: str) -> None:
    def worker(_: int) -> list[timedelta]:
        with psycopg.connect(database_url, autocommit=True) as conn:
            return [budgets.reserve(conn, "key", interval=THIRD, now=NOON) for _ in range(10)]

    with ThreadPoolExecutor(4) as workers:
        waits = [wait for part in workers.map(worker, range(4)) for wait in part]
    assert sorted(waits) == [n * THIRD for n in range(40)]


def test_a_day_has_its_quota_and_the_next_a_new_one(conn: Connection) -> None:
    assert [budgets.take(conn, WALL, quota=2, now=NOON) for _ in range(3)] == [1, 0, None]
    assert budgets.remaining(conn, WALL, quota=2, now=NOON) == 0
    assert budgets.take(conn, WALL, quota=2, now=budgets.next_day(NOON)) == 1


def test_the_day_ends_at_midnight_in_moscow() -> None:
    assert budgets.next_day(NOON) == datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
    late = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
    assert budgets.next_day(late) == datetime(2026, 3, 3, 21, 0, tzinfo=UTC)


def test_a_silence_lasts_until_its_latest_end(conn: Connection) -> None:
    hour = timedelta(hours=1)
    for until in (NOON + 2 * hour, NOON + hour):
        budgets.stop(conn, WALL, until=until, now=NOON)
    assert budgets.stopped_until(conn, WALL, now=NOON) == NOON + 2 * hour
    assert budgets.stopped_until(conn, WALL, now=NOON + 2 * hour) is None
    assert budgets.stopped_until(conn, Calls("key", "wall.getComments"), now=NOON) is None
