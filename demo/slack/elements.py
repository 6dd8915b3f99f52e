"""Block Kit's elements: buttons, selects and other things inside blocks."""

import ipaddress
from urllib.parse import urlsplit

from .parts import (
    CONFIRM,
    Check,
    Complaints,
    anything,
    boolean,
    complain,
    kind_of,
    listed,
    number,
    one_of,
    option,
    plain,
    shape,
    string,
    url,
)

ACTION_ID = string(255)


def picture_url(value: object, at: str, complaints: Complaints) -> None:
    """Slack fetches pictures itself, so an address only we can reach is refused."""
    url(value, at, complaints)
    host = urlsplit(value).hostname if isinstance(value, str) else None
    if host is None or host == "localhost" or _is_private(host):
        complain(complaints, at, "downloading image failed")


def _is_private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def _pick(**fields: Check) -> Check:
    """A chooser: the fields all of them share, and its own."""
    shared: dict[str, Check] = {
        "action_id": ACTION_ID, "placeholder": plain(150), "confirm": CONFIRM, "focus_on_load": boolean,
    }  # fmt: skip
    return shape(shared | fields)


_OPTIONS = listed(option(), 100)
_GROUPS = listed(shape({"label": plain(75), "options": _OPTIONS}, ["label", "options"]), 100)
_FEW = listed(option(rich=True), 10)

IMAGE = shape(
    {"image_url": picture_url, "alt_text": string(2000), "slack_file": anything},
    ["alt_text"],
)
BUTTON = shape(
    {"text": plain(75), "action_id": ACTION_ID, "value": string(2000), "url": url,
     "style": one_of("primary", "danger"), "confirm": CONFIRM, "accessibility_label": string(75)},
    ["text"],
)  # fmt: skip

PRESSABLE: dict[str, Check] = {
    "button": BUTTON,
    "overflow": shape(
        {"action_id": ACTION_ID, "options": listed(option(with_url=True), 5), "confirm": CONFIRM}, ["options"]
    ),
    "static_select": _pick(options=_OPTIONS, option_groups=_GROUPS, initial_option=option()),
    "multi_static_select": _pick(
        options=_OPTIONS, option_groups=_GROUPS, initial_options=_OPTIONS, max_selected_items=number
    ),
    "users_select": _pick(initial_user=string(50)),
    "multi_users_select": _pick(initial_users=anything, max_selected_items=number),
    "conversations_select": _pick(initial_conversation=string(50), filter=anything),
    "channels_select": _pick(initial_channel=string(50)),
    "external_select": _pick(initial_option=option(), min_query_length=number),
    "datepicker": _pick(initial_date=string(10)),
    "timepicker": _pick(initial_time=string(5), timezone=string(50)),
    "datetimepicker": _pick(initial_date_time=number),
    "checkboxes": _pick(options=_FEW, initial_options=_FEW),
    "radio_buttons": _pick(options=_FEW, initial_option=option(rich=True)),
}
TYPED: dict[str, Check] = {
    "plain_text_input": _pick(
        initial_value=string(3000, least=0), multiline=boolean, min_length=number, max_length=number,
        dispatch_action_config=anything,
    ),
}  # fmt: skip


def element(allowed: dict[str, Check]) -> Check:
    """One element of the allowed types."""

    def check(value: object, at: str, complaints: Complaints) -> None:
        kind = kind_of(value)
        if kind not in allowed:
            complain(complaints, at, f"unsupported type: {kind}")
            return
        allowed[kind](value, at, complaints)
        fields = value if isinstance(value, dict) else {}
        if kind.endswith("static_select") and ("options" in fields) is ("option_groups" in fields):
            complain(complaints, at, "must define either options or option_groups")

    return check
