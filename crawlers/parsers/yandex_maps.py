"""`yandex.maps`: a company's page (state in script.state-view, cards below it) or the answer of
fetchReviews.

The state wins: the page keeps the company's answers behind «Посмотреть ответ организации», so cards alone
would report every review as unanswered. A card adds what the state leaves out, such as the date; one the
state lacks is taken with an id of ours, and whether it was answered is known only where the card says so.
"""

import json
import re
from collections.abc import Iterator

from parsel import Selector

from crawlers.parsers.document import Json, integer
from crawlers.parsers.formats import schema_org
from crawlers.parsers.formats.drafts import Draft, Said, merged, tell
from crawlers.parsers.formats.html import (
    attribute,
    breaks_off,
    first,
    is_markup,
    own,
    page_of,
    shown,
    shown_first,
    tell_nothing,
    wall,
)
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, identifier, kept, name, objects, plain, stars, string
from crawlers.parsers.registry import Page, parser
from domain.posts import Parsed

_CARD = ".business-review-view"
_TOTAL = re.compile(r"(\d[\d\s\u00a0]{0,8})\s*отзыв")


@parser("yandex.maps")
def parse_yandex_maps(page: Page) -> Parsed:
    reading = Reading(page)
    if is_markup(page.body):
        _read_page(reading)
    else:
        _read_answer(reading)
    return reading.result()


def _read_answer(reading: Reading) -> None:
    document = reading.object()
    if document is None:
        return
    if "captcha" in document or document.get("type") == "captcha":
        reading.doubts.refused("captcha", "a captcha instead of reviews")
        return
    inner = document.get("data") or document.get("reviewResults") or document
    if at(inner, "reviews") is None and ("csrfToken" in document or "error" in document):
        reading.doubts.refused("", "no reviews but a token or an error: the call was not accepted")
        return
    where = "data" if "data" in document else ""
    items = at(inner, "reviews")
    place = f"{where}.reviews" if where else "reviews"
    tell(reading, list(_drafts(reading, items, place)))
    if isinstance(items, list):
        _tell_total(reading, at(inner, "params"), None, place, len(items))


def _read_page(reading: Reading) -> None:
    page = page_of(reading.page.body, reading.doubts)
    if page is None:
        return
    drafts: list[Draft] = []
    params: Json = None
    has_state = False
    for results, where in _states(page, reading):
        has_state = True
        params = params or results.get("params")
        drafts = merged(drafts, _drafts(reading, results["reviews"], f"{where}.reviews"))
    cards = page.css(_CARD)
    drafts = merged(drafts, [_card(card, f"card[{n}]", reading) for n, card in enumerate(cards)])
    if not drafts and (not has_state or wall(page)):
        tell_nothing(page, reading.doubts)
        return
    if breaks_off(reading.doubts):  # the state may be missing, and the ids with it
        drafts = [draft for draft in drafts if draft.id]
    tell(reading, drafts)
    _tell_total(reading, params, _total_of(page), "reviewResults.params", len(drafts))


def _states(page: Selector, reading: Reading) -> Iterator[tuple[dict[str, Json], str]]:
    """Every `reviewResults` in the JSON scripts of the page."""
    scripts = page.css("script.state-view, script[type='application/json']")
    for place, text in enumerate(script.xpath("string()").get() or "" for script in scripts):
        if "reviewResults" not in text:
            continue
        try:
            state = json.loads(text, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            reading.doubts.incomplete(
                f"script[{place}]", "the state of the page breaks off or is broken JSON"
            )
            continue
        for node, where in schema_org.nodes(state, f"script[{place}]"):
            results = node.get("reviewResults")
            if isinstance(results, dict) and isinstance(results.get("reviews"), list):
                yield results, f"{where}.reviewResults"


def _drafts(reading: Reading, items: Json, where: str) -> Iterator[Draft]:
    for item, place in reading.objects(items, where):
        number = reading.id(item.get("reviewId"), f"{place}.reviewId")
        if number is not None:
            yield _draft(reading, item, place, number)


def _draft(reading: Reading, item: dict[str, Json], where: str, number: str) -> Draft:
    answer = item.get("businessComment")
    words = string(at(answer, "text"))
    updated = reading.time(item.get("updatedTime"), f"{where}.updatedTime", must=False)
    answered_at = reading.time(at(answer, "updatedTime"), f"{where}.businessComment.updatedTime", must=False)
    photos, videos = objects(item.get("photos")), objects(item.get("videos"))
    return Draft(
        where,
        id=number,
        author=name(at(item, "author", "name")),
        author_id=identifier(at(item, "author", "publicId")),
        text=reading.text(item.get("text"), f"{where}.text"),
        rating=reading.rating(item.get("rating"), f"{where}.rating"),
        answered=bool(answer),
        published_at=updated,
        attachments=("photo",) * len(photos) + ("video",) * len(videos),
        said=(Said(plain(words), answered_at),) if words else (),
        raw=kept(item, "businessId", "textLanguage") | {"updatedTime": string(item.get("updatedTime"))},
    )


def _card(card: Selector, where: str, reading: Reading) -> Draft:
    bubble = first(card, ".business-review-comment-content__bubble", ".business-review-comment__bubble")
    expander = card.css(".business-review-view__comment-expand")
    date = attribute(card, "content", "meta[itemprop=datePublished]") or shown_first(
        card, ".business-review-view__date"
    )
    body = first(
        card, ".business-review-view__body-text", ".business-review-view__body", "[itemprop=reviewBody]"
    )
    answer = shown(bubble) if bubble is not None else ""
    return Draft(
        where,
        id=own(card, "data-review-id") or None,
        author=shown_first(card, ".business-review-view__author-name", "[itemprop=author] [itemprop=name]"),
        text=shown(body) if body is not None else "",
        rating=_rating(card),
        answered=True if answer or expander else None,
        published_at=reading.time(date, f"{where}.date", must=False),
        said=(Said(answer),) if answer else (),
    )


def _rating(card: Selector) -> int | None:
    label = attribute(card, "aria-label", ".business-rating-badge-view__stars", "[aria-label^=Оценка]")
    if label and (found := re.search(r"(\d(?:[.,]\d)?)\s+из\s+5", label, re.IGNORECASE)):
        return stars(found[1])
    return stars(attribute(card, "content", "meta[itemprop=ratingValue]"))


def _total_of(page: Selector) -> int | None:
    """«128 отзывов», outside the cards: authors' badges count their own reviews."""
    header = shown_first(page, ".business-header-rating-view__text", ".card-section-header__title")
    texts = (
        [header]
        if header
        else page.xpath(
            "//body//text()[not(ancestor::script) and not(ancestor::*[contains(@class, 'business-review')])]"
        ).getall()
    )
    found = next((found for text in texts if (found := _TOTAL.search(text))), None)
    return int(re.sub(r"\D", "", found[1])) if found else None


def _tell_total(reading: Reading, params: Json, shown_total: int | None, where: str, seen: int) -> None:
    total = integer(at(params, "count"))
    page, pages = integer(at(params, "page")), integer(at(params, "totalPages"))
    more = page is not None and pages is not None and page < pages
    reading.total(where, shown_total if total is None else total, seen=seen, more=more)
