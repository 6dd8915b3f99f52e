"""`googleplay`: three shapes of one thing, told apart by what they look like.

Android Publisher's reviews.list (own apps, last week); the store page's own call (batchexecute, anybody's
apps); the list google-play-scraper gives, whose times are naive local ones of an unknown machine: they are
left out.
"""

from typing import Any

from crawlers.parsers.document import Json
from crawlers.parsers.formats.html import start_of
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, identifier, kept, name, string
from crawlers.parsers.registry import Page, parser
from domain.posts import Parsed


@parser("googleplay")
def parse_googleplay(page: Page) -> Parsed:
    reading = Reading(page)
    if start_of(page.body).startswith(b")]}'"):
        _read_store(reading)
        return reading.result()
    document = reading.json()
    if isinstance(document, list):
        for item, where in reading.objects(document, ""):
            _scraped(reading, item, where)
        reading.total("", None)
    elif isinstance(document, dict):
        _read_publisher(reading, document)
    elif document is not None:
        reading.doubts.incomplete("", "neither an object nor a list: not what this source gives")
    return reading.result()


def _tell(
    reading: Reading, where: str, number: str, text: Json, reply: Json, reply_at: Json, **fields: Any
) -> None:
    """One review and the developer's reply; `fields` as in CrawledPost."""
    words = string(reply)
    text = reading.text(text, f"{where}.text")
    if reading.review(where, number, text=text, answered=words is not None, **fields) and words:
        at_ = reading.time(reply_at, f"{where}.reply", zone=None, must=False)
        reading.answer(where, number, reading.text(words, where), published_at=at_)


def _scraped(reading: Reading, item: dict[str, Json], where: str) -> None:
    number = reading.id(item.get("reviewId"), f"{where}.reviewId")
    if number is None:
        return
    _tell(
        reading,
        where,
        number,
        item.get("content"),
        item.get("replyContent"),
        item.get("repliedAt"),
        author=name(item.get("userName")),
        rating=reading.rating(item.get("score"), f"{where}.score"),
        published_at=reading.time(item.get("at"), f"{where}.at", zone=None),
        raw=kept(item, "reviewCreatedVersion", "appVersion", "thumbsUpCount"),
    )


def _read_publisher(reading: Reading, document: dict[str, Json]) -> None:
    if (error := document.get("error")) is not None:
        words = string(at(error, "message")) or str(error)
        reading.doubts.refused("error", f"Google refused: {at(error, 'status') or ''} {words[:200]}")
        return
    known = not document or any(key in document for key in ("tokenPagination", "pageInfo"))
    items = document.get("reviews", [] if known else None)
    for item, where in reading.objects(items, "reviews"):
        number = reading.id(item.get("reviewId"), f"{where}.reviewId")
        said = at(item, "comments", 0, "userComment")
        if number is None:
            continue
        comments = item.get("comments")
        reply = next(
            (
                found
                for one in (comments if isinstance(comments, list) else [])
                if (found := at(one, "developerComment"))
            ),
            None,
        )
        _tell(
            reading,
            where,
            number,
            at(said, "text"),
            at(reply, "text"),
            at(reply, "lastModified", "seconds"),
            author=name(item.get("authorName")),
            rating=reading.rating(at(said, "starRating"), f"{where}.starRating"),
            published_at=reading.time(at(said, "lastModified", "seconds"), f"{where}.lastModified"),
            raw=kept(said, "appVersionName", "appVersionCode", "androidOsVersion", "thumbsUpCount"),
        )
    if isinstance(items, list):
        reading.total("reviews", None, more=bool(string(at(document, "tokenPagination", "nextPageToken"))))


def _read_store(reading: Reading) -> None:
    """batchexecute: `)]}'`, then chunks; one line of them holds [["wrb.fr", rpc, "JSON in a string", …]]."""
    answer = _payload(reading)
    if answer is None:
        return
    items = at(answer, 0)
    for place, item in enumerate(items if isinstance(items, list) else []):
        where = f"[0][{place}]"
        number = identifier(at(item, 0))
        if number is None:
            reading.doubts.skipped(where, "no id: the post cannot be told from others")
            continue
        _tell(
            reading,
            where,
            number,
            at(item, 4),
            at(item, 7, 1),
            at(item, 7, 2, 0),
            author=name(at(item, 1, 0)),
            rating=reading.rating(at(item, 2), f"{where}[2]"),
            published_at=reading.time(at(item, 5, 0), f"{where}[5][0]"),
            raw=kept({"version": at(item, 10), "thumbsUp": at(item, 6)}, "version", "thumbsUp"),
        )
    if not isinstance(items, list) and items is not None:
        reading.doubts.incomplete("[0]", "there is no list here: not what this source gives")
        return
    reading.total(
        "[0]", None, more=bool(items) and string(at(answer, -1, -1) or at(answer, 1, 1)) is not None
    )


def _payload(reading: Reading) -> Json | None:
    for line in reading.page.body.split(b"\n"):
        if not line.lstrip().startswith(b"[["):
            continue
        chunk = reading.json(line)
        for entry in chunk if isinstance(chunk, list) else []:
            if at(entry, 0) != "wrb.fr":
                continue
            inner = string(at(entry, 2))
            if inner is None:
                reading.doubts.refused("wrb.fr", "Google Play refused: an error instead of reviews")
                return None
            return reading.json(inner.encode("utf-8", "surrogatepass"))
    if not reading.doubts.found:
        reading.doubts.incomplete("wrb.fr", "there is no answer inside: not what this source gives")
    return None
