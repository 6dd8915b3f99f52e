"""Reviews of one page found in several places, merged: the better-founded place wins a field.

A place that knows no ids (JSON-LD, the visible page) is matched by author and words.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any

from crawlers.parsers.formats.html import breaks_off
from crawlers.parsers.formats.reading import Reading
from crawlers.parsers.formats.values import words
from domain.posts import CrawledPost, PostKind

#: How many letters of two texts must agree; sites cut previews, and print quotes differently.
_ENOUGH = 60


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said under a review."""

    text: str
    at: datetime | None = None
    edited_at: datetime | None = None
    author: str | None = None
    author_id: str | None = None
    id: str | None = None
    is_official: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """What one place of the page tells of a review; None and empty: it does not."""

    where: str
    id: str | None = None
    author: str | None = None
    author_id: str | None = None
    text: str = ""
    title: str | None = None
    rating: int | None = None
    answered: bool | None = None
    published_at: datetime | None = None
    edited_at: datetime | None = None
    attachments: tuple[str, ...] = ()
    url: str | None = None
    said: tuple[Said, ...] = ()
    raw: dict[str, Any] = field(default_factory=dict)


def filled(better: Draft, other: Draft) -> Draft:
    """`better` with its gaps filled from `other`."""
    gaps = {
        name: getattr(other, name)
        for name in Draft.__slots__
        if name not in ("where", "raw", "published_at", "answered")
        and getattr(better, name) in (None, "", ())
    }
    return replace(
        better,
        **gaps,
        # "No answer here" may mean that this place does not show it; "there is one" cannot be a mistake.
        answered=True
        if other.answered
        else better.answered
        if better.answered is not None
        else other.answered,
        published_at=precise(better.published_at, other.published_at),
        raw={**other.raw, **better.raw},
    )


def precise(better: datetime | None, other: datetime | None) -> datetime | None:
    """The better-founded moment, or the same day's moment with a time where it is a bare day."""
    if better is None or other is None:
        return better or other
    is_day = better.timetz().replace(tzinfo=None) == time()
    return other if is_day and other.astimezone(better.tzinfo).date() == better.date() else better


def merged(
    drafts: Sequence[Draft],
    others: Iterable[Draft],
    combine: Callable[[Draft, Draft], Draft] = filled,
) -> list[Draft]:
    """Both lists as one, in the order of `drafts`; of `others` what matches nothing stands at the end."""
    result = list(drafts)
    open_places = _Places(result)
    for other in others:
        place = open_places.take(other)
        if place is not None:
            result[place] = combine(result[place], other)
        else:
            result.append(other)
    return result


class _Places:
    """Which drafts are still without a partner, by id and by words."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self._drafts = drafts
        self._by_id = {draft.id: place for place, draft in enumerate(drafts) if draft.id}
        self._by_words: dict[str, list[int]] = {}
        for place, draft in enumerate(drafts):
            if key := words(draft.text)[:_ENOUGH]:
                self._by_words.setdefault(key, []).append(place)

    def take(self, other: Draft) -> int | None:
        if other.id and other.id in self._by_id:
            return self._by_id[other.id]
        places = self._by_words.get(words(other.text)[:_ENOUGH], [])
        for place in places:
            draft = self._drafts[place]
            differ_in_id = other.id and draft.id and other.id != draft.id
            if not differ_in_id and _may_be_same(draft.author, other.author):
                places.remove(place)
                return place
        return None


def _may_be_same(one: str | None, other: str | None) -> bool:
    return not one or not other or words(one) == words(other)


def own_id(draft: Draft) -> str | None:
    """An id for a review the page gives none: of author and words, so that the next look finds it again.

    None without words: nobody could tell it from others.
    """
    said = words(draft.text)
    if not said:
        return None
    return "~" + hashlib.sha256(f"{words(draft.author)}\n{said}".encode()).hexdigest()[:20]


def tell(reading: Reading, drafts: Sequence[Draft]) -> None:
    """The drafts as posts, answers right after their reviews; `raw["id_is_ours"]` marks made ids.

    Where the page breaks off, its last review is left out: half a text would be words nobody wrote.
    """
    if drafts and breaks_off(reading.doubts):
        reading.doubts.skipped(drafts[-1].where, "the last review before the page breaks off may be cut")
        drafts = drafts[:-1]
    for draft in drafts:
        external_id = draft.id or own_id(draft)
        if not draft.id and external_id in reading.posts and draft.published_at:
            external_id = (
                f"{external_id}/{draft.published_at.date()}"  # the same words by the same person again
            )
        if external_id is None:
            reading.doubts.skipped(
                draft.where, "neither an id nor words: the review cannot be told from others"
            )
            continue
        raw = draft.raw | ({"title": draft.title} if draft.title else {})
        was_added = reading.review(
            draft.where,
            external_id,
            author=draft.author,
            author_id=draft.author_id,
            text=draft.text or draft.title or "",
            rating=draft.rating,
            answered=True if any(said.is_official for said in draft.said) else draft.answered,
            published_at=draft.published_at,
            edited_at=draft.edited_at,
            attachments=draft.attachments,
            url=draft.url,
            raw=raw if draft.id else raw | {"id_is_ours": True},
        )
        if was_added:
            _tell_said(reading, draft, external_id)


def _tell_said(reading: Reading, draft: Draft, review_id: str) -> None:
    others = 0
    for said in draft.said:
        fields = {
            "author": said.author,
            "author_id": said.author_id,
            "published_at": said.at,
            "edited_at": said.edited_at,
        }
        if said.is_official:
            reading.answer(draft.where, review_id, said.text, own_id=said.id, url=draft.url, **fields)
            continue
        others += 1
        reading.add(
            draft.where,
            CrawledPost(
                kind=PostKind.COMMENT,
                external_id=said.id or f"{review_id}/comment/{others}",
                parent_id=review_id,
                root_id=review_id,
                text=said.text,
                url=draft.url,
                **fields,  # type: ignore[arg-type]
            ),
        )
