"""Reading one response: posts in its order, each once, and a diagnostic for every doubt."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from crawlers.dates import MOSCOW, parse
from crawlers.parsers.document import Doubts, Json, integer, json_of
from crawlers.parsers.formats.values import identifier, plain, stars
from crawlers.parsers.registry import Page
from domain.posts import CrawledPost, Diagnostic, DiagnosticEvent, Parsed, PostKind

_OFFSET = re.compile(r"(?:[Zz]|UTC|GMT|[+-]\d\d:?\d\d(?::?\d\d)?)\s*$")


@dataclass(slots=True)
class Reading:
    """The posts found so far and what could not be read."""

    page: Page
    doubts: Doubts = field(default_factory=Doubts)
    posts: dict[str, CrawledPost] = field(default_factory=dict)
    #: how often each id of an answer was asked for
    answers: Counter[str] = field(default_factory=Counter)

    def result(self) -> Parsed:
        told = (replace(one, where=one.where.lstrip(".")) for one in self.doubts.found)
        return Parsed(tuple(self.posts.values()), tuple(told))

    # the document

    def json(self, body: bytes | None = None) -> Json | None:
        """The document, or None with the reason among the doubts."""
        return json_of(self.page.body if body is None else body, self.doubts)

    def object(self, body: bytes | None = None) -> dict[str, Json] | None:
        """The document where it must be an object."""
        document = self.json(body)
        if document is None or isinstance(document, dict):
            return document
        self.doubts.incomplete("", "the document is not an object: not what this source gives")
        return None

    def objects(self, value: Json, where: str) -> Iterator[tuple[dict[str, Json], str]]:
        """The objects of a list that must be there, each with its place."""
        if not isinstance(value, list):
            self.doubts.incomplete(where, "there is no list here: not what this source gives")
            return
        for place, item in enumerate(value):
            if isinstance(item, dict):
                yield item, f"{where}[{place}]"
            else:
                self.doubts.skipped(f"{where}[{place}]", "not an object")

    # fields

    def id(self, value: Json, where: str) -> str | None:
        found = identifier(value)
        if found is None:
            self.doubts.skipped(where, "no id: the post cannot be told from others")
        return found

    def text(self, value: Json, where: str) -> str:
        """The text as a reader sees it; empty when there is none."""
        if value is None or isinstance(value, str):
            return plain(value or "")
        self.doubts.skipped(where, "the text is not a string: the post is kept without it")
        return ""

    def rating(self, value: Json, where: str, best: Json = None, worst: Json = None) -> int | None:
        found = stars(value, best, worst)
        if found is None and value is not None and value not in (0, "0", "", -1, "Без оценки"):
            self.doubts.skipped(where, "not a rating: the post is kept without it")
        return found

    def time(
        self, value: Json, where: str, *, zone: ZoneInfo | None = MOSCOW, must: bool = True
    ) -> datetime | None:
        """The moment, or None; a doubt unless it is simply absent and need not be there (`must`).

        `zone` is what a time without an offset means; None: nobody knows, so such a time is left out.
        """
        if value is None or value == "":
            if must:
                self.doubts.skipped(where, "no date: the post is kept without one")
            return None
        found = self._moment(value, zone)
        if found is None:
            self.doubts.skipped(where, self._why_no_time(value, zone))
        return found

    def _moment(self, value: Json, zone: ZoneInfo | None) -> datetime | None:
        if isinstance(value, int | float) and not isinstance(value, bool) and integer(int_of(value)) is None:
            return None
        if zone is None and isinstance(value, str) and not _is_absolute(value):
            return None
        try:
            found = parse(value, fetched_at=self.page.fetched_at, zone=zone or MOSCOW)
        except (ValueError, OverflowError, ArithmeticError):  # what dateparser lets through on odd numbers
            return None
        return found if found is not None and 1990 <= found.year <= 2100 else None

    def _why_no_time(self, value: Json, zone: ZoneInfo | None) -> str:
        if zone is None and isinstance(value, str) and not _is_absolute(value):
            return "a time without an offset, and nobody knows its zone: the post is kept without it"
        if self.page.fetched_at is None:
            return "no readable date, or a relative one and no time of fetching: the post is kept without it"
        return "no readable date: the post is kept without one"

    # posts

    def review(self, where: str, external_id: str, **fields: Any) -> bool:
        """Add a review; False (and a doubt) where it stands in the response already."""
        return self.add(where, CrawledPost(kind=PostKind.REVIEW, external_id=external_id, **fields))

    def answer(
        self, where: str, review_id: str, text: str, *, own_id: str | None = None, **fields: Any
    ) -> bool:
        """Add the company's answer to the review before it. Several to one review are numbered."""
        external_id = own_id if own_id and own_id != review_id else f"{review_id}/answer"
        self.answers[external_id] += 1
        if own_id is None and (again := self.answers[external_id]) > 1:
            external_id = f"{external_id}/{again}"
        return self.add(
            where,
            CrawledPost(
                kind=PostKind.ANSWER,
                external_id=external_id,
                parent_id=review_id,
                root_id=review_id,
                reply_to=review_id,
                is_official=True,
                text=text,
                **fields,
            ),
        )

    def add(self, where: str, post: CrawledPost) -> bool:
        if post.external_id in self.posts:
            self.doubts.skipped(
                where, f"{post.external_id} stands in the response twice; the first was taken"
            )
            return False
        self.posts[post.external_id] = post
        return True

    # counts

    def reviews_found(self) -> int:
        return sum(1 for post in self.posts.values() if post.kind is PostKind.REVIEW)

    def total(self, where: str, value: Json, *, seen: int | None = None, more: bool = False) -> None:
        """Tell how many the source counts, how many were found, and whether the list goes on.

        `seen`: how many stood in the list, readable or not; what was skipped is told already.
        """
        expected, found = integer(value), self.reviews_found()
        if expected is not None and expected < 0:
            expected = None
        self.doubts.found.append(
            Diagnostic(
                event=DiagnosticEvent.COUNT, expected=expected, found=found, where=where, reason="reviews"
            )
        )
        if more or (expected is not None and expected > max(found, seen or 0)):
            self.doubts.incomplete(where, "the list goes on beyond this page", expected=expected, found=found)


def int_of(value: float) -> int | None:
    """A number as a whole one, where it can be."""
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None


def _is_absolute(value: str) -> bool:
    return _OFFSET.search(value) is not None or value.strip().isdecimal()


def has_key(items: Collection[Json], key: str) -> bool:
    """Whether any object of the list has the field: without it nobody can tell "no" from "not asked for"."""
    return any(isinstance(item, dict) and key in item for item in items)
