"""Which parser reads which kind of response; found by importing the modules of this package."""

import pkgutil
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module

from crawlers.cleaning import clean
from domain.errors import BadInput
from domain.posts import Diagnostic, DiagnosticEvent, Parsed


@dataclass(frozen=True, slots=True)
class Page:
    """One saved response and what is known of it beside the bytes."""

    body: bytes
    #: where it came from; sources that leave ids out of the answer have them here
    url: str | None = None
    #: when it was fetched: what relative dates are resolved against
    fetched_at: datetime | None = None
    #: ids of accounts that speak for the company, beside those the response tells of
    official: frozenset[str] = frozenset()


Parser = Callable[[Page], Parsed]

KINDS: dict[str, Parser] = {}


def parser(kind: str) -> Callable[[Parser], Parser]:
    """Register the function below as the parser of `kind`."""

    def register(function: Parser) -> Parser:
        if kind in KINDS:
            raise ValueError(f"two parsers for {kind}")
        KINDS[kind] = function
        return function

    return register


def kinds() -> list[str]:
    """The names that `parse` knows, in order."""
    _import_all()
    return sorted(KINDS)


def parse(
    kind: str,
    body: bytes,
    *,
    url: str | None = None,
    fetched_at: datetime | None = None,
    official: Collection[str] = (),
) -> Parsed:
    """Posts and diagnostics of one response, in its order, texts cleaned for storing.

    Never raises over the bytes, whatever they are. Raises BadInput for a kind nobody knows.
    """
    _import_all()
    if kind not in KINDS:
        raise BadInput(f"no parser for {kind}; known: {', '.join(sorted(KINDS))}")
    page = Page(body, url, fetched_at, frozenset(official))
    try:
        return clean(KINDS[kind](page))
    except (RecursionError, MemoryError) as error:
        # Parsers guard against what they can name; this is for a document built to exhaust whoever walks it.
        reason = f"the document cannot be walked: {type(error).__name__}"
        return Parsed(diagnostics=(Diagnostic(event=DiagnosticEvent.INCOMPLETE, reason=reason),))


@cache
def _import_all() -> None:
    package = __name__.rpartition(".")[0]
    for module in pkgutil.iter_modules(import_module(package).__path__):
        import_module(f"{package}.{module.name}")
