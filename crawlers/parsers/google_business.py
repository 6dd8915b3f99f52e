"""`google.business`: reviews of own, verified locations by the Google Business Profile API."""

from crawlers.parsers.document import Json
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, kept, name, string
from crawlers.parsers.registry import Page, parser
from domain.posts import Parsed

_STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5, "STAR_RATING_UNSPECIFIED": None}


@parser("google.business")
def parse_google_business(page: Page) -> Parsed:
    reading = Reading(page)
    document = reading.object()
    if document is None:
        return reading.result()
    if (error := document.get("error")) is not None:
        words = string(at(error, "message")) or str(error)
        reading.doubts.refused("error", f"Google refused: {at(error, 'status') or ''} {words[:200]}")
        return reading.result()
    # The API leaves an empty list out; an answer with none of its own keys is something else.
    items = document.get("reviews", [] if not document or "totalReviewCount" in document else None)
    for item, where in reading.objects(items, "reviews"):
        _review(reading, item, where)
    if isinstance(items, list):
        more = bool(string(document.get("nextPageToken")))
        reading.total("reviews", document.get("totalReviewCount"), seen=len(items), more=more)
    return reading.result()


def _review(reading: Reading, item: dict[str, Json], where: str) -> None:
    path = string(item.get("name"))
    number = reading.id(item.get("reviewId") or (path and path.rpartition("/")[2]), f"{where}.reviewId")
    if number is None:
        return
    reply = item.get("reviewReply")
    rated = item.get("starRating")
    created, updated = item.get("createTime"), item.get("updateTime")
    was_added = reading.review(
        where,
        number,
        author=name(at(item, "reviewer", "displayName")),
        text=_original(reading.text(item.get("comment"), f"{where}.comment")),
        rating=_STARS[rated]
        if isinstance(rated, str) and rated in _STARS
        else reading.rating(rated, f"{where}.starRating"),
        answered=string(at(reply, "comment")) is not None,
        published_at=reading.time(created, f"{where}.createTime"),
        edited_at=reading.time(updated, f"{where}.updateTime", must=False) if updated != created else None,
        raw=kept(item, "name", "starRating"),
    )
    if was_added and string(at(reply, "comment")):
        place = f"{where}.reviewReply"
        reading.answer(
            place,
            number,
            _original(reading.text(at(reply, "comment"), place)),
            published_at=reading.time(at(reply, "updateTime"), f"{place}.updateTime", must=False),
        )


def _original(text: str) -> str:
    """What the person wrote, without Google's translation around it."""
    if "(Original)" in text:
        return text.partition("(Original)")[2].strip()
    return text.partition("(Translated by Google)")[0].strip() or text
