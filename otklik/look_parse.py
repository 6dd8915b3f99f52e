"""`otklik parse`: what a parser takes from one saved response, as docs/contracts fixes it."""

import json
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any, Protocol, TextIO, TypeVar

from domain.posts import CrawledPost, Diagnostic, DiagnosticEvent, Parsed

COMPLETE, INCOMPLETE, REFUSED = 0, 3, 4

T = TypeVar("T")


class Parse(Protocol):
    """`crawlers.parsers.parse`, handed in by the command line: this package does not know the crawlers."""

    def __call__(
        self,
        kind: str,
        body: bytes,
        *,
        url: str | None = None,
        fetched_at: datetime | None = None,
        official: Collection[str] = (),
    ) -> Parsed: ...


def run(
    parse: Parse,
    kind: str,
    body: bytes,
    *,
    url: str | None,
    fetched_at: datetime | None,
    official: Collection[str],
    out: TextIO,
    err: TextIO,
) -> int:
    """Print posts to `out` and diagnostics to `err`, JSON lines in order; returns the exit status.

    0 complete, 3 something was skipped or incomplete, 4 the answer is a refusal.
    Raises BadInput for an unknown kind (exit status 2 is the command line's).
    """
    parsed = parse(kind, body, url=url, fetched_at=fetched_at, official=official)
    _print(out, parsed.posts, post_line)
    _print(err, parsed.diagnostics, diagnostic_line)
    return status(parsed)


def status(parsed: Parsed) -> int:
    if any(d.event is DiagnosticEvent.REFUSED for d in parsed.diagnostics):
        return REFUSED
    return COMPLETE if parsed.is_complete else INCOMPLETE


def post_line(post: CrawledPost) -> dict[str, Any]:
    """The fields of the contract; `raw` and `root_id` are the store's business."""
    return {
        "kind": post.kind.value,
        "external_id": post.external_id,
        "parent_id": post.parent_id,
        "reply_to": post.reply_to,
        "author": post.author,
        "author_id": post.author_id,
        "is_official": post.is_official,
        "text": post.text,
        "rating": post.rating,
        "answered": post.answered,
        "published_at": _iso(post.published_at),
        "edited_at": _iso(post.edited_at),
        "deleted": post.deleted,
        "attachments": list(post.attachments),
        "url": post.url,
    }


def diagnostic_line(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "event": diagnostic.event.value,
        "expected": diagnostic.expected,
        "found": diagnostic.found,
        "where": diagnostic.where,
        "reason": diagnostic.reason,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _print(to: TextIO, items: Iterable[T], line: Callable[[T], dict[str, Any]]) -> None:
    for item in items:
        to.write(json.dumps(line(item), ensure_ascii=False) + "\n")
