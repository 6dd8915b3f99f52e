"""`rss`: entries of an RSS or Atom feed as posts. The filter by brand is the crawl's business."""

import io
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

import feedparser

from crawlers.parsers.formats.html import page_of, start_of, wall
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import link, name, plain, string, words
from crawlers.parsers.registry import Page, parser
from domain.posts import CrawledPost, Parsed, PostKind

#: A feed holds its last entries; what is longer is none.
MAX_FEED = 5_000_000

_FEED = re.compile(rb"<\?xml|<rss\b|<feed\b|<rdf\b", re.IGNORECASE)
_UTF16 = re.compile(b"\xff\xfe|\xfe\xff")
#: What feedparser lets through on broken feeds.
_BROKEN = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RecursionError,
)
_UTC = ZoneInfo("UTC")


@parser("rss")
def parse_rss(page: Page) -> Parsed:
    reading = Reading(page)
    if not _FEED.search(start_of(page.body)):
        _tell_no_feed(reading, page.body)
        return reading.result()
    body = page.body[:MAX_FEED] if _UTF16.match(page.body) else page.body[:MAX_FEED].replace(b"\x00", b"")
    if len(page.body) > MAX_FEED:
        reading.doubts.incomplete(f"byte {MAX_FEED}", "too long for a feed: read so far")
    try:
        feed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    except _BROKEN as error:
        reading.doubts.incomplete("", f"the feed cannot be read: {type(error).__name__}")
        return reading.result()
    if not feed.version and not feed.entries:
        _tell_no_feed(reading, body)
        return reading.result()
    if feed.bozo and not isinstance(feed.get("bozo_exception"), feedparser.CharacterEncodingOverride):
        reason = type(feed.get("bozo_exception")).__name__
        reading.doubts.incomplete("", f"the feed breaks off or is broken XML: {reason}")
        if feed.entries:
            reading.doubts.skipped(f"entry[{len(feed.entries) - 1}]", "the last entry read may be cut")
    entries = feed.entries[:-1] if not reading.doubts.nothing().is_complete else feed.entries
    for place, entry in enumerate(entries):
        _entry(reading, entry, f"entry[{place}]")
    reading.doubts.count(
        "entry", expected=len(feed.entries), found=len(reading.posts), reason="entries of the feed"
    )
    return reading.result()


def _tell_no_feed(reading: Reading, body: bytes) -> None:
    if not body.strip():
        reading.doubts.incomplete("byte 0", "the response is empty")
        return
    if _FEED.search(start_of(body)):
        reading.doubts.incomplete("byte 0", "the feed breaks off before its first entry")
        return
    tree = page_of(body, reading.doubts)
    mark = wall(tree) if tree is not None else None
    reading.doubts.refused("byte 0", f"no feed but {f'a bot wall: «{mark}»' if mark else 'something else'}")


def _entry(reading: Reading, entry: Any, where: str) -> None:  # Any: feedparser's dictionary
    number = string(entry.get("id")) or string(entry.get("link"))
    if number is None:
        reading.doubts.skipped(where, "neither an id nor a link: the entry cannot be told from others")
        return
    contents = [found for one in entry.get("content") or [] if (found := string(one.get("value")))]
    text = plain(contents[0] if contents else entry.get("summary") or "")
    title = plain(entry.get("title") or "")
    if title and not words(text).startswith(words(title)):
        text = f"{title}\n\n{text}" if text else title
    # Asked as a plain dictionary: feedparser makes one date of the other, with a warning.
    published, updated = dict.get(entry, "published"), dict.get(entry, "updated")
    reading.add(
        where,
        CrawledPost(
            kind=PostKind.POST,
            external_id=number.strip()[:200],
            author=name(entry.get("author")),
            text=text,
            published_at=_time(reading, published or updated, where),
            edited_at=_time(reading, updated, where)
            if published and updated not in (None, published)
            else None,
            attachments=tuple(
                str(one.get("type") or "file").partition("/")[0] for one in entry.get("enclosures") or []
            ),
            url=link(entry.get("link")),
            raw={"title": title} if title else {},
        ),
    )


def _time(reading: Reading, value: Any, where: str) -> datetime | None:
    """RFC 822 as RSS has it (-0000 means UTC), or ISO as Atom has it."""
    if isinstance(value, str):
        try:
            found = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            pass
        else:
            return reading.time(found if found.tzinfo else found.replace(tzinfo=_UTC), where)
    return reading.time(value, where)
