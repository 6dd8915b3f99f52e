"""The response_url of a press: five uses within thirty minutes."""

import secrets
from dataclasses import dataclass

from .records import Message

USES, LIFE = 5, 30 * 60.0


@dataclass
class ResponseUrl:
    message: Message
    user: str
    issued_at: float
    uses: int = 0


class ResponseUrls:
    def __init__(self) -> None:
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, message: Message, user: str, now: float) -> str:
        """The secret end of a new address."""
        name = secrets.token_urlsafe(18)
        self._issued[name] = ResponseUrl(message, user, now)
        return name

    def use(self, name: str, now: float) -> ResponseUrl | str:
        """What it answers to, or the error: `used_url`, `expired_url`, `invalid_url`. Counts the use."""
        found = self._issued.get(name)
        if found is None:
            return "invalid_url"
        if now - found.issued_at > LIFE:
            return "expired_url"
        if found.uses >= USES:
            return "used_url"
        found.uses += 1
        return found
