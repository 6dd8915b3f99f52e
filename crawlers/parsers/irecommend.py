"""`irecommend`: a product's list of reviews or the page of one, by their markup.

Not verified against the live site. It has no mark for a company's answer that we know of: `answered` is
unknown.
"""

import re

from parsel import Selector

from crawlers.parsers.formats.drafts import Draft, tell
from crawlers.parsers.formats.html import attribute, first, own, page_of, shown, shown_first, tell_nothing
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import identifier, link, stars
from crawlers.parsers.registry import Page, parser
from domain.posts import Parsed

_SITE = "https://irecommend.ru/"
_BODY = ("[itemprop=reviewBody]", "div.description.hasinlineimage")


@parser("irecommend")
def parse_irecommend(page: Page) -> Parsed:
    reading = Reading(page)
    tree = page_of(page.body, reading.doubts)
    if tree is None:
        return reading.result()
    cards = tree.css("ul.list-comments li[data-nid]")
    if tree.css("h1.not-found-title"):
        reading.doubts.refused("h1", "the site says that there is no such page")
    elif cards:
        tell(reading, [_card(card, f"li[{place}]", reading) for place, card in enumerate(cards)])
        reading.doubts.incomplete("li", "a list shows the beginnings of texts: read the pages of the reviews")
        reading.total("li", None, more=bool(tree.css("li.pager-last a, li.pager-next a")))
    elif first(tree, *_BODY) is not None:
        tell(reading, [_review(tree, reading)])
        reading.total("html", None)
    else:
        tell_nothing(tree, reading.doubts)
    return reading.result()


def _card(card: Selector, where: str, reading: Reading) -> Draft:
    teaser = first(card, ".reviewTextSnippet", ".reviewTeaserText")
    date = attribute(card, "content", "meta[itemprop=datePublished]") or shown_first(
        card, ".created", ".dtreviewed"
    )
    return Draft(
        where,
        id=identifier(own(card, "data-nid")),
        author=shown_first(card, ".authorName", "[itemprop=author]"),
        text=shown(teaser, without=("a.more", ".more")) if teaser is not None else "",
        title=shown_first(card, ".reviewTitle"),
        rating=_rating(card),
        published_at=reading.time(date, f"{where}.created", must=False),
        url=link(attribute(card, "href", ".reviewTitle a", "a.more"), _SITE),
    )


def _review(page: Selector, reading: Reading) -> Draft:
    body = first(page, *_BODY)
    date = attribute(page, "content", "meta[itemprop=datePublished]") or shown_first(page, ".dtreviewed")
    url = link(attribute(page, "href", "link[rel=canonical]"), _SITE) or link(reading.page.url)
    return Draft(
        "html",
        id=_number(page) or url,
        author=shown_first(page, "[itemprop=author] [itemprop=name]", "[itemprop=author]", ".reviewer a"),
        text=shown(body) if body is not None else "",
        title=shown_first(page, "h2.reviewTitle"),
        rating=_rating(page),
        published_at=reading.time(date, "html.datePublished"),
        url=url,
    )


def _number(page: Selector) -> str | None:
    """The node's number: in the short link, in the body's class, or at the element itself."""
    short = attribute(page, "href", "link[rel=shortlink]") or ""
    found = re.search(r"/node/(\d{1,12})$", short) or re.search(
        r"page-node-(\d{1,12})\b", attribute(page, "class", "body") or ""
    )
    return found[1] if found else attribute(page, "data-nid", "[data-nid]")


def _rating(node: Selector) -> int | None:
    value = attribute(node, "content", "meta[itemprop=ratingValue]") or shown_first(
        node, "[itemprop=ratingValue]"
    )
    if value:
        return stars(value)
    full = len(node.css(".fivestarWidgetStatic .star .on"))
    return full if 1 <= full <= 5 else None
