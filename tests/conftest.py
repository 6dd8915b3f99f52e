"""A real PostgreSQL for tests: a copy of a migrated template or a rolled-back transaction."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection, sql
from psycopg_pool import ConnectionPool

from db import embedded
from db.migrate import migrate
from domain.clock import FixedClock

#: Monday noon in Moscow: an ordinary working moment.
NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting or proxy of the person who runs the tests reaches them."""
    for name in list(os.environ):
        if name.startswith("OTKLIK_") and name not in {"OTKLIK_VK_SCHEMA", "OTKLIK_TEST_DATA"}:
            monkeypatch.delenv(name)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of the migrated template database on a server of this test process's own."""
    data = tmp_path_factory.mktemp("pg")
    with embedded.server(data, "template") as url:
        with psycopg.connect(url, autocommit=True) as conn:
            # Nothing of a test has to survive a power cut: without waiting for the disk they take a fraction.
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                conn.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
            conn.execute("SELECT pg_reload_conf()")
            migrate(conn)
        yield url
    folder = embedded.cluster_folder(data)
    shutil.rmtree(folder, ignore_errors=True)
    if folder.parent != data:
        folder.parent.rmdir()


@pytest.fixture(scope="session")
def new_database(server_url: str) -> Callable[[], str]:
    """Makes a fresh migrated database and gives its URL."""
    numbers = count(1)

    def make() -> str:
        name = f"test_{next(numbers)}"
        with psycopg.connect(server_url.replace("/template", "/postgres", 1), autocommit=True) as conn:
            conn.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template").format(sql.Identifier(name)))
        return server_url.replace("/template", f"/{name}", 1)

    return make


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    """A database of the test's own, for what needs several connections or processes."""
    return new_database()


@pytest.fixture
def pool(database_url: str) -> Iterator[ConnectionPool[Connection]]:
    with ConnectionPool(database_url, min_size=0, max_size=4, kwargs={"options": "-c timezone=UTC"}) as pool:
        yield pool


@pytest.fixture(scope="session")
def shared_database(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture
def conn(shared_database: str) -> Iterator[Connection]:
    """One transaction, rolled back at the end: the fastest way to a clean database."""
    with psycopg.connect(shared_database, options="-c timezone=UTC") as conn:
        yield conn
        conn.rollback()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def shared() -> Path:
    """Saved responses and data sets, no part of the project: the test is skipped where they are absent."""
    root = Path(os.environ.get("OTKLIK_TEST_DATA", Path(__file__).parents[2] / "shared"))
    if not root.is_dir():
        pytest.skip(f"needs the folder {root.name} beside the clone, or its path in OTKLIK_TEST_DATA")
    return root
