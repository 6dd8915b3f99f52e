"""A real, busy post of a bank's community, served by the emulator and taken through the whole path.

The saved answer is no part of the project: without it the test is skipped.
"""

import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from psycopg import Connection
from psycopg_pool import ConnectionPool

from classifiers.lexicon import Lexicon
from crawlers import parsers
from crawlers.run import run_once
from demo.serve import serve
from demo.vk import Limits, TokenKind, VkTown, create_app
from domain.clock import FixedClock
from domain.sources import CrawlOutcome
from otklik import company
from otklik.config import Config
from otklik.identity import Identity
from otklik.look_conversations import run as look
from otklik.settings import load
from triage.conversations import build_conversations
from triage.verdicts import classify_pending

SAMPLE = "samples/vk/wall.getComments__threads_part.json"
TOKEN = "service"

Outcome = set[tuple[str, str, str]]


@pytest.fixture
def body(shared: Path) -> bytes:
    return (shared / SAMPLE).read_bytes()


@pytest.fixture
def after(body: bytes) -> FixedClock:
    """An hour after the last word."""
    times = [post.published_at for post in parsers.parse("vk.comments", body).posts if post.published_at]
    return FixedClock(max(times) + timedelta(hours=1))


def seen_by_the_tool(body: bytes, at: datetime) -> Outcome:
    out = io.StringIO()
    look(
        lambda data: parsers.parse("vk.comments", data),
        Lexicon(),
        body,
        at=at,
        official=(),
        out=out,
        err=io.StringIO(),
    )
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return {(line["posts"][0], line["state"], line["turn"]) for line in lines}


def through_the_path(
    body: bytes, clock: FixedClock, pool: ConnectionPool[Connection], data: Path
) -> tuple[Outcome, int]:
    """Crawled, stored, classified, derived; also how many posts are stored."""
    town = VkTown(clock, limits=Limits.none())
    town.add_token(TOKEN, TokenKind.SERVICE)
    owner_id, _ = town.load_thread_response(json.loads(body))
    source = {"name": "Сообщество", "kind": "vk", "community": str(owner_id), "history_days": 20_000}
    config = Config.model_validate({"brand": {"name": "Банк"}, "source": [source]})
    identity = Identity.in_folder(data)
    with pool.connection() as conn:
        version = company.apply(conn, config, hash_id=identity.hash_id, now=clock()).version
    with serve(create_app(town)) as url:
        settings = load({"OTKLIK_VK_URL": f"{url}/method/", "OTKLIK_VK_TOKEN": TOKEN})
        look_at = run_once(
            "Сообщество", settings=settings, pool=pool, clock=clock, identity=identity, sleep=lambda _: None
        )
    assert look_at.outcome is CrawlOutcome.COMPLETE, look_at.reason
    while classify_pending(pool, Lexicon(), now=clock(), limit=500):
        pass
    build_conversations(pool, company.company(config, version), now=clock(), limit=100)
    with pool.connection() as conn:
        found = conn.execute(
            "SELECT p.external_id, c.state, c.turn FROM conversation c JOIN post p ON p.id = opening_post_id"
        ).fetchall()
        stored = conn.execute("SELECT count(*) FROM post").fetchone()
    assert stored
    return {(opening, state, turn) for opening, state, turn in found}, stored[0]


def test_the_right_conversations_wait_at_the_end(
    body: bytes, after: FixedClock, pool: ConnectionPool[Connection], tmp_path: Path
) -> None:
    found, stored = through_the_path(body, after, pool, tmp_path)

    # The wall post itself is the emulator's; everything else is what the file holds.
    assert stored == len(parsers.parse("vk.comments", body).posts) + 1
    assert found == seen_by_the_tool(body, after())
    assert {turn for _, _, turn in found} >= {"ours", "customer"}
