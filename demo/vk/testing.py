"""A small ready town for tests: Romashka Bank's community, its people, a clock to move, a way to ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from demo.vk.api import answer
from demo.vk.faults import Faults
from demo.vk.items import Json
from demo.vk.limits import Limits, TokenKind
from demo.vk.state import VkTown

VERSION = "5.199"
BANK, BANK_WALL = 1001, -1001
ANNA, DARYA, YEGOR = 101, 201, 202  # Anna works in support, the other two are customers
SERVICE_TOKEN, USER_TOKEN, BANK_TOKEN = "service-token", "user-token", "bank-token"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> datetime:
        """`forward(hours=2)`; returns the new time."""
        self.at += timedelta(**span)
        return self.at


def romashka(clock: Clock, *, limits: Limits | None = None, faults: Faults | None = None) -> VkTown:
    """The bank's open wall without posts, and a token of each kind. No limits unless given."""
    town = VkTown(clock, limits=limits or Limits.none(), faults=faults)
    town.add_community(BANK, "Ромашка Банк", screen_name="romashka_bank", extra={"members_count": 12_000})
    town.add_user(ANNA, "Анна", "Поддержкина", screen_name="anna_support", sex=1)
    town.add_user(DARYA, "Дарья", "Клиентова", sex=1, extra={"bdate": "1.2.1990"})
    town.add_user(YEGOR, "Егор", "Клиентов", sex=2)
    town.add_token(SERVICE_TOKEN, TokenKind.SERVICE)
    town.add_token(USER_TOKEN, TokenKind.USER, owner_id=ANNA, admin_of=[BANK])
    town.add_token(BANK_TOKEN, TokenKind.COMMUNITY, owner_id=BANK_WALL)
    return town


def ask(town: VkTown, method: str, *, token: str = SERVICE_TOKEN, **params: object) -> Json:
    """The whole envelope, without HTTP."""
    text = {name: str(value) for name, value in params.items()}
    return answer(town, method, {"access_token": token, "v": VERSION} | text)


def ok(town: VkTown, method: str, *, token: str = SERVICE_TOKEN, **params: object) -> Any:  # Any: by method
    """The response; an AssertionError shows the refusal."""
    body = ask(town, method, token=token, **params)
    assert "response" in body, body
    return body["response"]


class ToLocal(HTTPAdapter):
    """Send what a library addresses to api.vk.ru or api.vk.com to a local server instead.

    Mount it with `redirect`; the library itself stays as it is.
    """

    def __init__(self, base_url: str, *, timeout: float = 10.0) -> None:
        super().__init__()
        self._base_url, self._timeout = base_url, timeout

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Any: whatever requests passes to its adapters, which is its own affair."""
        request.url = self._base_url + request.path_url
        kwargs["timeout"] = self._timeout
        return super().send(request, *args, **kwargs)


def redirect(session: requests.Session, base_url: str) -> requests.Session:
    """Point the session's VK hosts to a local server; returns the same session."""
    session.trust_env = False  # no proxy between a test and its own machine
    for host in ("https://api.vk.ru/", "https://api.vk.com/"):
        session.mount(host, ToLocal(base_url))
    return session
