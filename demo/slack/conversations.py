"""The conversations.* methods: which channels there are, and what was said in them."""

import base64
import re

from .calls import Call
from .chat import direct
from .errors import SlackError
from .journal import Event
from .records import Channel, Json, Message
from .wire import channel_json, message_json, tombstone_json


def list_channels(call: Call) -> Json:
    """Public channels and those private ones the bot is in; `types` is read as Slack reads it."""
    types = set(call.text("types", "public_channel").replace(" ", "").split(","))
    if types - {"public_channel", "private_channel", "im", "mpim"}:
        raise SlackError("invalid_types")
    hide_archived, bot = call.flag("exclude_archived"), call.app.bot_user_id
    wanted = [channel for channel in call.town.channels.values()
              if _type(channel) in types and not (channel.is_archived and hide_archived)
              and (_type(channel) == "public_channel" or bot in channel.members)]  # fmt: skip
    start, limit = cursor_of(call), call.limit(100, 1000)
    page = [channel_json(call.town, channel) for channel in wanted[start : start + limit]]
    return {"ok": True, "channels": page, **next_page(start + limit, len(wanted))}


def info(call: Call) -> Json:
    return {"ok": True, "channel": channel_json(call.town, call.channel())}


def join(call: Call) -> Json:
    channel, bot = call.channel(), call.app.bot_user_id
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.is_private or channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    was_in = bot in channel.members
    channel.members.add(bot)
    call.town.journal.write(Event("join", call.town.now(), channel.id))
    body: Json = {"ok": True, "channel": channel_json(call.town, channel)}
    if was_in:
        body |= {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    return body


def open_direct(call: Call) -> Json:
    user = call.need("users", "users_list_not_supplied")
    if user not in call.town.members:
        raise SlackError("user_not_found")
    return {"ok": True, "channel": {"id": direct(call, user).id}}


def history(call: Call) -> Json:
    """Newest first; replies are not in it unless they were broadcast, metadata only on request."""
    channel = _readable(call)
    told = call.town.feed(channel.id)
    found = [m for m in reversed(told) if _between(call, m)]
    start, limit = cursor_of(call), call.limit(100, 999)
    page = [_told(call, m) for m in found[start : start + limit]]
    more = len(found) > start + limit
    return {"ok": True, "messages": page, "has_more": more, "pin_count": 0,
            **next_page(start + limit, len(found))}  # fmt: skip


def replies(call: Call) -> Json:
    """The parent, then its replies, oldest first; a reply's own ts gives just that reply."""
    channel, ts = _readable(call), call.need("ts", "thread_not_found")
    town = call.town
    parent = next((m for m in town.messages(channel.id, deleted=True) if m.ts == ts), None)
    answers = town.replies(channel.id, ts)
    if parent is None or (parent.is_deleted and not answers):
        raise SlackError("thread_not_found")
    found = [parent, *(m for m in answers if _between(call, m))]
    start, limit = cursor_of(call), call.limit(1000, 1000)
    page = [_told(call, m) for m in found[start : start + limit]]
    more = len(found) > start + limit
    return {"ok": True, "messages": page, "has_more": more, **next_page(start + limit, len(found))}


def _type(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


def _readable(call: Call) -> Channel:
    channel = call.channel()
    if call.app.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _told(call: Call, message: Message) -> Json:
    if message.is_deleted:
        return tombstone_json(call.town, message)
    return message_json(call.town, message, with_metadata=call.flag("include_all_metadata"))


def _between(call: Call, message: Message) -> bool:
    """`oldest` < ts < `latest`, the ends included only with `inclusive`."""
    oldest, latest = _ts(call, "oldest"), _ts(call, "latest")
    at = _parts(message.ts)
    if call.flag("inclusive"):
        return (oldest is None or at >= oldest) and (latest is None or at <= latest)
    return (oldest is None or at > oldest) and (latest is None or at < latest)


def _ts(call: Call, name: str) -> tuple[int, int] | None:
    value = call.text(name)
    if value in {"", "0"}:
        return None
    if not re.fullmatch(r"\d+(\.\d{1,6})?", value):
        raise SlackError(f"invalid_ts_{name}")
    return _parts(value)


def _parts(ts: str) -> tuple[int, int]:
    seconds, _, micros = ts.partition(".")
    return int(seconds), int(micros.ljust(6, "0"))


def cursor_of(call: Call) -> int:
    """Cursors are base64 of "offset:N": opaque to clients, readable in a debugger."""
    if not (cursor := call.text("cursor")):
        return 0
    try:
        offset = re.fullmatch(r"offset:(\d+)", base64.b64decode(cursor, validate=True).decode())
    except ValueError as e:
        raise SlackError("invalid_cursor") from e
    if offset is None:
        raise SlackError("invalid_cursor")
    return int(offset[1])


def next_page(end: int, total: int) -> Json:
    cursor = base64.b64encode(f"offset:{end}".encode()).decode() if end < total else ""
    return {"response_metadata": {"next_cursor": cursor}}
