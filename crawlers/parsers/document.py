"""Reading a document somebody else wrote: bytes to JSON, JSON to values, each doubt a diagnostic."""

import codecs
import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from domain.posts import Diagnostic, DiagnosticEvent, Parsed

Json = Any  # what json.loads gives


@dataclass(slots=True)
class Doubts:
    """The diagnostics of one response, in the order they arose."""

    found: list[Diagnostic] = field(default_factory=list)

    def skipped(self, where: str, reason: str) -> None:
        self._add(DiagnosticEvent.SKIPPED, where, reason)

    def incomplete(
        self, where: str, reason: str, *, expected: int | None = None, found: int | None = None
    ) -> None:
        self._add(DiagnosticEvent.INCOMPLETE, where, reason, expected, found)

    def refused(self, where: str, reason: str) -> None:
        self._add(DiagnosticEvent.REFUSED, where, reason)

    def count(self, where: str, *, expected: int, found: int, reason: str) -> None:
        self._add(DiagnosticEvent.COUNT, where, reason, expected, found)

    def nothing(self) -> Parsed:
        """No posts, and why."""
        return Parsed((), tuple(self.found))

    def _add(
        self,
        event: DiagnosticEvent,
        where: str,
        reason: str,
        expected: int | None = None,
        found: int | None = None,
    ) -> None:
        self.found.append(Diagnostic(event=event, reason=reason, expected=expected, found=found, where=where))


class _Doubled(dict[str, Json]):
    """An object in which a key stood twice."""


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    plain = dict(pairs)
    return plain if len(plain) == len(pairs) else _Doubled(pairs)


def text_of(body: bytes, doubts: Doubts) -> str:
    """The body as text. UTF-8 unless a byte order mark or the bytes say otherwise; doubts are told."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        encoding = json.detect_encoding(body) if body else "utf-8"
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        return _guessed(body, encoding, error.start, doubts)


def _guessed(body: bytes, encoding: str, at: int, doubts: Doubts) -> str:
    """A few broken bytes are replaced; where most Cyrillic is broken, the page is in Windows-1251."""
    text = body.decode(encoding, "replace")
    letters = sum(1 for character in text if not character.isascii())
    if encoding.startswith("utf-8") and text.count("\ufffd") * 3 > letters:
        with suppress(UnicodeDecodeError):
            text, encoding = body.decode("cp1251"), "windows-1251"
    doubts.skipped(f"byte {at}", f"not valid UTF-8: read as {encoding}, unreadable bytes replaced")
    return text


def json_of(body: bytes, doubts: Doubts) -> Json | None:
    """The document, or None with the reason among the doubts."""
    text = text_of(body, doubts).lstrip("\ufeff \t\r\n")
    if not text:
        doubts.incomplete("byte 0", "the response is empty")
        return None
    if text.startswith("<"):
        doubts.refused("byte 0", "HTML instead of JSON: a proxy, a bot wall or an error page")
        return None
    try:
        document = json.loads(text, object_pairs_hook=_object, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        if text[0] in "{[":
            reason = f"JSON breaks off or is broken: {error.msg}"
            doubts.incomplete(f"line {error.lineno} column {error.colno}", reason)
        else:
            doubts.refused("byte 0", "neither JSON nor HTML")
        return None
    except (ValueError, RecursionError) as error:
        doubts.incomplete("", f"JSON that cannot be read: {type(error).__name__}")
        return None
    if document is None:
        doubts.incomplete("", "the document is null")
        return None
    _tell_doubled(document, doubts)
    return document


def _tell_doubled(document: Json, doubts: Doubts) -> None:
    """Name the objects in which a key stands twice: the last value counts, the others are lost."""
    todo = [(document, "")]
    while todo:
        value, where = todo.pop()
        if isinstance(value, _Doubled):
            doubts.skipped(where, "a key stands twice in this object; the last value was taken")
        if isinstance(value, dict):
            inner = [(v, f"{where}.{k}" if where else k) for k, v in value.items()]
        elif isinstance(value, list):
            inner = [(v, f"{where}[{n}]") for n, v in enumerate(value)]
        else:
            continue
        todo.extend(reversed(inner))


def integer(value: Json) -> int | None:
    """A whole number that fits 64 bits, also when written as 7.0 or "7"; else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.lstrip("-").isdecimal() and value.isascii() and len(value) < 20:
        value = int(value) if value.count("-") <= 1 else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and abs(value) < 2**63 else None


def moment(value: Json) -> datetime | None:
    """Unix seconds as a time in UTC; None for what cannot be one (0 is how sources write "unknown")."""
    seconds = integer(value)
    if seconds is None or not 0 < seconds < 2**33:
        return None
    return datetime.fromtimestamp(seconds, UTC)
