"""`sravni`: lists of reviews at sravni.ru.

`date` is UTC; `createdToMoscow` is Moscow's time with a false Z. The list only says whether the company has
answered (hasCompanyResponse); the answer itself is another call, so there is no line for it here.
"""

from datetime import datetime

from crawlers.parsers.document import Json
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, identifier, kept, link, name, string
from crawlers.parsers.registry import Page, parser
from domain.posts import Parsed

_KEPT = [
    "title",
    "ratingStatus",
    "problemSolved",
    "problemSolutionDate",
    "commentsCount",
    "reviewTag",
    "reviewObjectId",
    "reviewObjectType",
    "isBlocked",
    "isClient",
    "isExternal",
    "externalSource",
    "isAuthorDeleted",
    "specificProductId",
    "specificProductName",
]


@parser("sravni")
def parse_sravni(page: Page) -> Parsed:
    reading = Reading(page)
    document = reading.object()
    if document is None:
        return reading.result()
    items = document.get("items")
    if items is None and (
        words := document.get("error") or document.get("message") or document.get("errors")
    ):
        reading.doubts.refused("", f"sravni.ru refused: {str(words)[:200]}")
        return reading.result()
    for item, where in reading.objects(items, "items"):
        _review(reading, item, where)
    if isinstance(items, list):
        reading.total("items", document.get("total"), seen=len(items))
    return reading.result()


def _review(reading: Reading, item: dict[str, Json], where: str) -> None:
    number = reading.id(item.get("id"), f"{where}.id")
    if number is None:
        return
    answered = item.get("hasCompanyResponse")
    text = reading.text(item.get("text"), f"{where}.text")
    reading.review(
        where,
        number,
        author=name(item.get("authorName")),
        author_id=identifier(item.get("userId")),
        text=text or name(item.get("title")) or "",
        rating=reading.rating(item.get("rating"), f"{where}.rating"),
        answered=answered if isinstance(answered, bool) else None,
        published_at=_time(reading, item, where),
        url=link(item.get("externalUrl")),
        raw=kept(item, *_KEPT) | {"place": kept(at(item, "locationData"), "id", "name")},
    )


def _time(reading: Reading, item: dict[str, Json], where: str) -> datetime | None:
    if item.get("date"):
        value = item["date"]
        if isinstance(value, str) and "T" in value and value[-1:].isdigit() and "+" not in value:
            value += "Z"  # UTC also where an answer leaves the Z out
        return reading.time(value, f"{where}.date")
    moscow = string(item.get("createdToMoscow"))
    return reading.time(moscow and moscow.rstrip("Zz"), f"{where}.createdToMoscow")
