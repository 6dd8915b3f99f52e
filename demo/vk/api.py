"""One call answered, short of HTTP: VK's checks in VK's order, the method, the envelope around its answer."""

from __future__ import annotations

import re
from typing import Any

from demo.vk.errors import VkError
from demo.vk.faults import SHAPES, Fault, Kind
from demo.vk.items import Json
from demo.vk.limits import Token
from demo.vk.methods import METHODS
from demo.vk.params import Call
from demo.vk.state import VkTown

OLDEST = (5, 21)
VERSION = re.compile(r"(\d+)\.(\d+)")
SECRETS = frozenset({"access_token", "client_secret"})


def without_secrets(params: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in params.items() if key not in SECRETS}


def answer(town: VkTown, name: str, params: dict[str, str], fault: Fault | None = None) -> Json:
    """`{"response": …}` or `{"error": …}`. Of faults, only refusals and changed shapes happen here."""
    try:
        if fault is not None and fault.kind is Kind.ERROR:
            raise VkError(fault.code, fault.detail, **dict(fault.extra))
        with town.lock:
            town.settle()
            response = _call(town, name, params)
    except VkError as error:
        return _refusal(error, name, params if town.faults.echo_token else without_secrets(params))
    if fault is not None and fault.kind in SHAPES:
        response = _spoiled(response, fault.kind)
    return {"response": response}


def _call(town: VkTown, name: str, params: dict[str, str]) -> object:
    """Check in VK's order: the method, the version, the token, its kind, its rate, its quota."""
    if name not in METHODS:
        raise VkError(3)
    version = _version(params.get("v", ""))
    token = _token(town, params.get("access_token", ""))
    token.check_kind(METHODS[name].tokens)
    town.meter.check_rate(token)
    town.meter.check_quota(token, name, town.now())
    return METHODS[name].answer(Call(town, token, version, params))


def _version(text: str) -> tuple[int, int]:
    if not text:
        raise VkError(8, "v (version) is required")
    match = VERSION.fullmatch(text)
    version = (int(match[1]), int(match[2])) if match else (0, 0)
    if version < OLDEST:
        raise VkError(8, f"versions below {OLDEST[0]}.{OLDEST[1]} are deprecated")
    return version


def _token(town: VkTown, secret: str) -> Token:
    if not secret:
        raise VkError(5, "no access_token passed.")
    token = town.token(secret)
    if token is None:
        raise VkError(5, "invalid access_token (4).")
    return token


def _refusal(error: VkError, name: str, echoed: dict[str, str]) -> Json:
    told = {"oauth": "1", "method": name} | echoed
    pairs = [{"key": key, "value": value} for key, value in told.items()]
    return {
        "error": {
            "error_code": error.code,
            "error_msg": error.message,
            **error.extra,
            "request_params": pairs,
        }
    }


def _spoiled(answer: Any, kind: Kind) -> object:  # Any: each method answers in its own shape
    """Changes the answer in place: its lists were made for it."""
    if not isinstance(answer, dict) or "items" not in answer:
        return answer
    items: list[Any] = answer["items"]
    if kind is Kind.SHORT_PAGE:
        answer["items"] = items[: len(items) // 2]
    elif kind is Kind.SHUFFLED:
        for item in items:
            item.get("thread", {}).get("items", []).reverse()
        items.reverse()
    elif "current_level_count" in answer:
        answer["count"], answer["current_level_count"] = answer["current_level_count"], answer["count"]
    return answer
