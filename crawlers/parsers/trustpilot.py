"""`trustpilot`: the page of a company (state in `__NEXT_DATA__`), or the API's list in JSON."""

import json

from crawlers.parsers.document import Json
from crawlers.parsers.formats import schema_org
from crawlers.parsers.formats.drafts import Draft, Said, merged, tell
from crawlers.parsers.formats.html import is_markup, page_of, tell_nothing
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, identifier, kept, name, plain, string
from crawlers.parsers.registry import Page, parser
from domain.posts import Parsed

_NEXT = '//script[@id="__NEXT_DATA__"]/text()'


@parser("trustpilot")
def parse_trustpilot(page: Page) -> Parsed:
    reading = Reading(page)
    if not is_markup(page.body):
        document = reading.object()
        if document is not None and not _told_refusal(document, reading):
            _tell(reading, _state(document), [])
        return reading.result()
    tree = page_of(page.body, reading.doubts)
    if tree is None:
        return reading.result()
    state = _state(_embedded(tree.xpath(_NEXT).get(), reading))
    marked = schema_org.reviews(schema_org.json_ld(tree, reading), "ld+json", reading)
    if at(state, "reviews") is None and not marked:
        tell_nothing(tree, reading.doubts)
        return reading.result()
    _tell(reading, state, marked)
    return reading.result()


def _told_refusal(document: dict[str, Json], reading: Reading) -> bool:
    words = next((document[key] for key in ("fault", "error", "message") if document.get(key)), None)
    if words is None or "reviews" in document:
        return False
    reading.doubts.refused("", f"Trustpilot refused: {str(at(words, 'faultstring') or words)[:200]}")
    return True


def _embedded(text: str | None, reading: Reading) -> Json:
    if text is None:
        return None
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        reading.doubts.skipped("__NEXT_DATA__", "the state of the page is broken JSON")
        return None


def _state(document: Json) -> Json:
    """Where the reviews lie: whole state, the answer of `_next/data`, or the API's."""
    found = at(document, "props", "pageProps") or at(document, "pageProps") or document
    return found if isinstance(found, dict) else None


def _tell(reading: Reading, state: Json, marked: list[Draft]) -> None:
    items = at(state, "reviews")
    drafts = []
    if items is not None or not marked:
        for item, where in reading.objects(items, "reviews"):
            if draft := _draft(reading, item, where):
                drafts.append(draft)
    tell(reading, merged(drafts, marked))
    total = at(state, "filters", "pagination", "totalCount") or at(state, "pagination", "totalCount")
    pages = (
        at(state, "filters", "pagination", "totalPages"),
        at(state, "filters", "pagination", "currentPage"),
    )
    more = all(isinstance(one, int) for one in pages) and pages[0] > pages[1]
    reading.total("reviews", total, seen=len(items) if isinstance(items, list) else len(marked), more=more)


def _draft(reading: Reading, item: dict[str, Json], where: str) -> Draft | None:
    number = reading.id(item.get("id"), f"{where}.id")
    if number is None:
        return None
    reply = item.get("reply") or item.get("companyReply")
    words = string(at(reply, "message")) or string(at(reply, "text"))
    has_field = "reply" in item or "companyReply" in item
    created = at(item, "dates", "publishedDate") or item.get("createdAt")
    answered_at = at(reply, "publishedDate") or at(reply, "createdAt")
    return Draft(
        where,
        id=number,
        author=name(at(item, "consumer", "displayName")),
        author_id=identifier(at(item, "consumer", "id")),
        text=reading.text(item.get("text"), f"{where}.text"),
        title=name(item.get("title")),
        rating=reading.rating(item.get("rating", item.get("stars")), f"{where}.rating"),
        answered=bool(reply) if has_field else None,
        published_at=reading.time(created, f"{where}.dates.publishedDate"),
        edited_at=reading.time(
            at(item, "dates", "updatedDate") or item.get("updatedAt"),
            f"{where}.dates.updatedDate",
            must=False,
        ),
        url=f"https://www.trustpilot.com/reviews/{number}" if number.isalnum() else None,
        said=(Said(plain(words), reading.time(answered_at, f"{where}.reply.publishedDate", must=False)),)
        if words
        else (),
        raw=kept(item, "language", "source", "likes"),
    )
