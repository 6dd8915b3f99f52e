"""The database goes away in the middle of the work: it is said and waited for, and the work is done after."""

import os
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest
from psycopg import Connection
from psycopg_pool import ConnectionPool

from db import embedded, posts
from db.connect import open_pool
from db.migrate import migrate
from domain.clock import system_clock
from domain.posts import CrawledPost, PostKind
from otklik import company, stations
from otklik.build import Services
from otklik.config import Config
from otklik.settings import load

SAID = "Третью неделю жду карту, верните деньги"


def save_post(pool: ConnectionPool[Connection], number: int) -> None:
    with pool.connection() as conn:
        source = conn.execute("SELECT id FROM source").fetchone()
        assert source
        said = CrawledPost(
            kind=PostKind.COMMENT, external_id=f"-1_{number}", author_id=str(number), text=SAID,
            published_at=system_clock(),
        )  # fmt: skip
        posts.save(conn, source[0], [said], seen_at=system_clock(), hash_id=str)


def conversations(pool: ConnectionPool[Connection]) -> int:
    with pool.connection() as conn:
        found = conn.execute("SELECT count(*) FROM conversation").fetchone()
        assert found
        return int(found[0])


def wait_for(pool: ConnectionPool[Connection], count: int) -> None:
    deadline = time.monotonic() + 90
    while conversations(pool) < count:
        assert time.monotonic() < deadline, "the work was not taken up again"
        time.sleep(0.2)


def test_the_work_goes_on_where_it_stopped(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []
    over = threading.Event()
    with embedded.server(tmp_path, "away") as url, open_pool(url) as pool:
        with pool.connection() as conn:
            conn.autocommit = True
            migrate(conn)
            conn.autocommit = False
        with pool.connection() as conn:
            source = {"name": "ВКонтакте", "kind": "vk", "community": "romashka"}
            config = Config.model_validate({"brand": {"name": "Ромашка"}, "source": [source]})
            company.apply(conn, config, hash_id=lambda _, account: account, now=system_clock())
        services = Services(load({"OTKLIK_DATA": str(tmp_path)}), url, pool, system_clock)
        loop = threading.Thread(target=stations.work_until, args=(services, over.is_set), daemon=True)
        loop.start()
        save_post(pool, 1)
        wait_for(pool, 1)

        postmaster = int((embedded.cluster_folder(tmp_path) / "postmaster.pid").read_text().splitlines()[0])
        os.kill(postmaster, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while not embedded.revive(tmp_path, said.append):
            assert time.monotonic() < deadline, "nobody noticed that the server is gone"
            time.sleep(0.5)
        assert loop.is_alive(), "the loop must outlive the database"
        with open_pool(url) as fresh:
            save_post(fresh, 2)
            wait_for(fresh, 2)
        over.set()
        loop.join(60)
        assert not loop.is_alive()
    assert said
    assert "error connecting" in caplog.text, "the wait must be told"
    folder = embedded.cluster_folder(tmp_path)
    shutil.rmtree(folder.parent if folder.parent != tmp_path else folder, ignore_errors=True)
