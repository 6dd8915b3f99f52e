"""Buttons pressed in Slack: signed callbacks, answered at once.

https://docs.slack.dev/interactivity/handling-user-interaction and
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook import WebhookClient
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from alerts.slack_blocks import escaped
from domain.errors import Unavailable
from domain.policy import Company
from triage.actions import Outcome, act
from web.frames import backstage, clean_name, company_of, row_id

log = structlog.get_logger()

#: A callback holds the message with its blocks; nothing near this size is one.
_MAX_BODY = 1_000_000
_PREFIX = "otklik:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One button pressed. `event_key` is the same when Slack delivers the same press again."""

    alert_id: int
    verb: str
    by: str
    event_key: str
    response_url: str


async def actions(request: Request) -> Response:
    """404 where no signing secret is set, 401 for a wrong signature, 400 for what is no press of a button."""
    secret = request.app.state.slack_secret
    if not secret:
        log.warning("slack.callback_ignored", remedy="set OTKLIK_SLACK_SIGNING_SECRET")
        return PlainTextResponse("Slack callbacks are not set up", 404)
    body = await _body(request)
    if body is None:
        return PlainTextResponse("too large", 413)
    if not _is_signed(secret, body, request):
        log.warning("slack.callback_refused", reason="signature")
        return PlainTextResponse("wrong signature", 401)
    try:
        presses = read(body)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("slack.callback_malformed", error=type(error).__name__)
        return PlainTextResponse("malformed", 400)
    try:
        return await run_in_threadpool(_act, request, presses)
    except Unavailable:
        # Slack tells the person that it did not work, and the button may be pressed again.
        log.warning("slack.callback_not_done", reason="database")
        return PlainTextResponse("the database does not answer", 503)


async def _body(request: Request) -> bytes | None:
    """The body as it came: the signature is over these very bytes. None when it is too large."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MAX_BODY:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)


def _is_signed(secret: str, body: bytes, request: Request) -> bool:
    """By our app and within the last five minutes."""
    stamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12 and signature.isascii()):
        return False
    try:
        return SignatureVerifier(secret).is_valid(body, stamp, signature)
    except UnicodeDecodeError:
        return False


def read(body: bytes) -> list[Press]:
    """The presses of our buttons in a callback; other apps' action ids are left out.

    Raises ValueError, KeyError, TypeError or AttributeError for what is no `block_actions` callback.
    """
    payload: dict[str, Any] = json.loads(
        parse_qs(body.decode(), strict_parsing=True)["payload"][0]
    )  # Any: JSON
    if payload["type"] != "block_actions":
        raise ValueError("not block_actions")
    user = payload["user"]
    by = clean_name(str(user.get("name") or user.get("username") or user["id"]))
    container = payload.get("container") or {}
    place = f"{container.get('channel_id', '')}:{container.get('message_ts', '')}"
    return [
        Press(
            alert_id=_alert_id(action["value"]),
            verb=action["action_id"].removeprefix(_PREFIX),
            by=by or "Slack",
            event_key=_event_key(place, user["id"], action["action_ts"], action["action_id"]),
            response_url=str(payload.get("response_url") or ""),
        )
        for action in payload["actions"]
        if action["action_id"].startswith(_PREFIX)
    ]


def _alert_id(value: str) -> int:
    found = row_id(value)
    if found is None:
        raise ValueError("no alert id")
    return found


def _event_key(*parts: object) -> str:
    key = ":".join(("slack", *map(str, parts)))[:300]
    if not key.isprintable():
        raise ValueError("no event key")
    return key


def _act(request: Request, presses: list[Press]) -> Response:
    """An empty 200 is the acknowledgement; whoever came second is told by whom, after it."""
    stage = backstage(request)
    late: list[tuple[str, str]] = []
    with stage.connection() as conn:
        company = company_of(conn) or Company(version=0, brand="")
        for press in presses:
            outcome: Outcome = act(
                conn,
                company,
                alert_id=press.alert_id,
                verb=press.verb,
                by=press.by,
                via="slack",
                now=stage.services.clock(),
                event_key=press.event_key,
            )
            if not outcome.is_done:
                late.append((press.response_url, outcome.words))
    return Response(status_code=200, background=BackgroundTask(_answer, late) if late else None)


def _answer(late: list[tuple[str, str]]) -> None:
    """Tell only the person who pressed. The card itself is brought up to date by the delivery."""
    for url, words in late:
        if not url.startswith(("https://", "http://")):
            continue
        try:
            client = WebhookClient(url, timeout=5)
            answer = client.send(text=escaped(words), response_type="ephemeral", replace_original=False)
        except (SlackClientError, OSError, ValueError) as error:
            log.warning("slack.answer_failed", error=type(error).__name__)
        else:
            if answer.status_code != 200:
                log.warning("slack.answer_failed", status=answer.status_code)
