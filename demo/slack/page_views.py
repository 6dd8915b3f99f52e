"""What the page shows of messages: plain values for the templates."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from markupsafe import Markup

from .emoji import emoji
from .mrkdwn import mrkdwn, plain
from .records import Channel, Json, Message
from .rich_text import rich_text
from .town import SlackTown

MONTHS = ("января", "февраля", "марта", "апреля", "мая", "июня",
          "июля", "августа", "сентября", "октября", "ноября", "декабря")  # fmt: skip
WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
_COLOURS = {"good": "#2eb67d", "warning": "#ecb22e", "danger": "#e01e5a"}
#: People by the sum of their id: calm tones that white letters can be read on.
_AVATARS = ("#7c6f9b", "#4f7f8c", "#a0705a", "#5f8a5f", "#8a6f8f", "#6b7fa3")


@dataclass(frozen=True)
class MessageView:
    """One message; `day` is set on the first of a day, `is_continued` when its author spoke just before."""

    message: Message
    author: str
    avatar: str
    colour: str
    is_bot: bool
    time: str
    exact: str
    text: Markup
    replies: list["MessageView"] = field(default_factory=list)
    replies_title: str = ""
    day: str = ""
    is_continued: bool = False

    @property
    def shows_text(self) -> bool:
        """With blocks, `text` is only the notification's."""
        return bool(self.message.text) and not self.message.blocks


class Views:
    """Makes views of one town's messages for one viewer."""

    def __init__(self, town: SlackTown, viewer: str) -> None:
        self.town = town
        self.viewer = viewer

    def feed(self, channel: Channel) -> list[MessageView]:
        """Top messages and the viewer's ephemeral ones, oldest first, replies under their parents."""
        whispers = [m for m in self.town.ephemerals(channel.id) if m.ephemeral_for == self.viewer]
        shown = self.town.feed(channel.id) + [m for m in whispers if m.thread_ts is None]
        shown.sort(key=lambda m: m.ts)
        return [self._view(m, before) for before, m in pairwise([None, *shown]) if m is not None]

    def names(self, identifier: str) -> str | None:
        found = self.town.members.get(identifier) or self.town.channels.get(identifier)
        return found.name if found else None

    def words(self, text: Json | None) -> Markup:
        """A text object."""
        if not text:
            return Markup("")
        return mrkdwn(text["text"], self.names) if text["type"] == "mrkdwn" else plain(text["text"])

    def mrkdwn(self, text: object) -> Markup:
        return mrkdwn(str(text or ""), self.names)

    def rich(self, block: Json) -> Markup:
        return rich_text(block, self.names)

    def _view(self, message: Message, before: Message | None) -> MessageView:
        at, earlier = self.at(message), self.at(before) if before else None
        author, avatar, colour = self._author(message)
        replies = self._replies(message)
        new_day = earlier is None or earlier.date() != at.date()
        return MessageView(
            message, author, avatar, colour, is_bot=message.app_id is not None,
            time=f"{at:%H:%M}", exact=f"{at.day} {MONTHS[at.month - 1]} {at.year}, {at:%H:%M:%S %Z}",
            text=self.mrkdwn(message.text), replies=replies, replies_title=_count(len(replies)),
            day=self._day(at) if new_day else "", is_continued=not new_day and _follows(message, before),
        )  # fmt: skip

    def _replies(self, message: Message) -> list[MessageView]:
        if message.thread_ts not in (None, message.ts):
            return []
        said = self.town.replies(message.channel, message.ts)
        said += [m for m in self.town.ephemerals(message.channel)
                 if m.thread_ts == message.ts and m.ephemeral_for == self.viewer]  # fmt: skip
        return [self._view(m, message) for m in sorted(said, key=lambda m: m.ts)]

    def _author(self, message: Message) -> tuple[str, str, str]:
        if message.app_id is not None:
            app = self.town.app
            icon = (message.icon_emoji or app.icon).strip(":")
            return message.username or app.name, emoji(icon), "#ecebf1"
        name = self.names(message.user) or message.user
        return name, name[:1], _AVATARS[sum(map(ord, message.user)) % len(_AVATARS)]

    def at(self, message: Message) -> datetime:
        return datetime.fromtimestamp(float(message.ts), self.town.zone)

    def _day(self, at: datetime) -> str:
        today = datetime.fromtimestamp(self.town.now(), self.town.zone).date()
        days = (today - at.date()).days
        if days in (0, 1):
            return ("Сегодня", "Вчера")[days]
        return f"{WEEKDAYS[at.weekday()].capitalize()}, {at.day} {MONTHS[at.month - 1]}"


def colour_of(attachment: Json) -> str:
    """The colour of an attachment's bar; anything that is not a colour is grey."""
    colour = str(attachment.get("color", ""))
    colour = _COLOURS.get(colour, colour if colour.startswith("#") else f"#{colour}")
    return colour if re.fullmatch(r"#[0-9A-Fa-f]{6}", colour) else "#dddddd"


def _follows(message: Message, before: Message | None) -> bool:
    """Said by the same author within five minutes: no need to name them again. Bots always are."""
    if before is None or message.app_id or before.app_id or message.user != before.user or before.is_deleted:
        return False
    return float(message.ts) - float(before.ts) < 300


def _count(n: int) -> str:
    if n % 10 == 1 and n % 100 != 11:
        return f"{n} ответ"
    few = n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14)
    return f"{n} {'ответа' if few else 'ответов'}"
