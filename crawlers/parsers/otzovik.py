"""`otzovik`: a list of reviews or the page of one, by their markup. Not verified against the live site.

A list shows the beginnings of texts only. The company answers in comments from an account with the mark of an
official representative: one that shows it counts; without any, nobody knows (comments load in parts).
"""

import re
from datetime import datetime

from parsel import Selector

from crawlers.parsers.formats.drafts import Draft, Said, tell
from crawlers.parsers.formats.html import attribute, first, page_of, shown, shown_first, tell_nothing
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import link, stars
from crawlers.parsers.registry import Page, parser
from domain.posts import Parsed

_SITE = "https://otzovik.com/"
_REVIEW = re.compile(r"/review_(\d{1,15})\.html")
_BODY = "[itemprop=description], [itemprop=reviewBody], .review-body"
_LABELS = re.compile(r"^(Достоинства|Недостатки|Плюсы|Минусы)\s*:?\s*", re.IGNORECASE)


@parser("otzovik")
def parse_otzovik(page: Page) -> Parsed:
    reading = Reading(page)
    tree = page_of(page.body, reading.doubts)
    if tree is None:
        return reading.result()
    cards = tree.css("div.item[itemprop=review], [itemprop=review].item")
    if cards:
        tell(reading, [_card(card, f"item[{place}]", reading) for place, card in enumerate(cards)])
        reading.doubts.incomplete(
            "item", "a list shows the beginnings of texts: read the pages of the reviews"
        )
        reading.total("item", None, more=bool(tree.css("a.pager-item.next, a.next.tooltip-top")))
    elif tree.css(".review-body, .review-plus, .review-minus"):
        tell(reading, [_review(tree, reading)])
        reading.total("html", None)
    else:
        tell_nothing(tree, reading.doubts)
    return reading.result()


def _card(card: Selector, where: str, reading: Reading) -> Draft:
    url = link(
        attribute(card, "content", "meta[itemprop=url]") or attribute(card, "href", "a.review-title"), _SITE
    )
    teaser = first(card, ".review-teaser", _BODY)
    return Draft(
        where,
        id=_number(url),
        author=shown_first(card, ".user-login", "[itemprop=author] [itemprop=name]"),
        text=_text(card, shown(teaser, without=("a.review-read-link",)) if teaser is not None else ""),
        title=shown_first(card, ".review-title", "[itemprop=name]"),
        rating=_rating(card),
        published_at=_time(card, where, reading),
        url=url,
    )


def _review(page: Selector, reading: Reading) -> Draft:
    canonical = attribute(page, "href", "link[rel=canonical]") or attribute(
        page, "content", "meta[property='og:url']", "meta[itemprop=url]"
    )
    url = link(canonical, _SITE) if _number(canonical) else link(reading.page.url)
    body = first(page, ".review-body.description", _BODY)
    comments = tuple(_said(page, reading))
    return Draft(
        "html",
        id=_number(url),
        author=shown_first(page, ".user-login", "[itemprop=author] [itemprop=name]"),
        text=_text(page, shown(body) if body is not None else ""),
        title=shown_first(page, "h1"),
        rating=_rating(page),
        published_at=_time(page, "html", reading),
        url=url,
        said=comments,
    )


def _number(url: str | None) -> str | None:
    found = _REVIEW.search(url or "")
    return found[1] if found else None


def _text(node: Selector, body: str) -> str:
    parts = []
    for css, label in ((".review-plus", "Достоинства"), (".review-minus", "Недостатки")):
        if said := _LABELS.sub("", shown_first(node, css) or ""):
            parts.append(f"{label}: {said}")
    return "\n".join([*parts, body] if body else parts)


def _rating(node: Selector) -> int | None:
    """«Общий рейтинг: 4» in a title, or microdata."""
    title = (attribute(node, "title", ".product-rating") or "")[:100]
    found = re.search(r"([\d.,]+)\s*$", title)
    return (
        stars(found[1].strip(".,"))
        if found
        else stars(attribute(node, "content", "meta[itemprop=ratingValue]"))
    )


def _time(node: Selector, where: str, reading: Reading) -> datetime | None:
    value = (
        attribute(node, "title", ".review-postdate abbr", "abbr.value")
        or attribute(node, "content", "meta[itemprop=datePublished]")
        or shown_first(node, ".review-postdate")
    )
    return reading.time(value, f"{where}.review-postdate")


def _said(page: Selector, reading: Reading) -> list[Said]:
    """Comments from accounts marked as the company's official representative."""
    found = []
    for place, comment in enumerate(page.css("[itemprop=comment], .comment")):
        is_marked = comment.css("[class*=official], [class*=representative], [title*=представитель]")
        body = first(comment, ".comment-body", ".comment-text", "[itemprop=text]")
        if is_marked and body is not None and shown(body):
            date = attribute(comment, "title", ".comment-postdate abbr") or shown_first(
                comment, ".comment-postdate", ".comment-date"
            )
            at = reading.time(date, f"comment[{place}]", must=False)
            found.append(Said(shown(body), at, author=shown_first(comment, ".user-login")))
    return found
