"""Objects in the JSON shapes of the Web API (https://docs.slack.dev/reference/objects)."""

from .records import Channel, Json, Member, Message
from .town import SlackTown


def message_json(town: SlackTown, message: Message, *, with_metadata: bool = True) -> Json:
    """A message as answers, histories and callbacks carry it."""
    body: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text,
                  "team": town.team_id}  # fmt: skip
    if message.app_id is not None:
        body |= _bot_fields(town, message)
    if message.blocks:
        body["blocks"] = message.blocks
    if message.attachments:
        body["attachments"] = message.attachments
    if message.metadata is not None and with_metadata:
        body["metadata"] = message.metadata
    if message.edited_ts:
        body["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.reactions:
        body["reactions"] = [{"name": name, "users": users, "count": len(users)}
                             for name, users in message.reactions.items()]  # fmt: skip
    return body | _thread_fields(town, message)


def tombstone_json(town: SlackTown, message: Message) -> Json:
    """What is left of a deleted message that has replies."""
    body: Json = {"type": "message", "subtype": "tombstone", "hidden": True, "user": "USLACKBOT",
                  "text": "This message was deleted.", "ts": message.ts}  # fmt: skip
    return body | _thread_fields(town, message)


def _bot_fields(town: SlackTown, message: Message) -> Json:
    app = town.app
    profile: Json = {"id": app.bot_id, "app_id": app.id, "user_id": app.bot_user_id, "name": app.name,
                     "icons": {"emoji": app.icon}, "deleted": False, "team_id": town.team_id}  # fmt: skip
    body: Json = {"bot_id": app.bot_id, "app_id": app.id, "bot_profile": profile}
    if message.username or message.icon_emoji:
        body |= {"subtype": "bot_message", "username": message.username or app.name}
        body["icons"] = {"emoji": message.icon_emoji or app.icon}
    return body


def _thread_fields(town: SlackTown, message: Message) -> Json:
    if message.thread_ts and message.thread_ts != message.ts:
        parent = town.find(message.channel, message.thread_ts)
        asker = parent.user if parent else "USLACKBOT"
        body: Json = {"thread_ts": message.thread_ts, "parent_user_id": asker}
        return body | ({"subtype": "thread_broadcast"} if message.is_broadcast else {})
    replies = town.replies(message.channel, message.ts)
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {"thread_ts": message.ts, "reply_count": len(replies), "reply_users_count": len(users),
            "latest_reply": replies[-1].ts, "reply_users": users, "is_locked": False,
            "subscribed": False}  # fmt: skip


def channel_json(town: SlackTown, channel: Channel) -> Json:
    if channel.is_im:
        return {"id": channel.id, "created": channel.created, "is_im": True, "is_archived": False,
                "is_org_shared": False, "user": "U" + channel.id[1:]}  # fmt: skip
    return {
        "id": channel.id, "name": channel.name, "name_normalized": channel.name, "is_channel": True,
        "is_group": False, "is_im": False, "is_mpim": False, "is_private": channel.is_private,
        "is_archived": channel.is_archived, "is_general": False, "is_shared": False,
        "is_member": town.app.bot_user_id in channel.members, "num_members": len(channel.members),
        "created": channel.created, "creator": min(channel.members, default="USLACKBOT"),
        "context_team_id": town.team_id,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }  # fmt: skip


def user_json(town: SlackTown, member: Member) -> Json:
    profile = {"real_name": member.name, "display_name": member.name, "title": member.title}
    if member.email and "users:read.email" in town.app.scopes:
        profile["email"] = member.email
    return {
        "id": member.id, "team_id": town.team_id, "name": member.id.lower(), "real_name": member.name,
        "deleted": member.is_deleted, "is_bot": member.is_bot, "is_admin": False, "is_owner": False,
        "tz": town.zone.key, "tz_label": "Moscow Time", "tz_offset": 10_800, "profile": profile,
        "is_app_user": False, "updated": 1_690_000_000,
    }  # fmt: skip
