"""Block Kit's smallest parts and their limits: strings, text objects, options, confirmations.

Every check takes what it found, where (a JSON pointer) and a list to add complaints to,
worded as Slack words them: "must be less than 151 characters [json-pointer:/blocks/0/text/text]".
Limits: https://docs.slack.dev/reference/block-kit.
"""

from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from .records import Json

Complaints = list[str]
Check = Callable[[object, str, Complaints], None]


def complain(complaints: Complaints, at: str, what: str) -> None:
    complaints.append(f"{what} [json-pointer:{at}]")


def string(limit: int, *, least: int = 1) -> Check:
    """A string of `least` to `limit` characters."""

    def check(value: object, at: str, complaints: Complaints) -> None:
        if not isinstance(value, str):
            complain(complaints, at, "must provide a string")
        elif len(value) < least:
            complain(complaints, at, f"must be more than {least - 1} characters")
        elif len(value) > limit:
            complain(complaints, at, f"must be less than {limit + 1} characters")

    return check


def boolean(value: object, at: str, complaints: Complaints) -> None:
    if not isinstance(value, bool):
        complain(complaints, at, "must provide a boolean")


def number(value: object, at: str, complaints: Complaints) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        complain(complaints, at, "must provide a number")


def anything(value: object, at: str, complaints: Complaints) -> None:
    """For what Slack checks and we do not."""


def one_of(*allowed: str) -> Check:
    def check(value: object, at: str, complaints: Complaints) -> None:
        if value not in allowed:
            complain(complaints, at, f"must be one of: {', '.join(allowed)}")

    return check


def url(value: object, at: str, complaints: Complaints) -> None:
    string(3000)(value, at, complaints)
    if isinstance(value, str) and urlsplit(value).scheme not in {"http", "https", "mailto", "tel", "slack"}:
        complain(complaints, at, "Invalid URL")


def listed(check: Check, most: int, *, least: int = 1) -> Check:
    def check_list(value: object, at: str, complaints: Complaints) -> None:
        if not isinstance(value, list):
            complain(complaints, at, "must be an array")
        elif len(value) > most:
            complain(complaints, at, f"no more than {most} items allowed")
        elif len(value) < least:
            complain(complaints, at, f"no fewer than {least} items allowed")
        else:
            for i, item in enumerate(value):
                check(item, f"{at}/{i}", complaints)

    return check_list


def shape(fields: dict[str, Check], required: Collection[str] = ()) -> Check:
    """An object with these fields, these of them required, and no other."""

    def check(value: object, at: str, complaints: Complaints) -> None:
        if not isinstance(value, dict):
            complain(complaints, at, "must be an object")
            return
        for key in required:
            if key not in value:
                complain(complaints, at, f"missing required field: {key}")
        for key, inner in value.items():
            if key == "type":
                continue
            if key not in fields:
                complain(complaints, at, f"invalid additional property: {key}")
            else:
                fields[key](inner, f"{at}/{key}", complaints)

    return check


def text(limit: int, *kinds: str) -> Check:
    """A text object of one of the kinds (any, if none is named)."""
    kinds = kinds or ("plain_text", "mrkdwn")

    def check(value: object, at: str, complaints: Complaints) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in kinds:
            where = f"{at}/type" if kind else at
            complain(complaints, where, f"must be a text object of type {' or '.join(kinds)}")
            return
        extra: dict[str, Check] = {"emoji": boolean} if kind == "plain_text" else {"verbatim": boolean}
        shape({"text": string(limit), **extra}, ["text"])(value, at, complaints)

    return check


def plain(limit: int) -> Check:
    return text(limit, "plain_text")


CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30),
     "style": one_of("primary", "danger")},
    ["title", "text", "confirm", "deny"],
)  # fmt: skip


def option(*, with_url: bool = False, rich: bool = False) -> Check:
    words = text(75) if rich else plain(75)
    fields: dict[str, Check] = {"text": words, "value": string(150), "description": words}
    return shape(fields | ({"url": url} if with_url else {}), ["text", "value"])


def kind_of(value: object) -> str:
    """The `type` of a block or element, "" when it has none."""
    kind: Json = value if isinstance(value, dict) else {}
    return str(kind.get("type", ""))
