"""What a kind of site has to tell: where its list begins, which parser reads it, where it goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from domain.posts import CrawledPost, DiagnosticEvent, Parsed

Options = dict[str, Any]  # source.settings


@dataclass(frozen=True, slots=True)
class Turn:
    """One page of the list, read: what the address of the next is told by.

    `number` counts from 1; `seen`: different reviews on this and all pages before.
    """

    options: Options
    url: str
    number: int
    seen: int
    body: bytes
    parsed: Parsed


def keep_all(_: Options, posts: tuple[CrawledPost, ...]) -> tuple[CrawledPost, ...]:
    return posts


@dataclass(frozen=True, slots=True)
class Site:
    #: the kind of parser, as in `otklik parse`
    parser: str
    first: Callable[[Options], str]
    #: the address of the page after this one; None at the end
    following: Callable[[Turn], str | None]
    #: which of a page's posts are about the company
    wanted: Callable[[Options, tuple[CrawledPost, ...]], tuple[CrawledPost, ...]] = keep_all


def address(site: str, path: str, **parameters: str | int) -> str:
    query = f"?{urlencode(parameters)}" if parameters else ""
    return f"{site.rstrip('/')}{path}{query}"


def told_total(parsed: Parsed) -> int | None:
    """How many reviews the source says there are, on all pages together."""
    counts = (d.expected for d in parsed.diagnostics if d.event is DiagnosticEvent.COUNT)
    return next((count for count in counts if count is not None), None)


def told_more(parsed: Parsed) -> bool:
    """Whether the page itself says that the list goes on."""
    return any(d.event is DiagnosticEvent.INCOMPLETE and d.reason == GOES_ON for d in parsed.diagnostics)


#: The doubt of a parser about a page that is whole and not the last.
GOES_ON = "the list goes on beyond this page"


def has_more(turn: Turn) -> bool:
    """Whether a numbered list goes on after this page: by its total, else by its own word."""
    if not turn.parsed.posts:
        return False
    total = told_total(turn.parsed)
    return turn.seen < total if total is not None else told_more(turn.parsed)
