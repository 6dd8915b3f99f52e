"""One row of a table as a review and, where the table has one, the company's answer."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawlers import dates
from crawlers.cleaning import MAX_TEXT, clean_text
from crawlers.imports.rows import BadRow, Row
from domain.posts import CrawledPost, PostKind

_MAX_CELL = 300


@dataclass(frozen=True, slots=True)
class Taken:
    """A review with its answer right after it."""

    posts: tuple[CrawledPost, ...]

    @property
    def review(self) -> CrawledPost:
        return self.posts[0]


def take(
    row: Row, mapping: Mapping[str, str], twins: Counter[str], *, written_at: datetime
) -> Taken | BadRow:
    """The posts in a row, or why there are none. `twins` counts equal rows: each gets an id of its own.

    A row without a date is taken without one; a date that cannot be read is a reason to refuse the row,
    because storing it undated would hide that something is wrong with the column.
    """
    cell = _Cells(row, mapping)
    body = cell.text("text")
    title = cell.text("title")
    if not body and not title:
        return BadRow("", "нет текста")
    text = f"{title}\n{body}" if title and not body.startswith(title) else body
    if len(text) > MAX_TEXT:
        return BadRow("", f"текст длиннее {MAX_TEXT} знаков: не потеряны ли кавычки?")
    published_at = dates.parse(cell.raw("date"), fetched_at=written_at)
    if published_at is None and cell.text("date"):
        return BadRow("", f"непонятная дата «{cell.text('date')[:40]}»")
    rating = _rating(cell.raw("rating"))
    if rating is None and cell.text("rating"):
        return BadRow("", f"непонятная оценка «{cell.text('rating')[:40]}»: нужна от 1 до 5")
    review = _review(cell, text, published_at, rating, twins)
    answer = cell.text("answer")
    if not answer:
        return Taken((review,))
    answered_at = dates.parse(cell.raw("answer_date"), fetched_at=written_at)
    return Taken((review, _answer(review, answer, answered_at)))


def _review(
    cell: "_Cells", text: str, published_at: datetime | None, rating: int | None, twins: Counter[str]
) -> CrawledPost:
    author = cell.text("author")[:_MAX_CELL] or None
    extra = {name: cell.text(name)[:_MAX_CELL] for name in ("product", "city") if cell.text(name)}
    return CrawledPost(
        kind=PostKind.REVIEW,
        external_id=cell.text("id")[:_MAX_CELL] or _id(published_at, author, text, twins),
        author=author,
        author_id=cell.text("author_id")[:_MAX_CELL] or None,
        text=text,
        rating=rating,
        # Without a column of answers nobody looked whether there is one.
        answered=bool(cell.text("answer")) if "answer" in cell.mapping else None,
        published_at=published_at,
        url=cell.text("url")[:2000] or None,
        raw=extra,
    )


def _answer(review: CrawledPost, text: str, at: datetime | None) -> CrawledPost:
    return CrawledPost(
        kind=PostKind.ANSWER,
        external_id=f"{review.external_id}/answer",
        parent_id=review.external_id,
        root_id=review.external_id,
        reply_to=review.external_id,
        is_official=True,
        text=text[:MAX_TEXT],
        published_at=at,
    )


def _id(published_at: datetime | None, author: str | None, text: str, twins: Counter[str]) -> str:
    """The same for the same row on every import; equal rows of one file are numbered."""
    moment = published_at.isoformat() if published_at else ""
    key = hashlib.sha256(f"{moment}\x1f{author or ''}\x1f{text}".encode()).hexdigest()[:32]
    twins[key] += 1
    return key if twins[key] == 1 else f"{key}-{twins[key]}"


def _rating(value: object) -> int | None:
    """1 to 5; «4,5» and 4.6 are rounded, «5 из 5» and «★★★★» understood; None when it is none of these."""
    if isinstance(value, bool) or value is None:
        return None
    text = str(value).strip().replace(",", ".")
    if text and set(text) <= {"★", "☆"}:
        return text.count("★") or None
    number = text.split()[0].split("/")[0] if text else ""
    try:
        rating = round(float(number))
    except (ValueError, OverflowError):
        return None
    return rating if 1 <= rating <= 5 else None


@dataclass(frozen=True, slots=True)
class _Cells:
    row: Row
    mapping: Mapping[str, str]

    def raw(self, name: str) -> Any:  # Any: whatever the file holds
        return self.row.get(self.mapping[name]) if name in self.mapping else None

    def text(self, name: str) -> str:
        value = self.raw(name)
        if value is None:
            return ""
        # Excel keeps whole numbers as 5.0.
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return clean_text(str(value)).strip()
