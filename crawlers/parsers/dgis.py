"""`2gis` and `flamp`: reviews of branches by the API of 2GIS and by that of Flamp.

Traps: a blocked key is a 403 inside HTTP 200; the call for an organisation mixes its branches; rows of
another `provider` are copies of what Flamp and others hold: they are left out, and that is said; times carry
the offset of the branch, and one without it means a zone nobody knows. Without official_answer in any row
(`fields`, scopes) nobody can tell whether the company answered.
"""

import re

from crawlers.parsers.document import Json, integer
from crawlers.parsers.formats.reading import Reading, has_key
from crawlers.parsers.formats.values import at, identifier, kept, link, name, objects, string
from crawlers.parsers.registry import Page, parser
from domain.posts import Parsed

_BRANCH = re.compile(r"/branches/(\d{1,25})/")
_KEPT = [
    "rating",
    "comments_count",
    "likes_count",
    "likes_score",
    "is_hidden",
    "hiding_reason",
    "is_verified",
    "is_rated",
    "provider",
]


@parser("2gis")
def parse_2gis(page: Page) -> Parsed:
    return _parse(Reading(page), own_provider="2gis")


@parser("flamp")
def parse_flamp(page: Page) -> Parsed:
    return _parse(Reading(page), own_provider="flamp")


def _parse(reading: Reading, own_provider: str) -> Parsed:
    document = reading.object()
    if document is None or _told_refusal(document, reading):
        return reading.result()
    meta = at(document, "meta") or {}
    items = document.get("reviews", at(document, "result", "reviews"))
    branch = _BRANCH.search(reading.page.url or "")
    tells_answers = isinstance(items, list) and has_key(items, "official_answer")
    for item, where in reading.objects(items, "reviews"):
        provider = string(item.get("provider"))
        if provider and provider.casefold() != own_provider:
            reading.doubts.skipped(where, f"imported from {provider}: that source has it")
        elif branch and (other := identifier(at(item, "object", "id"))) and other != branch[1]:
            reading.doubts.skipped(where, f"a review of another branch, {other}")
        else:
            _review(reading, item, where, tells_answers)
    if isinstance(items, list):
        next_link = document.get("next_link") or at(meta, "next_link")
        total = at(meta, "total_count")
        reading.total("reviews", total, seen=len(items), more=bool(items) and bool(string(next_link)))
    return reading.result()


def _told_refusal(document: dict[str, Json], reading: Reading) -> bool:
    """Whether the answer is an error, which both APIs send with HTTP 200."""
    for where, told in (("meta", document.get("meta")), ("", document)):
        code = integer(at(told, "code")) or integer(at(told, "status"))
        error = at(told, "error")
        if (code is not None and code >= 400) or (error and "reviews" not in document):
            words = at(error, "message") or at(error, "type") or error or at(told, "message") or ""
            reading.doubts.refused(where, f"the API refused: {code or ''} {str(words)[:200]}".strip())
            return True
    return False


def _review(reading: Reading, item: dict[str, Json], where: str, tells_answers: bool) -> None:
    number = reading.id(item.get("id"), f"{where}.id")
    if number is None:
        return
    answer = item.get("official_answer")
    words = string(at(answer, "text"))
    created = item.get("date_created")
    url = link(item.get("url"))
    edited = item.get("date_edited")
    was_added = reading.review(
        where,
        number,
        author=name(at(item, "user", "name")) or name(at(item, "user", "first_name")),
        author_id=identifier(at(item, "user", "public_id")) or identifier(at(item, "user", "id")),
        text=reading.text(item.get("text"), f"{where}.text"),
        rating=reading.rating(item.get("rating"), f"{where}.rating"),
        answered=bool(answer) if tells_answers and (answer is None or isinstance(answer, dict)) else None,
        published_at=reading.time(created, f"{where}.date_created", zone=None),
        edited_at=reading.time(edited, f"{where}.date_edited", zone=None, must=False)
        if edited != created
        else None,
        attachments=("photo",) * len(objects(item.get("photos"))),
        url=url,
        raw=kept(item, *_KEPT) | {"object": kept(at(item, "object"), "id", "type")},
    )
    if was_added and words:
        place = f"{where}.official_answer"
        reading.answer(
            place,
            number,
            reading.text(words, place),
            own_id=identifier(at(answer, "id")),
            author=name(at(answer, "org_name")) or name(at(answer, "user", "name")),
            published_at=reading.time(
                at(answer, "date_created"), f"{place}.date_created", zone=None, must=False
            ),
            url=url,
        )
