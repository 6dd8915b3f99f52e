"""Reading one wall post with everything said under it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from crawlers.look import Look
from crawlers.vk.client import VkClient
from crawlers.vk.pages import VkPage, pages
from db import posts
from db.posts import ThreadLook
from domain.errors import AccessDenied, BadConfig, Skip
from domain.posts import CrawledPost

log = structlog.get_logger()

#: Replies that VK shows inside a top comment; longer threads are paged.
INLINED = 10


@dataclass(frozen=True, slots=True)
class WallPost:
    """A post as the wall showed it at `at`. `comments`: VK's count under it; None when it did not say."""

    root: str
    comments: int | None
    at: datetime

    @classmethod
    def of(cls, post: CrawledPost, at: datetime) -> "WallPost":
        count = post.raw.get("comments", {}).get("count")
        return cls(post.external_id, count if isinstance(count, int) else None, at)


def read_thread(look: Look, client: VkClient, wall_post: WallPost, known: ThreadLook | None) -> bool:
    """Read and store all comments; True when the look could have shown every reply, and is recorded so.

    Pages are stored as they come; only at the end, in one transaction, the look itself is recorded: killed
    before that, the next run reads the thread again. Raises as `VkClient.fetch`.
    """
    # Where the wall says that nobody wrote, the wall was the look.
    is_empty = wall_post.comments == 0
    began = wall_post.at if is_empty else look.clock()
    reading = _Reading(look, client, wall_post.root)
    expected = 0 if is_empty else reading.top_comments()
    shortage = max(expected - len(reading.seen), 0)
    # The same shortage twice: VK counts comments that it shows to nobody. A new one: we missed something.
    is_whole = shortage == 0 or (known is not None and known.shortage == shortage)
    with look.transaction() as conn:
        source_id, root = look.source.id, wall_post.root
        reported = wall_post.comments if is_whole else None
        posts.note_look(conn, source_id, root, reported=reported, shortage=shortage)
        if is_whole:
            posts.check_threads(conn, source_id, [root], began)
            look.run.gone += posts.mark_gone(conn, source_id, root, sorted(reading.seen), began)
    if not is_whole:
        log.warning("vk.thread_fell_short", source=look.source.name, root=root, shortage=shortage)
    return is_whole


class _Reading:
    """One pass over a thread; `seen` are the external ids met, placeholders included."""

    def __init__(self, look: Look, client: VkClient, root: str) -> None:
        self.seen: set[str] = set()
        self._look, self._client = look, client
        self._url = f"https://vk.com/wall{root}"
        owner_id, post_id = root.split("_")
        self._asked: dict[str, Any] = {
            "owner_id": owner_id,
            "post_id": post_id,
            "extended": 1,
            "sort": "asc",
            "preview_length": 0,
        }

    def top_comments(self) -> int:
        """Read all levels; how many comments VK counted in all."""
        total = 0
        asked = self._asked | {"thread_items_count": INLINED}
        for page, at in self._pages(asked):
            self._store(page, at)
            total = page.total if page.total is not None else total
            for top in _cut_threads(page):
                self._replies(top)
        return total

    def _replies(self, top: str) -> None:
        """The whole thread of a top comment: inlined replies may come in any order, so from the start."""
        asked = self._asked | {"comment_id": top.rpartition("_")[2]}
        try:
            for page, at in self._pages(asked):
                self._store(page, at)
        except (Skip, AccessDenied, BadConfig) as error:
            # Deleted between two calls, as a rule. If not, the count falls short and the look is not a check.
            log.info("vk.replies_refused", source=self._look.source.name, top=top, error=type(error).__name__)

    def _pages(self, asked: dict[str, Any]) -> Iterator[tuple[VkPage, datetime]]:
        """Each page with the time just before it was asked for."""
        at = self._look.clock()
        for page in pages(self._client, "vk.comments", "wall.getComments", asked, url=self._url):
            yield page, at
            at = self._look.clock()

    def _store(self, page: VkPage, at: datetime) -> None:
        self._look.run.asked = self._client.asked
        self.seen.update(post.external_id for post in page.parsed.posts)
        self._look.save(page.parsed, seen_at=at)


def _cut_threads(page: VkPage) -> list[str]:
    """Top comments with more replies than the page shows."""
    shown = Counter(post.parent_id for post in page.parsed.posts)
    return [
        post.external_id
        for post in page.parsed.posts
        if post.raw.get("thread", {}).get("count", 0) > shown[post.external_id]
    ]
