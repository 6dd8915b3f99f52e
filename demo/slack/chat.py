"""The chat.* methods: posting, editing, deleting, and what Slack refuses about each."""

from .access import missing_scope
from .calls import Call
from .content import read_attachments, read_blocks, read_metadata
from .errors import SlackError
from .records import Channel, Json, Message
from .wire import message_json

TEXT_LIMIT = 40_000
#: Beyond this an existing message can no longer be edited.
EDIT_LIMIT = 4_000


def post_message(call: Call) -> Json:
    channel = _writable(call, _destination(call))
    message = _drafted(call, channel)
    _check_sender_name(call)
    message.username, message.icon_emoji = call.text("username") or None, call.text("icon_emoji") or None
    message.is_broadcast = call.flag("reply_broadcast")
    call.town.add(message)
    body = {"ok": True, "channel": channel.id, "ts": message.ts, "message": message_json(call.town, message)}
    if len(call.text("text")) > TEXT_LIMIT:
        body |= {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}
    return body


def post_ephemeral(call: Call) -> Json:
    """Shown to one person; no history has it, and the Web API cannot edit it."""
    channel = _writable(call, _destination(call))
    user = call.need("user", "invalid_arguments")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    message = _drafted(call, channel)
    message.ephemeral_for = user
    call.town.add(message)
    return {"ok": True, "message_ts": message.ts}


def update(call: Call) -> Json:
    """Replace what is given and keep what is not; an empty list removes blocks or attachments."""
    message = _own(call, "cant_update_message")
    if not any(call.given(name) for name in ("text", "blocks", "attachments")):
        raise SlackError("no_text")
    text = call.text("text") if call.given("text") else message.text
    if max(len(text), len(message.text)) > EDIT_LIMIT:
        raise SlackError("msg_too_long")
    blocks = read_blocks(call) if call.given("blocks") else message.blocks
    attachments = read_attachments(call) if call.given("attachments") else message.attachments
    if not (text.strip() or blocks or attachments):
        raise SlackError("no_text")
    if call.given("metadata"):
        message.metadata = read_metadata(call)
    message.text, message.blocks, message.attachments = text, blocks, attachments
    message.edited_ts = call.town.next_ts()
    call.town.record("update", message, thread_ts=message.thread_ts)
    body = message_json(call.town, message)
    return {"ok": True, "channel": message.channel, "ts": message.ts, "text": text, "message": body}


def delete(call: Call) -> Json:
    message = _own(call, "cant_delete_message")
    message.is_deleted = True
    call.town.record("delete", message)
    return {"ok": True, "channel": message.channel, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    channel, ts = call.channel(), call.need("message_ts", "message_not_found")
    call.town.message(channel.id, ts)
    link = f"{call.base_url}archives/{channel.id}/p{ts.replace('.', '')}"
    return {"ok": True, "channel": channel.id, "permalink": link}


def _destination(call: Call) -> Channel:
    """An id, a name with or without `#`, or a user's id: then their direct messages."""
    wanted = call.text("channel")
    if wanted in call.town.members:
        return direct(call, wanted)
    return call.channel(by_name=True)


def direct(call: Call, user: str) -> Channel:
    """The bot's conversation with one person, opened if need be."""
    name = call.town.members[user].name
    channel = Channel("D" + user[1:], name, members={user, call.app.bot_user_id}, is_im=True)
    return call.town.channels.setdefault(channel.id, channel)


def _writable(call: Call, channel: Channel) -> Channel:
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.app.bot_user_id not in channel.members and "chat:write.public" not in call.app.scopes:
        raise SlackError("not_in_channel")
    return channel


def _drafted(call: Call, channel: Channel) -> Message:
    text = call.text("text")[:TEXT_LIMIT]
    blocks, attachments, metadata = read_blocks(call), read_attachments(call), read_metadata(call)
    if not (text.strip() or blocks or attachments):
        raise SlackError("no_text")
    thread_ts = _thread(call, channel)
    return Message(
        call.town.next_ts(), channel.id, call.app.bot_user_id, text, call.app.id,
        blocks, attachments, metadata, thread_ts,
    )  # fmt: skip


def _check_sender_name(call: Call) -> None:
    if (call.given("username") or call.given("icon_emoji")) and "chat:write.customize" not in call.app.scopes:
        raise missing_scope(call.app, "chat:write.customize")


def _thread(call: Call, channel: Channel) -> str | None:
    if not (ts := call.text("thread_ts")):
        return None
    parent = call.town.find(channel.id, ts)
    if parent is None or parent.ephemeral_for:
        raise SlackError("thread_not_found")
    if parent.thread_ts not in (None, ts):
        raise SlackError("cannot_reply_to_message")
    return ts


def _own(call: Call, refusal: str) -> Message:
    channel = call.channel()
    message = call.town.message(channel.id, call.need("ts", "message_not_found"))
    # Slack's word for an archived channel differs here from chat.postMessage's.
    if channel.is_archived:
        raise SlackError("is_inactive")
    if message.app_id != call.app.id:
        raise SlackError(refusal)
    return message
