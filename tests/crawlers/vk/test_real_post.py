"""The real, busy post of a bank's community, served by the town and taken through the real crawler."""

import json
from pathlib import Path

from psycopg.types.json import Jsonb

from crawlers.parsers import parse
from domain.sources import CrawlOutcome
from tests.crawlers.vk.conftest import Watch


def test_the_store_holds_what_the_parser_sees(watch: Watch, shared: Path) -> None:
    body = (shared / "samples/vk/wall.getComments__threads_part.json").read_bytes()
    owner_id, post_id = watch.town.load_thread_response(json.loads(body))
    with watch.pool.connection() as conn:
        conn.execute("UPDATE source SET settings = %s", (Jsonb({"community": str(owner_id)}),))
    wanted = parse("vk.comments", body).posts
    newest = max(post.published_at for post in wanted if post.published_at)
    watch.clock.at = newest
    run = watch.look()
    assert run.outcome is CrawlOutcome.COMPLETE
    stored = watch.posts()
    assert len(stored) == len(wanted) + 1
    for post in wanted:
        row = stored[post.external_id]
        assert row["text"] == post.text
        assert (row["kind"], row["is_official"]) == (post.kind.value, post.is_official)
        assert (row["parent_external_id"], row["reply_to"]) == (post.parent_id, post.reply_to)
        assert row["published_at"] == post.published_at
    rows = watch.rows("SELECT checked_at FROM thread")
    assert [row["checked_at"] for row in rows] == [newest]
    assert f"{owner_id}_{post_id}" in stored
