"""What Facebook's Graph API wraps around its items: lists, single objects, objects by id, batches, errors.

Ids are missing under public-content access: permalink_url has them, in the shape the API writes itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from crawlers.parsers.document import Doubts, Json, integer, json_of
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import at, identifier, string
from domain.posts import DiagnosticEvent

_NODE = re.compile(r"[A-Za-z0-9]*\d[A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
_VERSION = re.compile(r"v\d{1,3}\.\d{1,3}")


@dataclass(slots=True)
class Listed:
    """Items with their places, the total the API tells, and where the list goes on."""

    items: list[tuple[dict[str, Json], str]] = field(default_factory=list)
    total: int | None = None
    goes_on: list[str] = field(default_factory=list)
    #: addresses of the pages before and after: they name the edge that was asked
    pages: list[str] = field(default_factory=list)


def listed_of(reading: Reading) -> Listed | None:
    """The items of an answer; None (and the reason among the doubts) where there is none."""
    document = reading.json()
    if document is None:
        return None
    found = Listed()
    if isinstance(document, list) and any(isinstance(part, dict) and "body" in part for part in document):
        return found if _unbatched(document, found, reading) else None
    return found if _taken(document, "", found, reading.doubts) else None


def refusal(document: Json) -> str | None:
    """The API's own words of refusal, or None."""
    error = at(document, "error")
    if error is None:
        return None
    numbers = "/".join(
        str(n) for key in ("code", "error_subcode") if (n := integer(at(error, key))) is not None
    )
    return f"Facebook error {numbers}: {str(at(error, 'message') or error)[:200]}"


def _unbatched(parts: list[Json], found: Listed, reading: Reading) -> bool:
    """Read every part of a batch. One that failed is incomplete; where all failed, it is a refusal."""
    told: list[Doubts] = []
    for number, part in enumerate(parts):
        where = f"[{number}]"
        quiet = Doubts()
        if part is None:
            quiet.incomplete(where, "this part of the batch timed out: null")
        else:
            body = at(part, "body")
            document = json_of(body.encode("utf-8", "replace"), quiet) if isinstance(body, str) else body
            if document is None and not quiet.found:
                quiet.incomplete(f"{where}.body", "this part of the batch has no body")
            elif document is not None:
                _taken(document, f"{where}.body", found, quiet)
        told.append(quiet)
    doubts = [one for quiet in told for one in quiet.found]
    refused = [one for one in doubts if one.event is DiagnosticEvent.REFUSED]
    if refused and len(refused) == len(parts):
        reading.doubts.found.extend(refused)
        return False
    for one in doubts:
        if one.event is DiagnosticEvent.REFUSED:
            reading.doubts.incomplete(one.where, one.reason)
        else:
            reading.doubts.found.append(one)
    return True


def _taken(document: Json, where: str, found: Listed, doubts: Doubts) -> bool:
    """Add the items of one answer. False, and a doubt, where there is no answer inside."""
    if (words := refusal(document)) is not None:
        doubts.refused(f"{where}.error".lstrip("."), words)
        return False
    place = f"{where}.data".lstrip(".")
    if isinstance(document, dict) and "data" in document:
        return _take_list(document["data"], place, document, found, doubts)
    if isinstance(document, list):
        return _take_list(document, where, {}, found, doubts)
    if isinstance(document, dict) and ("id" in document or "created_time" in document):
        found.items.append((document, where))
        return True
    if (
        isinstance(document, dict)
        and document
        and all(_is_node(key, value) for key, value in document.items())
    ):
        found.items.extend((value, f"{where}.{key}".lstrip(".")) for key, value in document.items())
        return True
    doubts.incomplete(place, "there is no list here: not what this source gives")
    return False


def _is_node(key: str, value: Json) -> bool:
    return isinstance(value, dict) and _NODE.fullmatch(key) is not None


def _take_list(items: Json, where: str, holder: dict[str, Json], found: Listed, doubts: Doubts) -> bool:
    if not isinstance(items, list):
        doubts.incomplete(where, "there is no list here: not what this source gives")
        return False
    for number, item in enumerate(items):
        if isinstance(item, dict):
            found.items.append((item, f"{where}[{number}]"))
        else:
            doubts.skipped(f"{where}[{number}]", "not an object")
    if (total := integer(at(holder, "summary", "total_count"))) is not None and total >= 0:
        found.total = (found.total or 0) + total
    if string(at(holder, "paging", "next")):
        found.goes_on.append(where)
    found.pages.extend(url for key in ("next", "previous") if (url := string(at(holder, "paging", key))))
    return True


def tell_total(reading: Reading, found: Listed, amount: int, what: str, where: str = "data") -> None:
    """The count, and every list that goes on; an empty page may still have a next one."""
    if found.total is not None:
        reading.doubts.count(where, expected=found.total, found=amount, reason=what)
    for place in found.goes_on:
        reading.doubts.incomplete(place, "the list goes on: paging.next", expected=found.total, found=amount)
    if not found.goes_on and found.total is not None and found.total > amount:
        reading.doubts.incomplete(
            where, "the API counts more than it shows", expected=found.total, found=amount
        )


def nested(
    item: dict[str, Json], key: str, where: str, reading: Reading
) -> Iterator[tuple[dict[str, Json], str]]:
    """The items of a list inside an item; that it goes on is told."""
    inner = item.get(key)
    if inner is None:
        return
    yield from reading.objects(at(inner, "data"), f"{where}.{key}.data")
    if string(at(inner, "paging", "next")):
        reading.doubts.incomplete(f"{where}.{key}", "the list goes on: paging.next")


@dataclass(frozen=True, slots=True)
class Link:
    """What a permalink tells: ids of the page, the post, the comment, the reply."""

    page: str | None = None
    post: str | None = None
    comment: str | None = None
    reply: str | None = None

    @property
    def post_id(self) -> str | None:
        """As the API writes it: `{page}_{post}`."""
        return f"{self.page}_{self.post}" if self.page and self.post else None

    @property
    def comment_id(self) -> str | None:
        """As the API writes it: `{post}_{comment}`, replies alike."""
        number = self.reply or self.comment
        return f"{self.post}_{number}" if self.post and number else None

    @property
    def top_id(self) -> str | None:
        """The comment a reply stands under."""
        return f"{self.post}_{self.comment}" if self.post and self.comment and self.reply else None


def link_of(url: Json) -> Link:
    found = string(url)
    if found is None or len(found) > 2000:
        return Link()
    try:
        parts = urlsplit(found)
        query = parse_qs(parts.query)
    except ValueError:
        return Link()
    segments = [part for part in parts.path.split("/") if part]
    numbered = [part for part in segments if part.isdecimal() or part.startswith("pfbid")]
    page = segments[0] if segments and segments[0].isdecimal() and len(segments) > 1 else None
    post = next(
        (one for key in ("story_fbid", "fbid", "v") if (one := identifier(at(query.get(key), 0)))), None
    )
    if post is None and numbered and not (len(numbered) == 1 and numbered[0] == page):
        post = numbered[-1]
    return Link(
        identifier(at(query.get("id"), 0)) or page,
        post,
        identifier(at(query.get("comment_id"), 0)),
        identifier(at(query.get("reply_comment_id"), 0)),
    )


def asked_node(url: str | None) -> str | None:
    """The object an API call was about: `…/v25.0/19292868552_1015/comments` -> `19292868552_1015`."""
    try:
        segments = [part for part in urlsplit(url or "").path.split("/") if part]
    except ValueError:
        return None
    segments = segments[1:] if segments and _VERSION.fullmatch(segments[0]) else segments
    return segments[0] if segments and _NODE.fullmatch(segments[0]) else None


def pages_of(reading: Reading) -> frozenset[str]:
    """Ids of the accounts that speak for the company, as far as the call itself tells."""
    node = asked_node(reading.page.url)
    page = node.partition("_")[0] if node and node.replace("_", "").isdecimal() else None
    return reading.page.official | ({page} if page else set())
