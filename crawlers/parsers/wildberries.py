"""`wildberries`: feedbacks of the seller API (JSON) and the public page of a product's feedbacks (HTML).

Traps: isAnswered=true rows may have answer null; the text may be empty with pros and cons filled. The page
marks up reviews without dates and ratings, prints both twice (for wide and narrow screens) and tells no ids.
"""

import re

from parsel import Selector

from crawlers.parsers.document import Json, integer
from crawlers.parsers.formats.drafts import Draft, Said, tell
from crawlers.parsers.formats.html import attribute, is_markup, own, page_of, shown, shown_first, tell_nothing
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, kept, name, objects, string, words
from crawlers.parsers.registry import Page, parser
from domain.posts import Parsed

_PARTS = (("text", None), ("pros", "Достоинства"), ("cons", "Недостатки"))
_CARDS = "li.feedback, li.comments__item[itemprop=review]"
_TEXT = "[itemprop=reviewBody], .feedback__text:not([class*=sellers-reply])"
_REPLY = "[class*=feedback__text--sellers-reply]"


@parser("wildberries")
def parse_wildberries(page: Page) -> Parsed:
    reading = Reading(page)
    if is_markup(page.body):
        _read_page(reading)
        return reading.result()
    document = reading.object()
    if document is None or _told_refusal(document, reading):
        return reading.result()
    items = at(document, "data", "feedbacks")
    where = "data.feedbacks"
    if items is None:
        items, where = document.get("feedbacks"), "feedbacks"
    for item, place in reading.objects(items, where):
        _review(reading, item, place)
    if isinstance(items, list):
        # countUnanswered and countArchive are of all goods: no total of this list.
        reading.total(where, document.get("feedbackCount"), seen=len(items))
    return reading.result()


def _told_refusal(document: dict[str, Json], reading: Reading) -> bool:
    reason = (
        string(document.get("errorText")) or string(document.get("detail")) or string(document.get("title"))
    )
    code = integer(document.get("status")) or integer(document.get("code"))
    if document.get("error") is True or (code or 0) >= 400 or (reason and "data" not in document):
        reading.doubts.refused("", f"Wildberries refused: {code or ''} {(reason or '')[:200]}".strip())
        return True
    return False


def _review(reading: Reading, item: dict[str, Json], where: str) -> None:
    number = reading.id(item.get("id"), f"{where}.id")
    if number is None:
        return
    parts = []
    for key, label in _PARTS:
        if part := reading.text(item.get(key), f"{where}.{key}"):
            parts.append(f"{label}: {part}" if label else part)
    answer = item.get("answer")
    reply = string(at(answer, "text"))
    was_added = reading.review(
        where,
        number,
        author=name(item.get("userName")) or name(at(item, "wbUserDetails", "name")),
        text="\n".join(parts),
        rating=reading.rating(item.get("productValuation"), f"{where}.productValuation"),
        answered=bool(answer) if "answer" in item and (answer is None or isinstance(answer, dict)) else None,
        published_at=reading.time(item.get("createdDate"), f"{where}.createdDate"),
        attachments=("photo",) * len(objects(item.get("photoLinks"))) + ("video",) * bool(item.get("video")),
        raw=kept(item, "state", "wasViewed")
        | {
            "product": kept(
                at(item, "productDetails"), "nmId", "imtId", "productName", "supplierArticle", "brandName"
            )
        },
    )
    if was_added and reply:
        place = f"{where}.answer"
        created = at(answer, "createDate") or at(answer, "createdDate")
        reading.answer(
            place,
            number,
            reading.text(reply, place),
            published_at=reading.time(created, f"{place}.createDate", must=False),
        )


def _read_page(reading: Reading) -> None:
    page = page_of(reading.page.body, reading.doubts)
    if page is None:
        return
    cards = page.css(_CARDS)
    if not cards:
        tell_nothing(page, reading.doubts)
        return
    tell(reading, [_card(card, f"li.feedback[{place}]", reading) for place, card in enumerate(cards)])
    reading.total("li.feedback", None)


def _card(card: Selector, where: str, reading: Reading) -> Draft:
    reply = card.css(_REPLY)
    date = attribute(card, "content", "meta[itemprop=datePublished]", ".feedback__date") or shown_first(
        card, ".feedback__date"
    )
    photos = card.css(".feedback__photos li, .feedback__photo-item, .feedback__photos-item")
    return Draft(
        where,
        id=attribute(card, "data-id", ":scope", "[data-feedback-id]") or own(card, "data-feedback-id"),
        author=shown_first(card, ".feedback__header", "[itemprop=author]"),
        text=_said(card),
        rating=_stars(card),
        # Whoever answers late answers below the fold: a card without a reply has none.
        answered=bool(reply),
        published_at=reading.time(date, f"{where}.feedback__date"),
        attachments=("photo",) * len(photos),
        said=(Said(shown(reply[0])),) if reply and shown(reply[0]) else (),
    )


def _said(card: Selector) -> str:
    """The text and what its author added later (the mark «Дополнен»), each once."""
    parts: dict[str, str] = {}
    for node in card.css(_TEXT):
        is_inside = any("reply" in element.get("class", "") for element in node.root.iterancestors())
        text = shown(node)
        if text and not is_inside and not any(words(text) in key for key in parts):
            parts[words(text)] = text
    return "\n\n".join(parts.values())


def _stars(card: Selector) -> int | None:
    for classes in card.css(".feedback__rating::attr(class), .stars-line::attr(class)").getall():
        if found := re.search(r"\bstar([1-5])\b", classes):
            return int(found[1])
    return None
