"""Alerts in SQL: one open alert a fingerprint, moves by compare-and-set, and queries that ignore history."""

from typing import LiteralString

import pytest
from psycopg import Connection

from db import alerts
from db.sql import queries
from domain.alerts import AlertKind, Level, State, move
from domain.errors import Gone
from tests.conftest import NOON

_SQL = queries("alerts")


def opened(conn: Connection) -> alerts.Alert:
    return alerts.open_alert(
        conn, kind=AlertKind.FLOOD, fingerprint="flood:смм", level=Level.NOTICE, now=NOON
    )


def test_the_same_matter_opens_one_alert_until_it_ends(conn: Connection) -> None:
    first = opened(conn)
    assert opened(conn).id == first.id
    assert alerts.write_move(
        conn, first.id, move(State.OPEN, State.RESOLVED, by="Анна", because="sorted", at=NOON)
    )
    assert opened(conn).id != first.id


def test_a_move_from_a_state_that_passed_changes_nothing(conn: Connection) -> None:
    alert = opened(conn)
    take = move(State.OPEN, State.TAKEN, by="Анна", because="taken", at=NOON)
    assert alerts.write_move(conn, alert.id, take)
    assert not alerts.write_move(
        conn, alert.id, move(State.OPEN, State.TAKEN, by="Борис", because="taken", at=NOON)
    )
    view = alerts.view(conn, alert.id)
    assert (view.state, view.taken_by, view.taken_at) == (State.TAKEN, "Анна", NOON)


def test_an_alert_that_is_not_there_is_gone(conn: Connection) -> None:
    with pytest.raises(Gone):
        alerts.view(conn, 999_999)


def test_only_one_transaction_decides_at_a_time(conn: Connection, shared_database: str) -> None:
    assert alerts.is_the_only_one(conn)
    with Connection.connect(shared_database) as other:
        assert not alerts.is_the_only_one(other)


@pytest.fixture
def history(conn: Connection) -> Connection:
    """Fifty thousand conversations that ask for nothing now, ten that do."""
    conn.execute("INSERT INTO source (name, kind, added_at) VALUES ('ВК', 'vk', %s)", [NOON])
    conn.execute("INSERT INTO thread (source_id, root_external_id) SELECT max(id), 'корень' FROM source")
    conn.execute(
        "INSERT INTO post (source_id, thread_id, external_id, kind, text, first_seen_at, last_seen_at) "
        "SELECT max(s.id), max(t.id), 'п', 'comment', 'Жалоба', %(at)s, %(at)s FROM source s, thread t",
        {"at": NOON},
    )
    conn.execute(
        "INSERT INTO conversation (thread_id, source_id, customer, opening_post_id, appeal, state, turn, "
        "                          first_seen_at, last_word_by, post_ids, look_at) "
        "SELECT p.thread_id, p.source_id, 'к' || n, p.id, 'complaint', 'waiting_us', 'ours', %(at)s, "
        "       'customer', ARRAY[p.id], CASE WHEN n <= 10 THEN %(at)s::timestamptz END "
        "  FROM post p, generate_series(1, 50000) n",
        {"at": NOON},
    )
    conn.execute(
        "INSERT INTO alert (kind, fingerprint, conversation_id, state, level, opened_at, changed_at) "
        "SELECT 'unanswered', 'conversation:' || id, id, "
        "       CASE WHEN look_at IS NULL THEN 'resolved' ELSE 'open' END, 'breach', "
        "       %(at)s, %(at)s FROM conversation",
        {"at": NOON},
    )
    for table in ("conversation", "alert", "post", "thread"):
        conn.execute(f"ANALYZE {table}")  # type: ignore[arg-type]  # names above
    return conn


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("due_conversations", {"now": NOON, "limit": 200}),
        ("ended_conversations", {}),
        ("standing_alerts", {}),
        ("open_alerts", {"conversation_ids": [1, 2, 3]}),
        ("told_in_digests", {"conversation_ids": [1, 2, 3]}),
        ("load_is_running", {"source_id": 1, "now": NOON}),
    ],
)
def test_what_a_decision_reads_does_not_grow_with_history(
    history: Connection, name: LiteralString, given: dict[str, object]
) -> None:
    plan = str(history.execute("EXPLAIN " + _SQL[name], given).fetchall())
    for table in ("conversation", "alert"):
        assert f"Seq Scan on {table}" not in plan, plan
