"""A town's VK served on loopback, and a source that reads it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool
from pydantic import HttpUrl, SecretStr

from crawlers.run import run_once
from db import posts
from demo.serve import serve
from demo.vk.server import create_app
from demo.vk.state import VkTown
from demo.vk.testing import BANK_WALL, SERVICE_TOKEN, START, Clock, romashka
from domain.sources import CrawlRun
from otklik.identity import Identity
from otklik.settings import Settings

NAME = "Ромашка ВК"


@dataclass
class Watch:
    """One source in a database, and the town it watches."""

    town: VkTown
    clock: Clock
    pool: ConnectionPool[Connection]
    settings: Settings
    source_id: int
    slept: list[float] = field(default_factory=list)
    identity: Identity = field(default_factory=lambda: Identity(b"k" * 32))

    def look(self, *, token: str | None = None) -> CrawlRun:
        """One run, as the child process does it, without waiting."""
        settings = self.settings
        if token is not None:
            settings = settings.model_copy(update={"vk_token": SecretStr(token)})
        return run_once(
            NAME,
            settings=settings,
            pool=self.pool,
            clock=self.clock,
            identity=self.identity,
            sleep=self.slept.append,
        )

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.pool.connection() as conn, conn.cursor(row_factory=dict_row) as cur:
            return cur.execute(query, values).fetchall()

    def posts(self) -> dict[str, dict[str, Any]]:
        return {row["external_id"]: row for row in self.rows("SELECT * FROM post ORDER BY id")}

    def texts(self) -> set[str]:
        """Of what is there now."""
        return {row["text"] for row in self.posts().values() if row["gone_at"] is None}

    def checked(self, post_id: int) -> Any:
        root = f"{BANK_WALL}_{post_id}"
        with self.pool.connection() as conn:
            return posts.thread_looks(conn, self.source_id, [root])[root].checked_at

    def source(self) -> dict[str, Any]:
        return self.rows("SELECT * FROM source WHERE id = %s", self.source_id)[0]


@pytest.fixture
def watch(pool: ConnectionPool[Connection]) -> Iterator[Watch]:
    clock = Clock()
    town = romashka(clock)
    with serve(create_app(town)) as url:
        yield _watch(town, clock, pool, url)


def _watch(town: VkTown, clock: Clock, pool: ConnectionPool[Connection], url: str) -> Watch:
    settings = Settings(vk_url=HttpUrl(f"{url}/method/"), vk_token=SecretStr(SERVICE_TOKEN))
    with pool.connection() as conn:
        row = conn.execute(
            "INSERT INTO source (name, kind, settings, added_at) VALUES (%s, 'vk', %s, %s) RETURNING id",
            (NAME, Jsonb({"community": "romashka_bank"}), START),
        ).fetchone()
    assert row
    return Watch(town, clock, pool, settings, row[0])


@pytest.fixture
def say(watch: Watch) -> Callable[..., int]:
    """Somebody says something under a post, a minute later than whatever was said before."""

    def speak(post_id: int, from_id: int, text: str, **more: Any) -> int:
        return watch.town.add_comment(
            BANK_WALL, post_id, from_id, text, watch.clock.forward(minutes=1), **more
        )

    return speak
