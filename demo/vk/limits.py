"""Who may call what, and how often: tokens, rates and daily quotas."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from demo.vk.errors import VkError

SECOND = 1.0


class TokenKind(StrEnum):
    """Named as in `access_token_type` of VK's schema."""

    SERVICE = "service"
    USER = "user"
    COMMUNITY = "group"


@dataclass(frozen=True)
class Token:
    secret: str
    kind: TokenKind
    owner_id: int = 0  #: whose it is: a user, or (negative) a community; 0 for a service token
    admin_of: frozenset[int] = frozenset()  #: communities (positive) a user token may speak for

    def check_kind(self, allowed: frozenset[TokenKind]) -> None:
        """Refuse the wrong kind in VK's words: 27 to a community, 28 to an application, 15 to a user."""
        if self.kind in allowed:
            return
        if self.kind is TokenKind.COMMUNITY:
            raise VkError(27, "method is unavailable with group auth.")
        if self.kind is TokenKind.SERVICE:
            raise VkError(28, "method is unavailable with service token.")
        raise VkError(15, "no access to call this method")


@dataclass
class Limits:
    """How often one token may call. Empty mappings mean: as often as it likes."""

    per_second: Mapping[TokenKind, int] = field(
        default_factory=lambda: {TokenKind.SERVICE: 3, TokenKind.USER: 3, TokenKind.COMMUNITY: 20}
    )
    per_day: Mapping[str, int] = field(
        default_factory=lambda: {"wall.get": 5000, "wall.search": 1000, "newsfeed.search": 1000}
    )
    #: Seconds that pass even while the town's clock stands still.
    ticks: Callable[[], float] = time.monotonic

    @classmethod
    def none(cls) -> Limits:
        return cls(per_second={}, per_day={})


class Meter:
    """Counts the calls of each token against the limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._recent: dict[str, deque[float]] = {}
        self._day: date | None = None
        self._today: Counter[tuple[str, str]] = Counter()

    def check_rate(self, token: Token) -> None:
        """Error 6 when this second is full. A refused call takes no room."""
        allowed = self.limits.per_second.get(token.kind)
        if allowed is None:
            return
        now = self.limits.ticks()
        recent = self._recent.setdefault(token.secret, deque())
        while recent and now - recent[0] >= SECOND:
            recent.popleft()
        if len(recent) >= allowed:
            raise VkError(6)
        recent.append(now)

    def check_quota(self, token: Token, method: str, now: datetime) -> None:
        """Error 29 until the next day of the town's clock (VK does not say in which zone its day ends)."""
        allowed = self.limits.per_day.get(method)
        if allowed is None:
            return
        if now.date() != self._day:
            self._day = now.date()
            self._today.clear()
        if self._today[token.secret, method] >= allowed:
            raise VkError(29)
        self._today[token.secret, method] += 1
