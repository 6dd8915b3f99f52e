"""The queue among many: which index carries it, and that its counts and clocks agree with the exact rule."""

import re
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from psycopg import Connection, sql

from db import pages
from db.pages import Cursor, Tab
from domain.deadlines import Facts, deadlines
from domain.moves import State
from domain.policy import Company
from tests.conftest import NOON
from tests.web.seed import Word, add_conversation, add_source, configure
from web.frames import company_of
from web.ruler import marks, ruler

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def crowd(conn: Connection, *, old: int, live: int) -> tuple[int, int]:
    """`old` imported reviews nobody could check, `live` customers among them; ids of the two sources."""
    configure(conn, NOON)
    vk, imported = add_source(conn, NOON, "ВКонтакте"), add_source(conn, NOON, "Отзывы", "import")
    for source, many, checked, step in ((imported, old, None, 7), (vk, live, NOON, 3)):
        conn.execute(
            """
            WITH t AS (
                INSERT INTO thread (source_id, root_external_id, checked_at)
                SELECT %(source)s, 'many' || n, %(checked)s FROM generate_series(1, %(many)s) n
                RETURNING id, substr(root_external_id, 5)::int AS n),
            p AS (
                INSERT INTO post (source_id, thread_id, external_id, kind, text, first_seen_at, last_seen_at)
                SELECT %(source)s, id, 'many' || n, 'review', 'Отзыв ' || n, %(now)s, %(now)s FROM t
                RETURNING id, thread_id, substr(external_id, 5)::int AS n)
            INSERT INTO conversation (thread_id, source_id, customer, opening_post_id, appeal, state, turn,
                                      first_seen_at, waiting_since, waiting_post_id, last_word_by, post_ids)
            SELECT thread_id, %(source)s, 'k' || n, id, 'complaint', 'waiting_us', 'ours', %(now)s,
                   %(now)s - n * %(step)s * interval '1 minute', id, 'customer', ARRAY[id] FROM p
            """,
            {"source": source, "many": many, "checked": checked, "now": NOON, "step": step},
        )
    conn.execute(
        "INSERT INTO alert (kind, fingerprint, conversation_id, state, level, opened_at, changed_at)"
        " SELECT 'unanswered', 'many' || id, id, 'open', 'breach', %(now)s, %(now)s FROM conversation",
        {"now": NOON},
    )
    conn.execute("ANALYZE")
    return vk, imported


class Explaining(psycopg.Cursor[Any]):
    """Remembers the plan of every query."""

    plans: list[str]

    def execute(self, query: Any, params: Any = None, **rest: Any) -> Any:
        if isinstance(query, sql.Composable):
            plan = psycopg.Cursor(self.connection).execute(sql.SQL("EXPLAIN ") + query, params).fetchall()
            self.connection.plans.append("\n".join(line for (line,) in plan))  # type: ignore[attr-defined]
        return super().execute(query, params, **rest)


@pytest.mark.parametrize("clock", [None, "warning"])
def test_a_page_goes_along_an_index_however_many_there_are(conn: Connection, clock: str | None) -> None:
    vk, imported = crowd(conn, old=5000, live=1500)
    company = company_of(conn)
    assert company is not None
    measure = ruler(company, pages.sources(conn), NOON)
    conn.cursor_factory, conn.plans = Explaining, []  # type: ignore[attr-defined]
    after = Cursor(NOON - 4000 * MINUTE, 1)
    for source in (None, vk, imported):
        pages.queue(conn, Tab.LIVE, measure, limit=31, after=after, source_id=source, clock=clock)
        pages.queue(conn, Tab.UNCHECKED, measure, limit=31, after=after, source_id=source)
    plans: list[str] = conn.plans  # type: ignore[attr-defined]
    assert len(plans) == 6
    for plan in plans:
        assert "conversation_in_queue" in plan
        assert [
            line for line in plan.splitlines() if re.search("Seq Scan on (conversation|post|alert)", line)
        ] == []


def test_counts_say_more_than_instead_of_counting_on(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "COUNT_LIMIT", 100)
    crowd(conn, old=300, live=200)
    measure = ruler(company_of(conn) or Company(version=0, brand=""), pages.sources(conn), NOON)
    assert pages.count(conn, Tab.UNCHECKED) == 101
    assert pages.count(conn, Tab.LIVE) == 101
    assert sum(pages.clock_counts(conn, measure).values()) == 101


#: Age of a wait -> how wide the ruler's marks are there.
AGES = {
    **dict.fromkeys([MINUTE, 29 * MINUTE, 31 * MINUTE, 59 * MINUTE, 61 * MINUTE, 65 * MINUTE], MINUTE),
    **dict.fromkeys([3 * HOUR, 17 * HOUR, 2 * DAY - HOUR], 15 * MINUTE),
    **dict.fromkeys([5 * DAY, 29 * DAY], 6 * HOUR),
    **dict.fromkeys([40 * DAY, 400 * DAY, 3000 * DAY], 30 * DAY),
}
LOOKS = [MINUTE, HOUR, 16 * HOUR, 3 * DAY, 30 * DAY]


@pytest.mark.parametrize(
    "hours", [{"пн-вс": ["0:00-24:00"]}, {"пн-пт": ["9:00-13:00", "14:00-18:00"]}], ids=str
)
def test_the_filter_agrees_with_the_exact_rule_but_for_one_mark(
    conn: Connection, hours: dict[str, list[str]]
) -> None:
    configure(conn, NOON)
    conn.execute(
        "UPDATE applied_config SET body = jsonb_set(body, '{calendar,0,hours}', %s)",
        (psycopg.types.json.Jsonb(hours),),
    )
    company = company_of(conn)
    assert company is not None
    source = add_source(conn, NOON, "ВКонтакте")
    wanted: dict[int, tuple[str, str]] = {}
    for ago, mark in AGES.items():
        for look in LOOKS:
            word = Word(text="Ждём", ago=ago)
            number = add_conversation(conn, NOON, source, word, checked_ago=look)
            wanted[number] = exact(company, NOON - ago, look), exact(company, NOON - ago + mark, look)
    measure = ruler(company, pages.sources(conn), NOON)
    found = {
        row.id: clock
        for clock in ("ok", "warning", "breach", "not_checked", "none")
        for row in pages.queue(conn, Tab.LIVE, measure, limit=1000, clock=clock)
    }
    assert found.keys() == wanted.keys()
    assert {number: pair for number, pair in wanted.items() if found[number] not in pair} == {}
    assert sum(found[number] == now for number, (now, _) in wanted.items()) >= 0.9 * len(wanted)
    assert {"ok", "warning", "breach", "not_checked"} <= set(found.values())


def exact(company: Company, start: datetime, look: timedelta) -> str:
    facts = Facts(
        state=State.WAITING_US,
        appeal="complaint",
        waiting_since=start,
        waiting_seen_at=start,
        promised_until=None,
        is_answered=False,
        checked_at=NOON - look,
    )
    return deadlines(facts, company.policy, company.calendars[0], NOON).state.value


def test_a_source_with_a_calendar_of_its_own_is_measured_by_it(conn: Connection) -> None:
    configure(conn, NOON)
    night = {"name": "ночной", "hours": {"пн-вс": ["20:00-21:00"]}, "holidays": False}
    conn.execute(
        "UPDATE applied_config SET body = jsonb_set(jsonb_set(body, '{calendar,1}', %s), '{source}', %s)",
        (psycopg.types.json.Jsonb(night), psycopg.types.json.Jsonb(
            [{"name": "Ночной", "kind": "vk", "community": "x", "calendar": "ночной"}])),
    )  # fmt: skip
    for name in ("Дневной", "Ночной"):
        add_conversation(conn, NOON, add_source(conn, NOON, name), Word(text="Ждём", ago=5 * HOUR))
    measure = ruler(company_of(conn) or Company(version=0, brand=""), pages.sources(conn), NOON)
    late = pages.queue(conn, Tab.LIVE, measure, limit=10, clock="breach")
    early = pages.queue(conn, Tab.LIVE, measure, limit=10, clock="ok")
    assert ([row.source_name for row in late], [row.source_name for row in early]) == (
        ["Дневной"],
        ["Ночной"],
    )


def test_the_grid_ascends_and_covers_what_can_be_asked() -> None:
    grid = list(marks(NOON))
    assert grid == sorted(set(grid))
    assert grid[0] < NOON - 3600 * DAY
    assert grid[-1] > NOON
    near = [b - a for a, b in pairwise(grid) if a > NOON - 2 * HOUR and b <= NOON]
    assert set(near) == {MINUTE}


def test_a_first_look_brings_a_conversation_into_the_live_queue(conn: Connection) -> None:
    configure(conn, NOON)
    source = add_source(conn, NOON, "ВКонтакте")
    number = add_conversation(conn, NOON, source, Word(text="Ждём", ago=HOUR), checked_ago=None)
    assert (pages.count(conn, Tab.LIVE), pages.count(conn, Tab.UNCHECKED)) == (0, 1)
    conn.execute("UPDATE thread SET checked_at = %s", (NOON,))
    assert (pages.count(conn, Tab.LIVE), pages.count(conn, Tab.UNCHECKED)) == (1, 0)
    conn.execute("UPDATE conversation SET is_checkable = false WHERE id = %s", (number,))
    assert (pages.count(conn, Tab.LIVE), pages.count(conn, Tab.UNCHECKED)) == (0, 1)
