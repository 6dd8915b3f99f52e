"""`facebook.comments`: comments of a post, flat (filter=stream) or with their replies inside.

Under public-content access ids and authors are missing: ids come from permalink_url, and nobody is official.
"""

from crawlers.parsers.document import Json
from crawlers.parsers.formats.graph import (
    Listed,
    asked_node,
    link_of,
    listed_of,
    nested,
    pages_of,
    tell_total,
)
from crawlers.parsers.formats.graph_comments import Under, add_comments
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, identifier
from crawlers.parsers.registry import Page, parser
from domain.posts import Parsed


@parser("facebook.comments")
def parse_comments(page: Page) -> Parsed:
    reading = Reading(page)
    found = listed_of(reading)
    if found is None:
        return reading.result()
    pages = pages_of(reading)
    node = asked_node(page.url)
    post = node if node and "_" in node and not _is_of_comment(page.url) else None
    loose = []
    added = 0
    for item, where in found.items:
        if _is_post(item):
            under = Under(
                identifier(item.get("id")) or post, _is_customers(item, pages), pages or _owner(item)
            )
            added += len(add_comments(reading, nested(item, "comments", where, reading), under))
        else:
            loose.append((item, where))
    added += len(add_comments(reading, loose, Under(_common_post(loose) or post, False, pages)))
    tell_total(reading, found, _seen(found, added), "comments under the post")
    return reading.result()


def _is_post(item: dict[str, Json]) -> bool:
    """A post with its comments expanded, not a comment: its permalink names none."""
    told = link_of(item.get("permalink_url"))
    return (
        isinstance(item.get("comments"), dict)
        and "parent" not in item
        and told.comment is None
        and (told.post is not None or "comment_count" not in item)
    )


def _is_of_comment(url: str | None) -> bool:
    """Whether the call asked for the replies of a comment: its id looks like a post's, `{post}_{comment}`."""
    return "reply" in (url or "")


def _is_customers(item: dict[str, Json], pages: frozenset[str]) -> bool:
    author = identifier(at(item, "from", "id"))
    return author is not None and author not in (pages or _owner(item))


def _owner(item: dict[str, Json]) -> frozenset[str]:
    page, _, post = (identifier(item.get("id")) or "").partition("_")
    return frozenset({page}) if post else frozenset()


def _common_post(items: list[tuple[dict[str, Json], str]]) -> str | None:
    """The post all permalinks name; None where they name several, or none."""
    posts = {told for item, _ in items if (told := link_of(item.get("permalink_url")).post_id)}
    return posts.pop() if len(posts) == 1 else None


def _seen(found: Listed, added: int) -> int:
    return max(added, len(found.items)) if found.total is None else added
