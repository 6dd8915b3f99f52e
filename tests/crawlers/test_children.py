"""A look in a process of its own: it tells how it ended, and a stuck one is ended with all it started."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from psycopg import Connection
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

from crawlers import children
from crawlers.children import crawl_in_child, due_sources
from db import crawls
from demo.serve import serve
from demo.vk import faults
from demo.vk.server import create_app
from demo.vk.state import VkTown
from demo.vk.testing import BANK_WALL, SERVICE_TOKEN, romashka
from domain.clock import system_clock

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NAME = "Ромашка ВК"


@pytest.fixture
def town() -> VkTown:
    town = romashka(system_clock)  # type: ignore[arg-type]  # any clock will do
    town.add_post(BANK_WALL, BANK_WALL, "Новость", system_clock() - timedelta(hours=1))
    return town


@pytest.fixture(autouse=True)
def _served(town: VkTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with serve(create_app(town)) as url:
        monkeypatch.setenv("OTKLIK_VK_URL", f"{url}/method/")
        monkeypatch.setenv("OTKLIK_VK_TOKEN", SERVICE_TOKEN)
        monkeypatch.setenv("OTKLIK_DATA", str(tmp_path))
        yield


@pytest.fixture
def source_id(pool: ConnectionPool[Connection]) -> int:
    with pool.connection() as conn:
        row = conn.execute(
            "INSERT INTO source (name, kind, settings, added_at) VALUES (%s, 'vk', %s, %s) RETURNING id",
            (NAME, Jsonb({"community": "romashka_bank"}), NOON),
        ).fetchone()
    assert row
    return int(row[0])


def test_a_child_reads_a_source_and_tells_its_counts(
    pool: ConnectionPool[Connection], database_url: str, source_id: int
) -> None:
    ended = crawl_in_child(NAME, timeout_s=60, database_url=database_url, pool=pool)
    assert (ended.outcome, ended.counts["new"]) == ("complete", 1)
    with pool.connection() as conn:
        row = crawls.last(conn, source_id)
    assert row
    assert row.outcome == "complete"


def test_a_stuck_child_is_killed_and_its_row_says_so(
    pool: ConnectionPool[Connection], database_url: str, source_id: int, town: VkTown
) -> None:
    town.faults.sometimes("wall.get", faults.slow(60), 1.0)
    ended = crawl_in_child(NAME, timeout_s=6, database_url=database_url, pool=pool)
    assert ended.outcome == "killed"
    with pool.connection() as conn:
        row = crawls.last(conn, source_id)
        assert due_sources(conn, system_clock()) == []  # its turn comes again, not at once
    if row:  # a slow machine may end the child before it began
        assert row.outcome == "killed"
    assert not [p for p in psutil.Process().children(recursive=True) if "crawlers.run" in p.cmdline()]


def test_what_a_child_started_ends_with_it(
    pool: ConnectionPool[Connection],
    database_url: str,
    source_id: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pids = tmp_path / "pids"
    program = (
        "import os, subprocess, sys, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{inner.pid}}')\n"
        "time.sleep(600)\n"
    )
    real = subprocess.Popen

    def popen(_: list[str], **more: object) -> "subprocess.Popen[str]":
        return real([sys.executable, "-c", program], **more)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(children.subprocess, "Popen", popen)
    monkeypatch.setattr(children, "GRACE_S", 0.2)
    ended = crawl_in_child(NAME, timeout_s=3, database_url=database_url, pool=pool)
    assert ended.outcome == "killed"
    left = [psutil.Process(pid) for pid in map(int, pids.read_text().split()) if psutil.pid_exists(pid)]
    # A killed process may take a moment to leave the table; nobody but init reaps an orphan.
    _, alive = psutil.wait_procs([p for p in left if p.status() != psutil.STATUS_ZOMBIE], timeout=5)
    assert not [p for p in alive if p.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize(
    ("revoked", "status"), [pytest.param(False, 0, id="complete"), pytest.param(True, 4, id="needs a person")]
)
def test_the_command_ends_with_a_line_of_json_and_a_telling_status(
    database_url: str,
    source_id: int,
    town: VkTown,
    monkeypatch: pytest.MonkeyPatch,
    revoked: bool,
    status: int,
) -> None:
    monkeypatch.setenv("OTKLIK_DATABASE_URL", database_url)
    if revoked:
        town.revoke_token(SERVICE_TOKEN)
    done = subprocess.run(
        [sys.executable, "-m", "crawlers.run", "--source", NAME],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == status, done.stderr
    told = json.loads(done.stdout)
    assert told["source"] == NAME
    assert SERVICE_TOKEN not in done.stdout + done.stderr
