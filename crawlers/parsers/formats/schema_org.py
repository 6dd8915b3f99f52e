"""Reviews marked up with schema.org: JSON-LD first, microdata second.

Traps, met on real pages: raw line breaks inside JSON strings; the author as a string or a Person; the text in
`description`; dates as "04.01.2023"; worstRating "0"; microdata without date and rating. schema.org has no
mark for the company's answer: `answered` is unknown unless the comment's author is among the official
accounts.
"""

from collections.abc import Iterator

from extruct.jsonld import JsonLdExtractor
from extruct.w3cmicrodata import MicrodataExtractor
from lxml import etree
from parsel import Selector

from crawlers.parsers.document import Json, integer
from crawlers.parsers.formats.drafts import Draft, Said
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, identifier, kept, link, name, objects, plain, string

#: What extruct lets through on broken markup.
_BROKEN = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    etree.LxmlError,
    RecursionError,
)
#: Microdata is read by set operations over all items: quadratic, so bounded.
_MAX_ITEMS = 5_000
_REVIEWS = {"Review", "UserReview", "CriticReview", "EmployerReview", "ClaimReview"}


def json_ld(page: Selector, reading: Reading) -> list[Json]:
    """The JSON-LD documents of the page; a broken one is a doubt and costs only itself."""
    found: list[Json] = []
    for place, script in enumerate(page.xpath('//script[@type="application/ld+json"]')):
        try:
            found.extend(JsonLdExtractor().extract_items(script.root))
        except _BROKEN as error:
            reading.doubts.skipped(f"ld+json[{place}]", f"broken JSON-LD: {type(error).__name__}")
    return found


def microdata(page: Selector, reading: Reading) -> list[Json]:
    """The microdata items of the page in the shape of JSON-LD."""
    amount = integer(int(float(page.xpath("count(//*[@itemscope])").get() or 0))) or 0
    if amount == 0:
        return []
    if amount > _MAX_ITEMS:
        reading.doubts.incomplete("microdata", "too many items to read", expected=amount, found=0)
        return []
    try:
        items = MicrodataExtractor().extract_items(page.root, reading.page.url)
    except _BROKEN as error:
        reading.doubts.skipped("microdata", f"broken microdata: {type(error).__name__}")
        return []
    return [_plain_item(item) for item in items]


def _plain_item(item: Json, depth: int = 0) -> Json:
    """`{type, properties}` as `{"@type": …}` with the properties beside it."""
    if isinstance(item, list):
        return [_plain_item(inner, depth + 1) for inner in item]
    if not isinstance(item, dict) or depth > 20:
        return item
    properties = item.get("properties")
    inner = properties if isinstance(properties, dict) else {}
    return {
        "@type": item.get("type"),
        "@id": item.get("id"),
        **{k: _plain_item(v, depth + 1) for k, v in inner.items()},
    }


def nodes(documents: Json, where: str) -> Iterator[tuple[dict[str, Json], str]]:
    """Every object inside, outermost first, each with its path; in the document's order."""
    todo: list[tuple[Json, str]] = [(documents, where)]
    while todo:
        value, place = todo.pop()
        if isinstance(value, dict):
            yield value, place
            inner = [(v, f"{place}.{k}") for k, v in value.items() if isinstance(v, dict | list)]
        elif isinstance(value, list):
            inner = [(v, f"{place}[{n}]") for n, v in enumerate(value) if isinstance(v, dict | list)]
        else:
            continue
        todo.extend(reversed(inner))


def is_a(node: dict[str, Json], names: set[str]) -> bool:
    """Whether the node is of one of these types, written `Review` or `http://schema.org/Review`."""
    types = node.get("@type")
    listed = types if isinstance(types, list) else [types]
    return any(isinstance(one, str) and one.rstrip("/").rpartition("/")[2] in names for one in listed)


def reviews(documents: Json, where: str, reading: Reading) -> list[Draft]:
    """The reviews among the documents, at whatever depth."""
    return [_draft(node, place, reading) for node, place in nodes(documents, where) if is_a(node, _REVIEWS)]


def expected(documents: Json, where: str) -> int | None:
    """How many reviews the page says there are (aggregateRating.reviewCount)."""
    counts = (
        integer(node.get("reviewCount"))
        for node, _ in nodes(documents, where)
        if is_a(node, {"AggregateRating"}) and node.get("reviewCount") is not None
    )
    return max((count for count in counts if count is not None and count >= 0), default=None)


def _draft(node: dict[str, Json], where: str, reading: Reading) -> Draft:
    rating = _one(node.get("reviewRating"))
    rated = rating if isinstance(rating, dict) else {"ratingValue": rating}
    body = next(
        (found for key in ("reviewBody", "description", "text") if (found := string(_one(node.get(key))))), ""
    )
    place = f"{where}.reviewRating.ratingValue"
    value = _one(rated.get("ratingValue"))
    said = tuple(_said(node.get("comment"), reading, where))
    return Draft(
        where,
        id=_id(node),
        author=_name(node.get("author")),
        text=plain(body),
        title=name(_one(node.get("name")) or _one(node.get("headline"))),
        rating=reading.rating(value, place, _one(rated.get("bestRating")), _one(rated.get("worstRating"))),
        published_at=reading.time(
            _one(node.get("datePublished")) or _one(node.get("dateCreated")),
            f"{where}.datePublished",
            must=False,
        ),
        edited_at=reading.time(_one(node.get("dateModified")), f"{where}.dateModified", must=False),
        url=link(_one(node.get("url")), reading.page.url),
        said=said,
        raw=kept(node, "identifier", "inLanguage"),
    )


def _id(node: dict[str, Json]) -> str | None:
    for key in ("identifier", "@id", "url"):
        value = _one(node.get(key))
        if found := identifier(at(value, "value") if isinstance(value, dict) else value):
            return found
    return None


def _said(value: Json, reading: Reading, where: str) -> Iterator[Said]:
    for place, comment in enumerate(objects(value)):
        author = _name(comment.get("author"))
        yield Said(
            plain(string(_one(comment.get("text"))) or string(_one(comment.get("description"))) or ""),
            reading.time(
                _one(comment.get("datePublished")) or _one(comment.get("dateCreated")),
                f"{where}.comment[{place}].datePublished",
                must=False,
            ),
            author=author,
            id=_id(comment),
            is_official=author is not None and author in reading.page.official,
        )


def _one(value: Json) -> Json:
    """The first of several values: microdata repeats what a page prints twice."""
    return next((one for one in value if one), None) if isinstance(value, list) else value


def _name(value: Json) -> str | None:
    one = _one(value)
    return name(_one(one.get("name")) if isinstance(one, dict) else one)
