"""What the emulated workspace is made of: people, apps, channels, messages."""

from dataclasses import dataclass, field
from typing import Any

#: A JSON object as Slack sends it: its shape is checked by rules, not by types.
Json = dict[str, Any]

BOT_SCOPES = frozenset({
    "channels:history", "channels:join", "channels:read", "chat:write", "groups:history", "groups:read",
    "im:write", "reactions:write", "users:read", "users:read.email",
})  # fmt: skip


@dataclass
class Member:
    """A person of the workspace, or the user behind a bot (then `is_bot`)."""

    id: str
    name: str
    title: str = ""
    is_bot: bool = False
    is_deleted: bool = False
    email: str | None = None


@dataclass
class SlackApp:
    """An installed app: the identity behind a bot token, and where its button presses go."""

    id: str = "A0OTKLIK01"
    name: str = "Отклик"
    icon: str = ":satellite_antenna:"
    bot_id: str = "B0OTKLIK01"
    bot_user_id: str = "U0OTKLIK01"
    bot_token: str = "xoxb-demo-otklik"  # noqa: S105 - the emulator's own, worth nothing elsewhere
    app_token: str = "xapp-demo-otklik"  # noqa: S105
    signing_secret: str = "demo-signing-secret"  # noqa: S105
    verification_token: str = "demo-verification-token"  # noqa: S105
    scopes: frozenset[str] = BOT_SCOPES
    is_revoked: bool = False
    #: Where presses are posted while no Socket Mode connection is open.
    request_url: str | None = None


@dataclass
class Channel:
    """A conversation; `members` holds user ids, the bots' among them."""

    id: str
    name: str
    topic: str = ""
    members: set[str] = field(default_factory=set)
    is_private: bool = False
    is_archived: bool = False
    is_im: bool = False
    created: int = 1_690_000_000


@dataclass
class Message:
    """One message; `ts` is its id within the channel, `thread_ts` its parent's."""

    ts: str
    channel: str
    user: str
    text: str = ""
    app_id: str | None = None
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    is_broadcast: bool = False
    username: str | None = None
    icon_emoji: str | None = None
    edited_ts: str | None = None
    is_deleted: bool = False
    #: The only person who sees it; None for an ordinary message.
    ephemeral_for: str | None = None
    #: Emoji name -> user ids, in order of appearance.
    reactions: dict[str, list[str]] = field(default_factory=dict)
    #: What Slack shows beside the buttons after a press that nobody acknowledged.
    failure: str | None = None

    def all_blocks(self) -> list[Json]:
        """Its own blocks and those inside its attachments."""
        return self.blocks + [block for a in self.attachments for block in a.get("blocks") or []]
