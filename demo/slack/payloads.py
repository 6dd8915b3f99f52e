"""What an app is told when somebody presses: the block_actions payload.

Shape: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload.
"""

import secrets
from dataclasses import dataclass

from .blocks import interactive
from .records import Json, Message
from .town import SlackTown
from .wire import message_json


@dataclass(frozen=True)
class Press:
    """Who pressed what. `value` is the option picked; a button's own value is taken from the message."""

    channel: str
    ts: str
    action_id: str
    user: str
    block_id: str | None = None
    value: str | None = None


def pressed_element(message: Message, press: Press) -> tuple[str, Json] | None:
    """The element pressed and its block's id; None when the message has no such element (any more)."""
    for block in message.all_blocks():
        if press.block_id in (None, "", block["block_id"]):
            for element in interactive(block):
                if element["action_id"] == press.action_id:
                    return block["block_id"], element
    return None


def block_actions(town: SlackTown, press: Press, message: Message, base_url: str) -> Json | None:
    """The payload; makes a trigger and a response_url. None when the element is not there."""
    found = pressed_element(message, press)
    if found is None:
        return None
    channel, person, app = town.channels[press.channel], town.members[press.user], town.app
    hook = town.response_urls.issue(message, press.user, town.now())
    action = {"action_ts": town.next_ts(), "block_id": found[0]} | _action(found[1], press.value)
    name = "directmessage" if channel.is_im else "privategroup" if channel.is_private else channel.name
    user = {"id": person.id, "username": person.id.lower(), "name": person.name, "team_id": town.team_id}
    return {
        "type": "block_actions",
        "user": user,
        "api_app_id": app.id,
        "token": app.verification_token,
        "container": _container(message),
        "trigger_id": _trigger(town),
        "team": {"id": town.team_id, "domain": town.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": channel.id, "name": name},
        # Of an ephemeral message the app is told no more than its ts.
        **({} if message.ephemeral_for else {"message": message_json(town, message)}),
        "state": {"values": {}},
        "response_url": f"{base_url}actions/{town.team_id}/{hook}",
        "actions": [action],
    }


def _container(message: Message) -> Json:
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": message.channel,
                       "is_ephemeral": message.ephemeral_for is not None}  # fmt: skip
    return container | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def _trigger(town: SlackTown) -> str:
    trigger = f"{int(town.now())}.{len(town.journal) + 1}.{secrets.token_hex(16)}"
    town.triggers[trigger] = town.now()
    return trigger


def _action(element: Json, value: str | None) -> Json:
    kind = element["type"]
    action: Json = {"type": kind, "action_id": element["action_id"]}
    if kind == "button":
        return action | {key: element[key] for key in ("text", "value", "style") if key in element}
    if kind in {"static_select", "overflow", "radio_buttons"}:
        return action | {"selected_option": _picked(element, value)}
    if kind == "users_select":
        return action | {"selected_user": value}
    return action | {"value": value}


def _picked(element: Json, value: str | None) -> Json | None:
    groups = [element, *element.get("option_groups", [])]
    options = [option for group in groups for option in group.get("options", [])]
    return next((option for option in options if option["value"] == value), None)
