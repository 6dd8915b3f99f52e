"""What a crawl or an import brings in: posts as the source tells them, and what could not be seen."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class PostKind(StrEnum):
    #: a wall post, a topic: what other posts hang under
    POST = "post"
    COMMENT = "comment"
    REVIEW = "review"
    #: official, and said to a customer
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawledPost:
    """One post as a parser took it from a response. Fields as in `otklik parse` (docs/contracts).

    `author_id` is the source's own id: it is hashed before it is stored. Times are aware or None;
    None means the source did not tell, and is never filled in.
    """

    kind: PostKind
    external_id: str
    parent_id: str | None = None
    #: the post at the top of the tree; None for a root itself
    root_id: str | None = None
    reply_to: str | None = None
    author: str | None = None
    author_id: str | None = None
    is_official: bool = False
    text: str = ""
    rating: int | None = None
    answered: bool | None = None
    published_at: datetime | None = None
    edited_at: datetime | None = None
    deleted: bool = False
    attachments: tuple[str, ...] = ()
    url: str | None = None
    #: the source's own payload, already without personal fields nobody needs; stored beside the post
    raw: dict[str, Any] = field(default_factory=dict)

    @property
    def thread_id(self) -> str:
        """External id of the root this post belongs to."""
        return self.root_id or self.external_id


class DiagnosticEvent(StrEnum):
    #: how many the page says there are, and how many were found
    COUNT = "count"
    #: one item was left out, with the reason
    SKIPPED = "skipped"
    #: the response does not hold everything (a thread cut at 10 replies, a next page)
    INCOMPLETE = "incomplete"
    #: the answer is an error, a captcha or a bot wall
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """What a parser has to say beside the posts, so that "none" is never confused with "not looked"."""

    event: DiagnosticEvent
    reason: str
    expected: int | None = None
    found: int | None = None
    #: path in the document, as `response.items[3].date`
    where: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The result of one parser over one response, in the response's order."""

    posts: tuple[CrawledPost, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not any(
            d.event in (DiagnosticEvent.SKIPPED, DiagnosticEvent.INCOMPLETE, DiagnosticEvent.REFUSED)
            for d in self.diagnostics
        )
