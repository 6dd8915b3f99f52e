"""The record of what people did: append-only, each event once."""

import pytest
from psycopg import Connection

from db import actions, alerts
from domain.alerts import AlertKind, Level
from tests.conftest import NOON


@pytest.fixture
def alert(conn: Connection) -> int:
    return alerts.open_alert(
        conn, kind=AlertKind.FLOOD, fingerprint="flood:смм", level=Level.NOTICE, now=NOON
    ).id


def record(conn: Connection, alert: int, *, verb: str = "take", key: str | None = "env-1") -> bool:
    return actions.record(
        conn, alert_id=alert, verb=verb, by="Анна", via="slack", at=NOON, event_key=key, outcome="Взято"
    )


def test_one_event_is_recorded_once(conn: Connection, alert: int) -> None:
    assert record(conn, alert)
    assert not record(conn, alert, verb="snooze")
    assert actions.of_event(conn, "env-1") == actions.Past(alert, "take", "Анна", "Взято")


def test_actions_without_an_event_are_all_kept(conn: Connection, alert: int) -> None:
    record(conn, alert, key=None)
    record(conn, alert, verb="snooze", key=None)
    assert [entry.verb for entry in actions.history(conn, alert)] == ["take", "snooze"]


def test_an_alert_that_is_not_there_cannot_be_held(conn: Connection) -> None:
    assert actions.hold(conn, 999_999) is None


def test_a_held_alert_is_given_with_what_is_known_of_it(conn: Connection, alert: int) -> None:
    held = actions.hold(conn, alert)
    assert held is not None
    assert (held.kind, held.words, held.source_name) == (AlertKind.FLOOD, None, None)
