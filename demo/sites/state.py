"""The reviews of one made-up bank and what the site does to those who read them. Safe between threads."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")


@dataclass(frozen=True, slots=True)
class Review:
    number: int
    title: str
    text: str
    grade: int | None
    at: datetime
    author: str = "Клиент"
    answer: str | None = None


@dataclass(slots=True)
class Moods:
    """What goes wrong, switched on by tests. Counts are used up, flags stay."""

    robots: str = "User-agent: *\nAllow: /\n"
    robots_status: int = 200
    #: answers 302 to the same address until its cookie comes back
    wants_cookie: bool = False
    #: a bot wall with HTTP 200 instead of the list, from this page on
    wall_from_page: int | None = None
    #: refuses so many requests with this status, and names the wait
    refusals: int = 0
    refusal_status: int = 429
    retry_after: str | None = "0"
    #: a review of the first page is taken down as soon as this page was given out
    remove_after_page: int | None = None
    #: sends the list a byte at a time and never ends
    drips: bool = False
    #: a list without reviews, though the total says that there are some
    hides_all: bool = False
    #: the total counts so many reviews that nobody is shown
    counts_too_many: int = 0
    #: breaks the JSON off in the middle, on this page
    cuts_page: int | None = None
    #: sends everybody to this address
    sends_to: str | None = None
    #: a small gzip body that unpacks to so many bytes
    bomb_bytes: int = 0


@dataclass
class SiteTown:
    code: str = "romashka"
    name: str = "Ромашка Банк"
    page_size: int = 25
    moods: Moods = field(default_factory=Moods)
    #: requests by path, and the User-Agents they came with
    asked: Counter[str] = field(default_factory=Counter)
    agents: set[str] = field(default_factory=set)
    #: pages of the list asked for, in order
    pages_asked: list[int] = field(default_factory=list)
    #: when each request came, in seconds of a clock that only goes forward
    times: list[float] = field(default_factory=list)
    _reviews: dict[int, Review] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @contextmanager
    def locked(self) -> Iterator[None]:
        with self._lock:
            yield

    def add(self, text: str, at: datetime, *, grade: int | None = 1, title: str = "") -> int:
        """A new review; its number, higher than all before."""
        with self._lock:
            number = 11_000_001 + len(self._reviews)
            self._reviews[number] = Review(number, title or text.partition(".")[0], text, grade, at)
            return number

    def answer(self, number: int, text: str) -> None:
        """The bank answers, late as ever; the site does not tell when."""
        self._change(number, answer=text)

    def edit(self, number: int, text: str) -> None:
        self._change(number, text=text)

    def remove(self, number: int) -> None:
        """Taken down. The number is not given again."""
        with self._lock:
            self._reviews[number] = replace(self._reviews[number], text="")

    def newest_first(self) -> list[Review]:
        with self._lock:
            shown = [review for review in self._reviews.values() if review.text]
            return sorted(shown, key=lambda review: (review.at, review.number), reverse=True)

    def _change(self, number: int, **facts: str) -> None:
        with self._lock:
            self._reviews[number] = replace(self._reviews[number], **facts)  # type: ignore[arg-type]  # texts only
