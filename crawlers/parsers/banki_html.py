"""`banki.html`: pages of insurance companies and brokers at banki.ru.

JSON-LD is merged into the articles below it.

Traps, met on real pages: some reviews have only the administrator's line, which is no answer; the
text stands twice, cut and in full; JSON-LD drops quotation marks and times, has no ids and no answers; "Без
оценки".
"""

import re
from dataclasses import replace
from datetime import datetime

from parsel import Selector

from crawlers.parsers.formats import schema_org
from crawlers.parsers.formats.drafts import Draft, Said, filled, merged, tell
from crawlers.parsers.formats.html import (
    attribute,
    breaks_off,
    first,
    own,
    page_of,
    shown,
    shown_first,
    tell_nothing,
)
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import identifier, link, words
from crawlers.parsers.registry import Page, parser
from domain.posts import Parsed

_SITE = "https://www.banki.ru/"
_ARTICLES = "[data-test=responses-item][data-id], article.responses__item[data-id]"
_THREAD = ".response-thread-item"


@parser("banki.html")
def parse_banki_page(page: Page) -> Parsed:
    reading = Reading(page)
    tree = page_of(page.body, reading.doubts)
    if tree is None:
        return reading.result()
    documents = schema_org.json_ld(tree, reading)
    marked = schema_org.reviews(documents, "ld+json", reading)
    articles = tree.css(_ARTICLES)
    if not marked and not articles:
        tell_nothing(tree, reading.doubts)
        return reading.result()
    drafts = [_article(article, f"article[{place}]", reading) for place, article in enumerate(articles)]
    drafts = merged(drafts, marked, _combined)
    if breaks_off(reading.doubts):  # the articles are missing, and the ids with them
        drafts = [draft for draft in drafts if draft.id]
    tell(reading, drafts)
    total, goes_on = _total(tree), _goes_on(tree)
    if total is None:
        total = schema_org.expected(documents, "ld+json")
    reading.total("responses-list", total, seen=len(articles) or len(marked), more=goes_on)
    return reading.result()


def _combined(article: Draft, marked: Draft) -> Draft:
    """JSON-LD wins what it has; of two texts the longer, of equals the page's, which keeps quotes."""
    text = marked.text if len(words(marked.text)) > len(words(article.text)) else article.text
    url = article.url or marked.url
    return filled(replace(marked, where=article.where, id=article.id, text=text, url=url), article)


def _article(article: Selector, where: str, reading: Reading) -> Draft:
    header = first(article, "[data-test=responses-header]", "a.header-h3")
    body = first(
        article,
        "[data-full]",
        "[data-test=responses-message]:not([data-preview])",
        "[data-preview]",
        "[data-test=responses-message]",
    )
    text = shown(body, without=("[data-click]",)) if body is not None else ""
    if body is not None and body.root.get("data-preview") is not None and not article.css("[data-full]"):
        reading.doubts.incomplete(where, "the page shows only the beginning of the text")
    grade = shown_first(article, "[data-test=responses-rating-grade]")
    said = tuple(_thread(article, where, reading))
    return Draft(
        where,
        id=identifier(own(article, "data-id")),
        author=shown_first(article, "[data-test=responses-author]", "[data-test=responses-user]")
        or next((one.author for one in said if not one.is_official), None),
        text=text,
        title=shown_first(article, "[data-test=responses-header]", "a.header-h3"),
        rating=reading.rating(grade, f"{where}.responses-rating-grade"),
        answered=any(one.is_official for one in said),
        published_at=_time(article, ("[data-test=responses-datetime]",), where, reading),
        url=link(own(header, "href"), reading.page.url or _SITE) if header is not None else None,
        said=said,
        raw={"status": status} if (status := shown_first(article, "[data-test=responses-status]")) else {},
    )


def _thread(article: Selector, where: str, reading: Reading) -> list[Said]:
    """What the company answered and the author added; the administrator's lines speak for the site."""
    found = []
    for place, item in enumerate(article.css(_THREAD)):
        classes = own(item, "class")
        is_company = "--company-type" in classes
        if not is_company and "--author-type" not in classes:
            continue
        body = first(item, ".thread-item__text")
        found.append(
            Said(
                shown(body) if body is not None else "",
                _time(item, ("time[datetime]", "time"), f"{where}.thread[{place}]", reading),
                author=shown_first(item, ".thread-item__user"),
                is_official=is_company,
            )
        )
    return found


def _time(node: Selector, css: tuple[str, ...], where: str, reading: Reading) -> datetime | None:
    value = attribute(node, "datetime", *css) or shown_first(node, *css)
    return reading.time(value, f"{where}.time")


def _total(page: Selector) -> int | None:
    """«1—25 из 349» below the list."""
    text = shown_first(page, ".ui-pagination__description", "[data-test*=pagination]") or ""
    found = re.search(r"из\s+(\d[\d\s]{0,9})", text)
    return int(re.sub(r"\s", "", found[1])) if found else None


def _goes_on(page: Selector) -> bool:
    """Whether the pager names a page after this one."""
    if page.css(".ui-pagination__next [data-pagination-item][href], a.ui-pagination__next[href]"):
        return True
    active = shown_first(page, ".ui-pagination__item--active")
    numbers = [shown(node) for node in page.css("[data-pagination-item]")]
    pages = [int(number) for number in numbers if number.isdecimal() and len(number) < 7]
    return bool(active and active.isdecimal() and pages and max(pages) > int(active[:7]))
