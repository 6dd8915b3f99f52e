"""The outbox in SQL: one message due for a card, one worker for a message, leases that run out."""

from datetime import timedelta

import psycopg
import pytest
from psycopg import Connection

from db import alerts, deliveries
from db.sql import queries
from domain.alerts import AlertKind, Level, Reason, Snapshot, State
from tests.conftest import NOON

MINUTE = timedelta(minutes=1)
NOW = Snapshot(at=NOON, state=State.OPEN, level=Level.BREACH)


@pytest.fixture
def alert(conn: Connection) -> int:
    return alerts.open_alert(
        conn, kind=AlertKind.FLOOD, fingerprint="flood:смм", level=Level.NOTICE, now=NOON
    ).id


def test_a_newer_message_takes_the_place_of_the_one_that_waits(conn: Connection, alert: int) -> None:
    deliveries.owe(conn, alert, "смм", Reason.FIRST, NOW, now=NOON)
    newer = deliveries.owe(conn, alert, "смм", Reason.RESOLVED, NOW, now=NOON)
    leased = deliveries.lease(conn, now=NOON)
    assert leased is not None
    assert (leased.id, leased.reason) == (newer, Reason.RESOLVED)
    assert deliveries.lease(conn, now=NOON) is None


def test_two_messages_cannot_wait_for_one_card(conn: Connection, alert: int) -> None:
    deliveries.owe(conn, alert, "смм", Reason.FIRST, NOW, now=NOON)
    with pytest.raises(psycopg.errors.UniqueViolation, match="delivery_due_once"):
        conn.execute(
            "INSERT INTO delivery (alert_id, channel, reason, snapshot, created_at, due_at) "
            "VALUES (%s, 'смм', 'first', '{}', now(), now())",
            [alert],
        )


def test_a_leased_message_comes_back_when_its_worker_died(conn: Connection, alert: int) -> None:
    deliveries.owe(conn, alert, "смм", Reason.FIRST, NOW, now=NOON)
    first = deliveries.lease(conn, now=NOON)
    assert deliveries.lease(conn, now=NOON + deliveries.LEASE - MINUTE) is None
    second = deliveries.lease(conn, now=NOON + deliveries.LEASE)
    assert first is not None
    assert second is not None
    assert (second.id, second.attempts) == (first.id, 2)


def test_a_newer_message_waits_for_one_on_its_way(conn: Connection, alert: int) -> None:
    deliveries.owe(conn, alert, "смм", Reason.FIRST, NOW, now=NOON)
    on_its_way = deliveries.lease(conn, now=NOON)
    deliveries.owe(conn, alert, "смм", Reason.CHANGED, NOW, now=NOON)
    assert deliveries.lease(conn, now=NOON) is None
    assert on_its_way is not None
    deliveries.record_sent(conn, on_its_way, {"ts": "1"}, NOW, now=NOON)
    assert deliveries.lease(conn, now=NOON) is not None
    assert deliveries.card(conn, alert, "смм").ref == {"ts": "1"}


def test_doubts_are_counted_and_end_with_a_record(conn: Connection, alert: int) -> None:
    deliveries.owe(conn, alert, "смм", Reason.FIRST, NOW, now=NOON)
    delivery = deliveries.lease(conn, now=NOON)
    assert delivery is not None
    deliveries.doubt(conn, alert, "смм", now=NOON)
    deliveries.doubt(conn, alert, "смм", now=NOON + MINUTE)
    card = deliveries.card(conn, alert, "смм")
    assert (card.doubts, card.doubted_at) == (2, NOON)
    deliveries.undoubt(conn, alert, "смм")
    assert deliveries.card(conn, alert, "смм").doubts == 1
    deliveries.record_sent(conn, delivery, {"ts": "1"}, NOW, now=NOON)
    assert deliveries.card(conn, alert, "смм").doubts == 0


def test_doctor_sees_what_is_late_and_what_failed(conn: Connection, alert: int) -> None:
    deliveries.owe(conn, alert, "смм", Reason.FIRST, NOW, now=NOON)
    deliveries.owe(conn, alert, "другой", Reason.FIRST, NOW, now=NOON + 9 * MINUTE)
    health = deliveries.health(conn, now=NOON + 10 * MINUTE)
    assert (health.due, health.overdue, health.oldest_due_at) == (2, 1, NOON)
    delivery = deliveries.lease(conn, now=NOON)
    assert delivery is not None
    deliveries.fail(conn, delivery, "канал в архиве")
    assert deliveries.failures(conn, since=NOON - MINUTE) == [("смм", "канал в архиве", 1, NOON)]


def test_what_failed_is_owed_again_unless_newer_words_followed(conn: Connection, alert: int) -> None:
    for channel in ("смм", "другой"):
        deliveries.owe(conn, alert, channel, Reason.FIRST, NOW, now=NOON)
        delivery = deliveries.lease(conn, now=NOON)
        assert delivery is not None
        deliveries.fail(conn, delivery, "нет токена")
    deliveries.owe(conn, alert, "другой", Reason.CHANGED, NOW, now=NOON)
    assert deliveries.revive(conn, now=NOON) == 1
    assert deliveries.revive(conn, now=NOON) == 0


def test_the_flood_guard_counts_new_messages_of_an_hour(conn: Connection, alert: int) -> None:
    deliveries.owe(conn, alert, "смм", Reason.FIRST, NOW, now=NOON)
    deliveries.owe(conn, alert, "другой", Reason.CHANGED, NOW, now=NOON)
    assert deliveries.called_in_the_last_hour(conn, now=NOON + 59 * MINUTE) == {"смм": 1}
    assert deliveries.called_in_the_last_hour(conn, now=NOON + 61 * MINUTE) == {}


def test_leasing_stays_quick_among_a_hundred_thousand_sent(conn: Connection, alert: int) -> None:
    conn.execute(
        "INSERT INTO delivery (alert_id, channel, reason, snapshot, state, created_at, due_at) "
        "SELECT %s, 'c' || n, 'first', '{}', 'sent', %s, %s FROM generate_series(1, 100000) n",
        [alert, NOON, NOON],
    )
    conn.execute("ANALYZE delivery")
    plan = conn.execute(
        "EXPLAIN " + queries("deliveries")["lease_due_delivery"], {"now": NOON, "lease": deliveries.LEASE}
    ).fetchall()
    assert "Seq Scan on delivery" not in str(plan)
