"""Bookmarks move forward, a person hears once, and the source longest unseen is next."""

from datetime import UTC, datetime, timedelta

import pytest
from psycopg import Connection
from psycopg.types.json import Jsonb

from db import crawls, sources
from domain.errors import BadInput
from domain.sources import CrawlOutcome, CrawlRun

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def add(conn: Connection, name: str, **settings: object) -> int:
    row = conn.execute(
        "INSERT INTO source (name, kind, settings, added_at) VALUES (%s, 'vk', %s, %s) RETURNING id",
        (name, Jsonb(settings), NOON),
    ).fetchone()
    assert row
    return int(row[0])


def look(conn: Connection, source: int, at: datetime, outcome: CrawlOutcome) -> None:
    run = CrawlRun(source, at, outcome=outcome)
    crawls.finish(conn, crawls.begin(conn, source, at), run, at)


def due(conn: Connection, minutes: float) -> list[str]:
    return sources.due(conn, ["vk"], NOON + timedelta(minutes=minutes))


def test_a_bookmark_never_moves_back(conn: Connection) -> None:
    source = add(conn, "Сообщество")
    for at in (NOON, NOON - timedelta(hours=1)):
        sources.move_bookmark(conn, source, at)
    assert sources.by_name(conn, "Сообщество").bookmark == NOON


def test_an_unknown_name_says_where_to_look(conn: Connection) -> None:
    with pytest.raises(BadInput, match=r"otklik\.toml"):
        sources.by_name(conn, "нет такого")


def test_the_same_trouble_is_news_once(conn: Connection) -> None:
    source = add(conn, "Сообщество")
    told = [sources.set_needs_person(conn, source, what) for what in ("токен", "токен", None, None, "токен")]
    assert told == [True, False, True, False, True]


def test_a_source_is_due_after_its_own_interval(conn: Connection) -> None:
    source = add(conn, "Сообщество", every_minutes=10)
    assert due(conn, 0) == ["Сообщество"]
    look(conn, source, NOON, CrawlOutcome.COMPLETE)
    assert due(conn, 9.5) == []
    assert due(conn, 9.8) == ["Сообщество"], "the schedule comes round each minute, never to the second"


def test_a_source_that_fails_is_asked_more_seldom_but_within_the_hour(conn: Connection) -> None:
    source = add(conn, "Сообщество", every_minutes=10)
    look(conn, source, NOON, CrawlOutcome.NEEDS_PERSON)
    assert due(conn, 19.5) == []
    assert due(conn, 20) == ["Сообщество"]
    for minutes in range(1, 10):
        look(conn, source, NOON + timedelta(minutes=minutes), CrawlOutcome.FAILED)
    assert due(conn, 9 + 59.5) == []
    assert due(conn, 9 + 60) == ["Сообщество"]


def test_a_source_being_read_is_left_alone_until_its_run_is_stale(conn: Connection) -> None:
    source = add(conn, "Сообщество")
    crawls.begin(conn, source, NOON)
    assert due(conn, 11) == []
    assert due(conn, 13) == ["Сообщество"]


def test_a_stopped_source_is_never_due(conn: Connection) -> None:
    conn.execute("UPDATE source SET is_active = false WHERE id = %s", (add(conn, "Сообщество"),))
    assert due(conn, 0) == []


def test_the_longest_unseen_source_is_first(conn: Connection) -> None:
    look(conn, add(conn, "первое"), NOON, CrawlOutcome.COMPLETE)
    look(conn, add(conn, "второе"), NOON - timedelta(minutes=5), CrawlOutcome.COMPLETE)
    add(conn, "новое")
    assert due(conn, 30) == ["новое", "второе", "первое"]
