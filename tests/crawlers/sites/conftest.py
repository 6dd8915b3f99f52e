"""A site on loopback and a source that reads it, each look in a child process, as the service does it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

from demo.serve import serve
from demo.sites.server import create_app
from demo.sites.state import SiteTown
from domain.clock import system_clock

NAME = "Отзывы"
ROOT = Path(__file__).parents[3]
QUICK = {"delay_s": 0.0, "timeout_s": 20.0, "retries": 1, "backoff_s": 0.1, "patience_s": 2.0}


@dataclass
class Watch:
    town: SiteTown
    url: str
    pool: ConnectionPool[Connection]
    database_url: str
    data: Path
    source_id: int = 0

    def source(self, kind: str, **settings: Any) -> None:
        """The one source, as `otklik apply` would store it."""
        settings = {"contact": "pr@example.org", "brand": "Ромашка Банк", "history_days": 90} | settings
        with self.pool.connection() as conn:
            row = conn.execute(
                "INSERT INTO source (name, kind, settings, added_at) VALUES (%s, %s, %s, now()) RETURNING id",
                (NAME, kind, Jsonb(settings)),
            ).fetchone()
        assert row
        self.source_id = row[0]

    def banki(self, **settings: Any) -> None:
        self.source("banki", company=self.town.code, site=self.url, **settings)

    def look(self, **manners: float) -> dict[str, Any]:
        """One look in a process of its own; what it told."""
        done = subprocess.run(
            **self._child(manners), capture_output=True, text=True, timeout=120, check=False
        )
        assert done.stdout, done.stderr
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told | {"stderr": done.stderr}

    def killed_after_posts(self, count: int, **manners: float) -> int:
        """Begin a look and kill it once so many posts are stored; how many there are then."""
        with subprocess.Popen(**self._child(manners)) as child:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and self._posts() < count:
                time.sleep(0.05)
            child.kill()
        return self._posts()

    def wait_for_answer(self, review: str, *, checked_at: datetime) -> None:
        """Somebody waits for an answer to this review, and it was last looked at then."""
        with self.pool.connection() as conn:
            conn.execute(
                """INSERT INTO conversation (thread_id, source_id, customer, opening_post_id, appeal, state,
                                             turn, first_seen_at, last_word_by, post_ids)
                   SELECT t.id, t.source_id, 'кто-то', p.id, 'complaint', 'waiting_us', 'ours', now(),
                          'customer', ARRAY[p.id]
                     FROM thread t JOIN post p ON p.thread_id = t.id WHERE p.external_id = %s""",
                (review,),
            )
            conn.execute(
                "UPDATE thread SET checked_at = %s WHERE root_external_id = %s", (checked_at, review)
            )

    def _child(self, manners: dict[str, float]) -> dict[str, Any]:
        told = json.dumps(QUICK | manners)
        return {
            "args": [sys.executable, "-m", "tests.crawlers.sites.child", NAME, told],
            "env": os.environ | {"OTKLIK_DATABASE_URL": self.database_url, "OTKLIK_DATA": str(self.data)},
            "cwd": ROOT,
        }

    def _posts(self) -> int:
        found: int = self.rows("SELECT count(*) FROM post")[0]["count"]
        return found

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.pool.connection() as conn, conn.cursor(row_factory=dict_row) as cur:
            return cur.execute(query, values).fetchall()

    def texts(self) -> set[str]:
        return {
            row["text"] for row in self.rows("SELECT text FROM post WHERE kind = 'review' OR kind = 'post'")
        }

    def bookmark(self) -> datetime | None:
        found: datetime | None = self.rows("SELECT bookmark FROM source")[0]["bookmark"]
        return found


def fill(town: SiteTown, count: int) -> list[int]:
    """Reviews an hour apart, the last one an hour old."""
    now = system_clock()
    return [
        town.add(f"Отзыв {n}. Деньги не вернули.", now - timedelta(hours=count - n)) for n in range(count)
    ]


@pytest.fixture
def watch(pool: ConnectionPool[Connection], database_url: str, tmp_path: Path) -> Iterator[Watch]:
    town = SiteTown()
    with serve(create_app(town)) as url:
        yield Watch(town, url, pool, database_url, tmp_path)
