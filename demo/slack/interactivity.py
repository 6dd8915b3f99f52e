"""A press of a button, carried to the app and waited for, by Socket Mode or by a signed POST."""

import asyncio
import json
from dataclasses import dataclass
from urllib.parse import urlencode

import requests

from .journal import Event
from .payloads import Press, block_actions
from .records import Json
from .signing import signed_headers
from .town import SlackTown

TOO_SLOW = "Операция не выполнена: приложение не ответило за 3 секунды."
UNREACHABLE = "Операция не выполнена: приложение недоступно."
NOT_SET_UP = "Операция не выполнена: у приложения не настроены интерактивные элементы."
GONE = "Этой кнопки в сообщении больше нет."


@dataclass(frozen=True)
class Outcome:
    """`via` is socket, http or nothing; `failure` is what Slack shows the person, None when all went well."""

    via: str
    failure: str | None


async def press(town: SlackTown, pressed: Press, base_url: str) -> Outcome:
    """Tell the app and wait for its acknowledgement; the message shows a failure until the next press."""
    message = town.find(pressed.channel, pressed.ts)
    payload = block_actions(town, pressed, message, base_url) if message else None
    if message is None or payload is None:
        return Outcome("", GONE)
    details = {"user": pressed.user, "action": payload["actions"][0]}
    town.journal.write(Event("press", town.now(), pressed.channel, pressed.ts, message.text, details))
    message.failure = None
    outcome = await _carry(town, payload)
    message.failure = outcome.failure
    result = {"via": outcome.via, "failure": outcome.failure}
    town.journal.write(Event("callback", town.now(), pressed.channel, pressed.ts, details=result))
    return outcome


async def _carry(town: SlackTown, payload: Json) -> Outcome:
    def sent(envelope_id: str, attempt: int) -> None:
        details = {"envelope_id": envelope_id, "attempt": attempt}
        town.journal.write(Event("envelope", town.now(), details=details))

    if town.sockets.connections:
        acknowledged = await town.sockets.deliver(payload, town.ack_timeout, sent)
        return Outcome("socket", None if acknowledged else TOO_SLOW)
    if town.app.request_url is None:
        return Outcome("", NOT_SET_UP)
    # In a thread: the app may well call our Web API before it acknowledges.
    return Outcome("http", await asyncio.to_thread(_post, town, town.app.request_url, payload))


def _post(town: SlackTown, url: str, payload: Json) -> str | None:
    """Send the signed form; returns what went wrong, in the words a person reads."""
    body = urlencode({"payload": json.dumps(payload)})
    headers = signed_headers(town.app.signing_secret, body, town.now()) | {
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    }
    try:
        with requests.Session() as session:
            session.trust_env = False  # a proxy has no business between neighbours
            answer = session.post(
                url, data=body.encode(), headers=headers, timeout=town.ack_timeout, allow_redirects=False
            )
    except requests.Timeout:
        return TOO_SLOW
    except requests.RequestException:
        return UNREACHABLE
    return None if answer.status_code // 100 == 2 else f"Приложение ответило кодом {answer.status_code}."
