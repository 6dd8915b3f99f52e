"""`yandex.market`: goods-feedback and goods-feedback/comments of the partner API.

The list tells that a review waits for a reaction (needReaction), not whether one was given: a reaction may be
skipped.
"""

from crawlers.parsers.document import Json, integer
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, identifier, kept, name, string
from crawlers.parsers.registry import Page, parser
from domain.posts import CrawledPost, Parsed, PostKind

_PARTS = (("comment", None), ("advantages", "Достоинства"), ("disadvantages", "Недостатки"))


@parser("yandex.market")
def parse_yandex_market(page: Page) -> Parsed:
    reading = Reading(page)
    document = reading.object()
    if document is None or _told_refusal(document, reading):
        return reading.result()
    result = document.get("result")
    comments = at(result, "comments")
    if comments is not None and at(result, "feedbacks") is None:
        for item, where in reading.objects(comments, "result.comments"):
            _comment(reading, item, where)
    else:
        items = at(result, "feedbacks")
        for item, where in reading.objects(items, "result.feedbacks"):
            _review(reading, item, where)
        if isinstance(items, list):
            reading.total("result.feedbacks", None)
    if string(at(result, "paging", "nextPageToken")):
        reading.doubts.incomplete("result.paging", "the list goes on beyond this page")
    return reading.result()


def _told_refusal(document: dict[str, Json], reading: Reading) -> bool:
    errors = document.get("errors")
    if document.get("status") != "ERROR" and not errors:
        return False
    first = at(errors, 0)
    words = string(at(first, "message")) or string(at(first, "code")) or str(errors)
    reading.doubts.refused("errors", f"Yandex Market refused: {words[:200]}")
    return True


def _review(reading: Reading, item: dict[str, Json], where: str) -> None:
    number = reading.id(item.get("feedbackId"), f"{where}.feedbackId")
    if number is None:
        return
    comments = integer(at(item, "statistics", "commentsCount"))
    nobody_said = comments == 0 or item.get("needReaction") is True
    reading.review(
        where,
        number,
        author=name(item.get("author")) or name(at(item, "author", "name")),
        text=_text(reading, item.get("description"), f"{where}.description"),
        rating=reading.rating(at(item, "statistics", "rating"), f"{where}.statistics.rating"),
        answered=False if nobody_said else None,
        published_at=reading.time(item.get("createdAt"), f"{where}.createdAt"),
        attachments=tuple(kind for kind in ("photo", "video") for _ in _list(at(item, "media", f"{kind}s"))),
        raw=kept(item, "needReaction")
        | kept(at(item, "identifiers"), "modelId", "offerId")
        | kept(at(item, "statistics"), "commentsCount", "recommended"),
    )


def _list(value: Json) -> list[Json]:
    return value[:50] if isinstance(value, list) else []


def _text(reading: Reading, value: Json, where: str) -> str:
    if isinstance(value, str):
        return reading.text(value, where)
    parts = []
    for key, label in _PARTS:
        if words := reading.text(at(value, key), f"{where}.{key}"):
            parts.append(f"{label}: {words}" if label else words)
    return "\n".join(parts)


def _comment(reading: Reading, item: dict[str, Json], where: str) -> None:
    number = reading.id(item.get("id"), f"{where}.id")
    if number is None:
        return
    is_company = at(item, "author", "type") == "BUSINESS"
    review = identifier(item.get("feedbackId"))
    reading.add(
        where,
        CrawledPost(
            kind=PostKind.ANSWER if is_company else PostKind.COMMENT,
            external_id=f"{review}/{number}" if review else number,
            parent_id=_under(review, identifier(item.get("parentId"))) or review,
            root_id=review,
            author=name(at(item, "author", "name")),
            is_official=is_company,
            text=reading.text(item.get("text"), f"{where}.text"),
            published_at=reading.time(item.get("createdAt"), f"{where}.createdAt", must=False),
            deleted=item.get("status") == "DELETED",
            raw=kept(item, "status"),
        ),
    )


def _under(review: str | None, parent: str | None) -> str | None:
    return f"{review}/{parent}" if review and parent else parent
