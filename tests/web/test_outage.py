"""The database goes away and comes back: pages say so, lose nothing, and recover by themselves."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import Connection, sql
from psycopg_pool import ConnectionPool

import web.backstage
from demo.serve import serve
from domain.clock import FixedClock
from otklik.build import Services
from otklik.settings import Settings
from tests.conftest import NOON
from tests.web.conftest import Browser
from tests.web.seed import configure
from tests.web.test_slack import body_of, call, payload
from web.app import create_app

Switch = Callable[[bool], None]


@pytest.fixture
def switch(database_url: str) -> Iterator[Switch]:
    """Turns this test's database off and on, as a server that restarts."""
    name = database_url.split("/")[3].split("?")[0]
    admin = database_url.replace(f"/{name}", "/postgres", 1)

    def turn(on: bool) -> None:
        with psycopg.connect(admin, autocommit=True) as conn:
            allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
            conn.execute(allow.format(sql.Identifier(name), sql.Literal(on)))
            if not on:
                conn.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
                )

    yield turn
    turn(True)


def until_well(browser: Browser) -> None:
    """Asks as `otklik run` does, until the database answers."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if browser.get("/health").status_code == 200:
            return
        time.sleep(0.02)
    pytest.fail("the pages did not recover")


def test_pages_wait_for_a_database_that_went_away(
    browser: Browser, pool: ConnectionPool[Connection], switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.backstage, "PATIENCE_S", 0.3)
    pool.reconnect_timeout = 0.3
    with pool.connection() as conn:
        configure(conn, NOON)
    assert browser.get("/health").json() == {"database": "ok"}
    switch(False)
    health = browser.get("/health")
    assert (health.status_code, health.json()) == (503, {"database": "unavailable"})
    page = browser.get("/")
    assert page.status_code == 503
    assert "База недоступна, ждём" in page.text
    assert 'http-equiv="refresh"' in page.text
    assert "Traceback" not in page.text
    form = {"verb": "take", "name": "Анна", "back": "/", "key": "k"}
    refused = browser.post("/conversations/1/act", data=form)
    assert refused.status_code == 503
    assert "Решение не записано" in refused.text
    assert 'http-equiv="refresh"' not in refused.text
    assert call(browser, body_of(payload(1))).status_code == 503
    switch(True)
    until_well(browser)
    assert browser.get("/").status_code == 200


def test_pages_are_up_before_the_database_is(
    pool: ConnectionPool[Connection],
    settings: Settings,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web.backstage, "PAUSE_S", 0.01)
    is_up = threading.Event()
    failures: list[Exception] = [psycopg.OperationalError("no server"), RuntimeError("something else")]

    @contextmanager
    def connect() -> Iterator[Services]:
        if failures:
            raise failures.pop()
        is_up.wait(timeout=30)
        yield Services(settings=settings, url="", pool=pool, clock=clock)

    with serve(create_app(settings, connect)) as base, Browser(base) as browser:
        assert browser.get("/").status_code == 503
        assert browser.get("/health").status_code == 503
        is_up.set()
        until_well(browser)
        assert browser.get("/").status_code == 200
