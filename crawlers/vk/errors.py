"""What VK's error codes ask of us (https://dev.vk.com/ru/reference/errors), as our own errors."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from db.budgets import next_day
from domain.errors import (
    AccessDenied,
    AuthExpired,
    BadConfig,
    BotChallenge,
    Gone,
    OtklikError,
    Permanent,
    QuotaSpent,
    RateLimited,
    SourceChanged,
    Unavailable,
)

TOO_FAST = 6
#: After "flood control" VK wants silence for this method, not patience of seconds.
FLOOD_PAUSE = timedelta(hours=1)

_OWN_TROUBLE = frozenset({1, 10})
_AUTH = frozenset({5, 27, 28})
_CHALLENGE = frozenset({14, 17, 24})
_GONE = frozenset({18, 19, 104})
_DENIED = frozenset({7, 15, 30, 200, 201, 203, 204, 211, 212, 213})
_WRONG_QUESTION = frozenset({3, 8, 20, 21, 23, 100, 113, 125})


def translated(method: str, error: Mapping[str, Any], now: datetime) -> OtklikError:
    """The domain error for VK's `error` object (already without secrets); its message is for a person."""
    code, words = error.get("error_code"), str(error.get("error_msg", ""))[:200]
    said = f"{method}: ошибка VK {code}: {words}"
    if code in _OWN_TROUBLE:
        return Unavailable(said)
    if code == TOO_FAST:
        return RateLimited(said)
    if code == 9:
        return RateLimited(f"{said}; метод отдыхает час", retry_after=FLOOD_PAUSE)
    if code == 29:
        return QuotaSpent(f"{said}; суточный лимит исчерпан", retry_after=next_day(now) - now)
    if code in _AUTH:
        return AuthExpired(f"{said}; получите новый ключ доступа и задайте его в OTKLIK_VK_TOKEN")
    if code in _CHALLENGE:
        return BotChallenge(f"{said}; войдите в аккаунт владельца ключа и пройдите проверку")
    if code in _GONE:
        return Gone(said)
    if code in _DENIED:
        return AccessDenied(said)
    if code in _WRONG_QUESTION:
        return BadConfig(said)
    return Permanent(said) if isinstance(code, int) else SourceChanged(said)
