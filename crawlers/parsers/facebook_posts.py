"""`facebook.posts`: posts of a page (own, visitors', tagged), with comments where the call expanded them.

`from` is missing where the viewer may not see the author: then nobody is official but on the edges that hold
the page's own posts only (`/posts`, `/published_posts`, in the URL or in `paging`).
"""

import re

from crawlers.parsers.document import Json, integer
from crawlers.parsers.formats.graph import link_of, listed_of, nested, pages_of, tell_total
from crawlers.parsers.formats.graph_comments import Under, add_comments, json_kind, words_of
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, identifier, kept, link, name, objects
from crawlers.parsers.registry import Page, parser
from domain.posts import CrawledPost, Parsed, PostKind

_OWN = re.compile(r"/(?:published_)?posts(?:[/?#]|$)")
_KEPT = ["status_type", "updated_time", "is_hidden", "is_published", "is_spherical", "promotion_status"]


@parser("facebook.posts")
def parse_posts(page: Page) -> Parsed:
    reading = Reading(page)
    found = listed_of(reading)
    if found is None:
        return reading.result()
    pages = pages_of(reading)
    is_own = any(_OWN.search(url) for url in (page.url or "", *found.pages))
    added = sum(_add(reading, item, where, pages, is_own) for item, where in found.items)
    tell_total(reading, found, added, "posts of the page")
    return reading.result()


def _add(reading: Reading, item: dict[str, Json], where: str, pages: frozenset[str], is_own: bool) -> bool:
    told = link_of(item.get("permalink_url"))
    number = identifier(item.get("id")) or told.post_id
    if number is None:
        reading.doubts.skipped(
            f"{where}.id", "neither an id nor a permalink: the post cannot be told from others"
        )
        return False
    owner = number.partition("_")[0] if "_" in number else told.page
    speakers = pages or (frozenset({owner}) if owner else frozenset())
    author = identifier(at(item, "from", "id"))
    is_official = author in speakers if author else is_own
    was_added = reading.add(
        where,
        CrawledPost(
            kind=PostKind.POST,
            external_id=number,
            author=name(at(item, "from", "name")),
            author_id=author,
            is_official=is_official,
            text=words_of(reading, item.get("message"), f"{where}.message"),
            published_at=reading.time(item.get("created_time"), f"{where}.created_time"),
            attachments=tuple(
                kind for one in objects(at(item, "attachments", "data")) if (kind := json_kind(one))
            ),
            url=link(item.get("permalink_url")),
            raw=kept(item, *_KEPT),
        ),
    )
    if was_added:
        _add_comments(reading, item, where, Under(number, author is not None and not is_official, speakers))
    return was_added


def _add_comments(reading: Reading, item: dict[str, Json], where: str, under: Under) -> None:
    found = add_comments(reading, nested(item, "comments", where, reading), under)
    total = integer(at(item, "comments", "summary", "total_count"))
    if total is None or total < 0:
        return
    place = f"{where}.comments"
    reading.doubts.count(place, expected=total, found=len(found), reason="comments under the post")
    if total > len(found) and not any(told.where.startswith(place) for told in reading.doubts.found[:-1]):
        reading.doubts.incomplete(
            place, "the API counts more comments than it shows", expected=total, found=len(found)
        )
