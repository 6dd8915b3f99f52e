"""`ozon`: /v1/review/list, and /v1/review/comment/list of one review (its id in the URL: `?review_id=…`).

The list tells how many comments a review has, not whose they are, and PROCESSED is also what a seller sets
without answering: with comments and no list of them nobody knows whether the company answered.
"""

from urllib.parse import parse_qs, urlsplit

from crawlers.parsers.document import Json, integer
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, identifier, kept, objects, string
from crawlers.parsers.registry import Page, parser
from domain.posts import CrawledPost, Parsed, PostKind


@parser("ozon")
def parse_ozon(page: Page) -> Parsed:
    reading = Reading(page)
    document = reading.object()
    if document is None or _told_refusal(document, reading):
        return reading.result()
    if "comments" in document and "reviews" not in document:
        _read_comments(reading, document)
        return reading.result()
    items = document.get("reviews")
    for item, where in reading.objects(items, "reviews"):
        _review(reading, item, where)
    if isinstance(items, list):
        reading.total("reviews", None, more=document.get("has_next") is True)
    return reading.result()


def _told_refusal(document: dict[str, Json], reading: Reading) -> bool:
    if "reviews" in document or "comments" in document or not ("code" in document or "message" in document):
        return False
    words = string(document.get("message")) or ""
    reading.doubts.refused("", f"Ozon refused: {document.get('code', '')} {words[:200]}".strip())
    return True


def _review(reading: Reading, item: dict[str, Json], where: str) -> None:
    number = reading.id(item.get("id"), f"{where}.id")
    if number is None:
        return
    comments = objects(item.get("comments"))
    by_company = [comment for comment in comments if _is_company(comment)]
    amount = integer(item.get("comments_amount"))
    answered = None
    if by_company or amount == 0:
        answered = bool(by_company)
    elif amount is not None and len(comments) >= amount:
        answered = False
    photos, videos = integer(item.get("photos_amount")) or 0, integer(item.get("videos_amount")) or 0
    was_added = reading.review(
        where,
        number,
        text=reading.text(item.get("text"), f"{where}.text"),
        rating=reading.rating(item.get("rating"), f"{where}.rating"),
        answered=answered,
        published_at=reading.time(item.get("published_at"), f"{where}.published_at"),
        attachments=("photo",) * min(max(photos, 0), 50) + ("video",) * min(max(videos, 0), 50),
        raw=kept(item, "sku", "status", "comments_amount", "is_rating_participant", "order_status"),
    )
    if was_added:
        for place, comment in enumerate(comments):
            _comment(reading, comment, f"{where}.comments[{place}]", number)


def _read_comments(reading: Reading, document: dict[str, Json]) -> None:
    review = _asked_review(reading.page.url)
    for item, where in reading.objects(document.get("comments"), "comments"):
        _comment(reading, item, where, identifier(item.get("review_id")) or review)


def _comment(reading: Reading, item: dict[str, Json], where: str, review: str | None) -> None:
    number = reading.id(item.get("id"), f"{where}.id")
    if number is None:
        return
    is_company = _is_company(item)
    reading.add(
        where,
        CrawledPost(
            kind=PostKind.ANSWER if is_company else PostKind.COMMENT,
            external_id=number,
            parent_id=identifier(item.get("parent_comment_id")) or review,
            root_id=review,
            is_official=is_company,
            text=reading.text(item.get("text"), f"{where}.text"),
            published_at=reading.time(item.get("published_at"), f"{where}.published_at"),
        ),
    )


def _is_company(comment: dict[str, Json]) -> bool:
    """`is_owner`: by the seller; `is_official`: by an official person."""
    return comment.get("is_owner") is True or comment.get("is_official") is True


def _asked_review(url: str | None) -> str | None:
    try:
        return identifier(at(parse_qs(urlsplit(url or "").query), "review_id", 0))
    except ValueError:
        return None
