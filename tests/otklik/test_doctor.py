"""`otklik doctor`: one page of truth; who is needed is said, and what was not seen is never called quiet."""

from datetime import timedelta
from pathlib import Path

import pytest
from psycopg import Connection
from psycopg_pool import ConnectionPool

from domain.clock import FixedClock
from domain.errors import AuthExpired, Unavailable
from otklik import company
from otklik.build import Services
from otklik.config import Config
from otklik.doctor import examine
from otklik.findings import Finding, Level
from otklik.settings import load


@pytest.fixture
def services(pool: ConnectionPool[Connection], clock: FixedClock, tmp_path: Path) -> Services:
    return Services(load({"OTKLIK_DATA": str(tmp_path)}), "", pool, clock)


@pytest.fixture
def watched(services: Services) -> Services:
    """A company with one VK source, applied an hour ago."""
    source = {"name": "ВКонтакте", "kind": "vk", "community": "romashka"}
    config = Config.model_validate({"brand": {"name": "Ромашка Банк"}, "source": [source]})
    with services.pool.connection() as conn:
        company.apply(conn, config, hash_id=lambda _, a: a, now=services.clock() - timedelta(hours=1))
    return services


def lines(services: Services, *probes: object) -> dict[str, Finding]:
    return {finding.subject: finding for finding in examine(services, probes)}  # type: ignore[arg-type]


def looked(services: Services, outcome: str, ago: timedelta, reason: str = "") -> None:
    at = services.clock() - ago
    with services.pool.connection() as conn:
        conn.execute(
            "INSERT INTO crawl (source_id, started_at, finished_at, outcome, reason)"
            " SELECT id, %s, %s, %s, %s FROM source",
            (at, at, outcome, reason),
        )


def test_nothing_applied_needs_a_person(services: Services) -> None:
    assert lines(services)["Настройки"].needs_person


def test_a_source_nobody_read_yet_is_not_called_quiet(watched: Services) -> None:
    found = lines(watched)["Источник «ВКонтакте»"]
    assert found.level is Level.NOTE
    assert "ни разу" in found.says


def test_a_source_read_just_now_is_fine(watched: Services) -> None:
    looked(watched, "complete", timedelta(minutes=2))
    assert lines(watched)["Источник «ВКонтакте»"].level is Level.OK


def test_a_silent_source_says_since_when_and_why(watched: Services) -> None:
    looked(watched, "complete", timedelta(hours=3))
    looked(watched, "failed", timedelta(minutes=1), "VK не отвечает")
    found = lines(watched)["Источник «ВКонтакте»"]
    assert found.needs_person
    assert "3 ч назад" in found.says
    assert "VK не отвечает" in found.says


def test_a_source_that_needs_a_person_says_what_to_do(watched: Services) -> None:
    with watched.pool.connection() as conn:
        conn.execute("UPDATE source SET needs_person = 'задайте OTKLIK_VK_TOKEN'")
    found = lines(watched)["Источник «ВКонтакте»"]
    assert found.needs_person
    assert found.says == "задайте OTKLIK_VK_TOKEN"


def test_messages_overdue_need_a_person(watched: Services) -> None:
    now = watched.clock()
    with watched.pool.connection() as conn:
        alert = conn.execute(
            "INSERT INTO alert (kind, fingerprint, state, level, opened_at, changed_at)"
            " VALUES ('history', 'x', 'open', 'warning', %s, %s) RETURNING id",
            (now, now),
        ).fetchone()
        assert alert
        conn.execute(
            "INSERT INTO delivery (alert_id, channel, reason, snapshot, created_at, due_at)"
            " VALUES (%s, 'консоль', 'first', '{}', %s, %s)",
            (alert[0], now, now - timedelta(minutes=11)),
        )
    assert lines(watched)["Доставка"].needs_person


def test_a_bad_key_needs_a_person_and_a_bad_line_does_not(watched: Services) -> None:
    def expired(_services: Services) -> Finding:
        raise AuthExpired("ключ отозван")

    def away(_services: Services) -> Finding:
        raise Unavailable("VK не отвечает")

    found = lines(watched, expired, away)
    assert found["Ключ"].needs_person
    assert not found["Связь"].needs_person
