"""VK's lists page by page, to their true end."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crawlers.parsers import parse
from crawlers.parsers.document import integer
from crawlers.vk.client import VkClient
from domain.errors import SourceChanged
from domain.posts import Parsed

#: The most VK gives at once.
PAGE = 100


@dataclass(frozen=True, slots=True)
class VkPage:
    """One answer: what the parser took, and what the answer says of the whole list."""

    parsed: Parsed
    items: int
    #: length of the list paged through; None when VK does not say
    level: int | None
    #: all comments with their replies, where that differs
    total: int | None


def fetch_page(client: VkClient, kind: str, method: str, asked: dict[str, Any], *, url: str) -> VkPage:
    """`url`: the page a person would see, for ids that the answer leaves out. Raises as `VkClient.fetch`."""
    reply = client.fetch(method, asked)
    inner = reply.response if isinstance(reply.response, dict) else {"items": reply.response}
    items = inner.get("items")
    if not isinstance(items, list):
        raise SourceChanged(f"{method}: в ответе VK нет списка items")
    # The two counts were met the other way round: the smaller is the level, the larger counts all.
    counts = [n for key in ("count", "current_level_count") if (n := integer(inner.get(key))) is not None]
    return VkPage(
        parse(kind, reply.body, url=url),
        len(items),
        level=min(counts, default=None),
        total=max(counts, default=None),
    )


def pages(client: VkClient, kind: str, method: str, asked: dict[str, Any], *, url: str) -> Iterator[VkPage]:
    """Every page of a list, hidden items in between or not.

    A short page is not the end: VK counts hidden items in `count` and `offset` and leaves them out. We go on
    from where the shown items end, so nothing is jumped over; what is seen twice is stored once. An empty
    page before the end is asked for once more, then jumped.
    """
    offset, was_empty = 0, False
    while True:
        window = {"offset": offset, "count": PAGE}
        page = fetch_page(client, kind, method, asked | window, url=url)
        yield page
        if page.items:
            offset, was_empty = offset + page.items, False
        elif was_empty or page.level is None:
            offset, was_empty = offset + PAGE, False
        else:
            was_empty = True
        if page.level is None and not page.items:
            return
        if page.level is not None and offset >= page.level:
            return
