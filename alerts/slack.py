"""Slack as a messenger: cards in channels, edited in place, their threads, and a search for a lost post.

Needs the scopes chat:write, channels:history and groups:history (to look for a post of unknown outcome), and
channels:read, groups:read where channels are named and not given by id.
"""

import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.client import HTTPException
from socket import gaierror
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from alerts.messenger import CannotTell, OutcomeUnknown, Ref
from alerts.slack_blocks import blocks, escaped, fallback, reply_blocks
from domain.errors import AccessDenied, AuthExpired, Gone, OtklikError, Permanent, RateLimited, Unavailable
from domain.messages import Message
from domain.policy import Channel

_TIMEOUT_S = 30
#: Slack takes about one message a second in a channel (https://docs.slack.dev/apis/web-api/rate-limits).
_PACE_S = 1.0
_PAGES, _PAGE = 10, 200
_EVENT = "otklik_message"
_ID = re.compile(r"[CGD][A-Z0-9]{6,}")

_AUTH = {
    "not_authed": "нет токена",
    "invalid_auth": "токен неверен",
    "token_revoked": "токен отозван",
    "token_expired": "срок токена истёк",
    "account_inactive": "приложение отключено",
}
_ACCESS = {
    "channel_not_found": "такого канала нет, или приложению он не виден: пригласите его в канал",
    "not_in_channel": "приложение не в канале: пригласите его командой /invite",
    "is_archived": "канал в архиве: укажите другой в otklik.toml",
    "is_inactive": "канал в архиве: укажите другой в otklik.toml",
    "restricted_action": "администратор запретил приложению писать в этот канал",
}
#: Slack began to work on it, and does not say how far it got.
_UNCLEAR = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_GONE = {"message_not_found", "thread_not_found", "cant_update_message"}
#: The workspace forbids late edits: the thread still tells what the card cannot.
_FROZEN = {"edit_window_closed"}


class SlackMessenger:
    """`base_url` ends with `/api/`; `sleep` and `monotonic` can be replaced where nobody wants to wait."""

    def __init__(
        self,
        token: str,
        base_url: str = "https://slack.com/api/",
        *,
        timeout_s: float = _TIMEOUT_S,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        host = urlsplit(base_url).hostname or ""
        client = _DirectClient if host in {"127.0.0.1", "::1", "localhost"} else WebClient
        # The SDK's own retries would repeat a post whose outcome is unknown.
        self._client = client(token, base_url=base_url, timeout=timeout_s, retry_handlers=[])  # type: ignore[arg-type]
        self._sleep, self._monotonic = sleep, monotonic
        self._next_at: dict[str, float] = {}
        self._ids: dict[str, str] = {}

    def whoami(self) -> str:
        """The workspace this token opens. Raises AuthExpired, AccessDenied, Unavailable."""
        return str(self._call("auth.test").get("team", ""))

    def post(self, channel: Channel, message: Message, key: str) -> Ref:
        self._pace(channel.target)
        answer = self._call(
            "chat.postMessage",
            channel=channel.target,
            text=fallback(message),
            blocks=blocks(message),
            metadata=_metadata(key),
            unfurl_links=False,
            unfurl_media=False,
        )
        return {"channel": answer["channel"], "ts": answer["ts"]}

    def update(self, ref: Ref, message: Message) -> None:
        try:
            self._call(
                "chat.update",
                **_place(ref),
                text=fallback(message),
                blocks=blocks(message),
            )
        except _Frozen:
            return

    def reply(self, ref: Ref, text: str, key: str, *, is_loud: bool) -> None:
        place = _place(ref)
        self._pace(place["channel"])
        self._call(
            "chat.postMessage",
            channel=place["channel"],
            thread_ts=place["ts"],
            text=escaped(text),
            blocks=reply_blocks(text),
            metadata=_metadata(key),
            reply_broadcast=is_loud,
            unfurl_links=False,
            unfurl_media=False,
        )

    def find(self, channel: Channel, key: str, *, since: datetime, under: Ref | None = None) -> Ref | None:
        """Looks at the app's own messages by their metadata. Raises CannotTell without the right to read."""
        try:
            place = under["channel"] if under else self._id(channel.target)
            for message in self._messages(place, since, under):
                if message.get("metadata", {}).get("event_payload", {}).get("key") == key:
                    return {"channel": place, "ts": message["ts"]}
        except (AccessDenied, AuthExpired, Gone) as error:
            raise CannotTell(str(error)) from error
        return None

    def _messages(self, place: str, since: datetime, under: Ref | None) -> Iterator[dict[str, Any]]:
        cursor = ""
        for _ in range(_PAGES):
            asked: dict[str, Any] = {
                "channel": place,
                "oldest": f"{since.timestamp():.6f}",
                "limit": _PAGE,
                "include_all_metadata": True,
            }
            if under:
                asked["ts"] = under["ts"]
            if cursor:
                asked["cursor"] = cursor
            answer = self._call("conversations.replies" if under else "conversations.history", **asked)
            yield from answer.get("messages", [])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
        raise CannotTell(f"больше {_PAGES * _PAGE} сообщений после отправки")

    def _id(self, target: str) -> str:
        """The channel's id; a name is looked up once."""
        name = target.removeprefix("#")
        if _ID.fullmatch(target):
            return target
        cursor = ""
        while name not in self._ids:
            answer = self._call(
                "conversations.list", types="public_channel,private_channel", limit=_PAGE, cursor=cursor
            )
            self._ids |= {c["name"]: c["id"] for c in answer["channels"]}
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        if name not in self._ids:
            raise AccessDenied(f"Slack: {_ACCESS['channel_not_found']}")
        return self._ids[name]

    def _pace(self, place: str) -> None:
        wait = self._next_at.get(place, 0.0) - self._monotonic()
        if wait > 0:
            self._sleep(wait)
        self._next_at[place] = self._monotonic() + _PACE_S

    def _call(self, method: str, **arguments: Any) -> dict[str, Any]:  # JSON in and out: Slack's shapes
        try:
            answer = (
                self._client.api_call(method, json=arguments)
                if "blocks" in arguments
                else (self._client.api_call(method, params=arguments))
            )
        except SlackApiError as error:
            raise _translated(error) from error
        except (OSError, HTTPException, SlackClientError) as error:
            raise _broken_line(error) from error
        return dict(answer.data) if isinstance(answer.data, dict) else {}


class _DirectClient(WebClient):
    """For servers on this machine: no proxy of the environment stands between."""

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:  # noqa: ARG002
        with build_opener(ProxyHandler({})).open(req, timeout=self.timeout) as answer:
            charset = answer.headers.get_content_charset() or "utf-8"
            return {"status": answer.status, "headers": answer.headers, "body": answer.read().decode(charset)}


class _Frozen(Permanent):
    """This message can no longer be edited."""


def _place(ref: Ref) -> dict[str, str]:
    if "ts" not in ref:
        raise Gone("это сообщение стоит в другом мессенджере")
    return {"channel": ref["channel"], "ts": ref["ts"]}


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": _EVENT, "event_payload": {"key": key}}


def _translated(error: SlackApiError) -> OtklikError:
    """What Slack's refusal means for whoever called."""
    response = error.response
    code = str(response.get("error", "")) if isinstance(response.data, dict) else ""
    if response.status_code == 429 or code in {"ratelimited", "rate_limited"}:
        seconds = response.headers.get("Retry-After", "")
        return RateLimited(
            "Slack просит подождать", retry_after=timedelta(seconds=max(1.0, _seconds(seconds)))
        )
    if response.status_code >= 500 or code in _UNCLEAR or response.status_code != 200:
        return OutcomeUnknown(f"Slack: HTTP {response.status_code}")
    if code in _GONE:
        return Gone(f"Slack: {code}")
    if code in _FROZEN:
        return _Frozen(f"Slack: {code}")
    if code in _AUTH:
        return AuthExpired(f"Slack: {_AUTH[code]} ({code}): задайте OTKLIK_SLACK_TOKEN")
    if code == "missing_scope":
        return AccessDenied(
            f"Slack: приложению не хватает права {response.get('needed', '')} (missing_scope)"
        )
    if code in _ACCESS:
        return AccessDenied(f"Slack: {_ACCESS[code]} ({code})")
    return Permanent(f"Slack: {code[:100] or 'непонятный ответ'}")


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 30.0


def _broken_line(error: Exception) -> OtklikError:
    """Refused before anything was sent, or cut off when it may have been."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ConnectionRefusedError | gaierror):
        return Unavailable("Slack не отвечает: нет соединения")
    return OutcomeUnknown(f"Slack не ответил: {type(reason).__name__}")
