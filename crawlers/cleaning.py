"""Texts of strangers made storable, before anything else touches them.

Kept: every letter, emoji and right-to-left mark a person may have typed. Removed: what no person reads and
what breaks others (NUL and other control characters, bidirectional overrides that turn a line around).
Replaced: half of a surrogate pair. Normalised: NFC, line breaks. Cut, with a diagnostic: over MAX_TEXT
characters; nobody reads on there, and the complaint stands before.
"""

import math
import re
import unicodedata
from dataclasses import replace
from typing import Any

from domain.posts import CrawledPost, Diagnostic, DiagnosticEvent, Parsed

MAX_TEXT = 100_000
MAX_NAME = 200
#: Payloads are trees of a few levels; a deeper one is an attack on whoever walks it.
MAX_DEPTH = 20

_BREAKS = re.compile("\r\n?|\u2028|\u2029|\x85")
# Controls but tab and line feed; embeddings, overrides and isolates (marks 200E, 200F and 061C stay); BOM.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_HALF_PAIR = re.compile("[\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Storable text with the same words."""
    text = _HALF_PAIR.sub("\ufffd", _joined(text))
    return unicodedata.normalize("NFC", _UNSEEN.sub("", _BREAKS.sub("\n", text)))


def _joined(text: str) -> str:
    """A pair of surrogates that came as two characters becomes the one it stands for."""
    if not _HALF_PAIR.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def clean_json(value: Any, depth: int = 0) -> Any:  # Any: JSON
    """A payload that PostgreSQL takes as jsonb: clean texts, finite numbers, bounded depth and length."""
    if isinstance(value, str):
        return clean_text(value[:MAX_TEXT])
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return None
    if isinstance(value, dict | list) and depth >= MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return {clean_text(str(key)[:MAX_NAME]): clean_json(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [clean_json(inner, depth + 1) for inner in value]
    return value


def clean(parsed: Parsed) -> Parsed:
    """Every post storable; what had to be cut is said in a diagnostic."""
    posts, cuts = [], []
    for post in parsed.posts:
        text = clean_text(post.text)
        if len(text) > MAX_TEXT:
            cuts.append(
                Diagnostic(
                    event=DiagnosticEvent.SKIPPED,
                    reason=f"the text of {clean_text(post.external_id)} was cut at {MAX_TEXT} characters",
                    expected=len(text),
                    found=MAX_TEXT,
                )
            )
        posts.append(_clean_post(post, text[:MAX_TEXT]))
    told = (
        # Paths and reasons may quote keys of the document.
        replace(d, where=clean_text(d.where)[:MAX_NAME], reason=clean_text(d.reason))
        for d in parsed.diagnostics
    )
    return Parsed(tuple(posts), (*told, *cuts))


def _clean_post(post: CrawledPost, text: str) -> CrawledPost:
    return replace(
        post,
        text=text,
        external_id=clean_text(post.external_id),
        parent_id=_name(post.parent_id),
        root_id=_name(post.root_id),
        reply_to=_name(post.reply_to),
        author_id=_name(post.author_id),
        author=(_name(post.author) or "")[:MAX_NAME].strip() or None,
        url=_name(post.url),
        attachments=tuple(clean_text(kind)[:MAX_NAME] for kind in post.attachments),
        raw=clean_json(post.raw),
    )


def _name(text: str | None) -> str | None:
    return None if text is None else clean_text(text)
