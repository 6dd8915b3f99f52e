"""The emulated workspace: who is there, what was said, and the switches tests turn."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from .cast import ANNA, demo_app, demo_channels, demo_members
from .errors import SlackError
from .faults import Faults
from .journal import Event, Journal
from .limits import SLACK_RATES, Rate, RateLimiter
from .records import Channel, Json, Member, Message, SlackApp
from .response_urls import ResponseUrls
from .sockets import SocketHub


@dataclass
class SlackTown:
    """State behind `create_app`; tests build one, serve it, and look inside it."""

    app: SlackApp = field(default_factory=demo_app)
    members: dict[str, Member] = field(default_factory=demo_members)
    channels: dict[str, Channel] = field(default_factory=demo_channels)
    #: Unix seconds; a test may hand in a clock that it moves.
    clock: Callable[[], float] = time.time
    rates: Mapping[str, Rate] = field(default_factory=lambda: SLACK_RATES)
    #: Seconds an app has to acknowledge a press.
    ack_timeout: float = 3.0
    #: Characters of a message's blocks as ASCII-escaped JSON (slackapi/bolt-js issue 2509: about 13,200).
    blocks_json_limit: int = 13_200
    team_id: str = "T0ROMASHKA"
    domain: str = "romashka-bank"
    name: str = "Ромашка Банк"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Moscow"))

    def __post_init__(self) -> None:
        self.faults = Faults()
        self.journal = Journal()
        self.limiter = RateLimiter(self.rates)
        self.sockets = SocketHub()
        self.response_urls = ResponseUrls()
        #: trigger_id -> when it was made; each opens one modal within 3 seconds.
        self.triggers: dict[str, float] = {}
        self.modals: list[Json] = []
        self._messages: list[Message] = []
        self._last_tick = (0, 0)

    # --- what tests ask ---

    def messages(self, channel: str, *, deleted: bool = False) -> list[Message]:
        """The channel's messages, oldest first, replies among them; ephemeral ones are not in it."""
        ours = self._in(channel, ephemeral=False)
        return ours if deleted else [m for m in ours if not m.is_deleted]

    def ephemerals(self, channel: str) -> list[Message]:
        return [m for m in self._in(channel, ephemeral=True) if not m.is_deleted]

    def posts_of(
        self, text: str = "", *, metadata: Json | None = None, channel: str | None = None
    ) -> list[Event]:
        """Every post ever accepted (later deleted or edited ones too) whose text or blocks contain `text`.

        `metadata` is compared as a subset of the event payload: `{"alert_id": 7}`.
        """
        return [event for event in self.journal.of("post") if channel in (None, event.channel)
                and (text in event.text or any(text in part for part in _texts(event.details["blocks"])))
                and _carries(event.details["metadata"], metadata or {})]  # fmt: skip

    def updates_of(self, channel: str, ts: str) -> list[Event]:
        return [e for e in self.journal.of("update") if (e.channel, e.ts) == (channel, ts)]

    def duplicates(self) -> dict[str, int]:
        """Text -> how many times, for posts accepted more than once with equal place, text and metadata."""

        def sameness(event: Event) -> tuple[str, str, str]:
            return event.channel, event.text, str((event.details["thread_ts"], event.details["metadata"]))

        counts = Counter(sameness(event) for event in self.journal.of("post"))
        return {key[1]: count for key, count in counts.items() if count > 1}

    def wait_until(self, is_true: Callable[["SlackTown"], object], timeout: float = 5.0) -> bool:
        """Wait for the town to be so; False when it was not within `timeout` seconds."""
        return self.journal.wait_until(lambda: is_true(self), timeout)

    # --- what tests turn ---

    def archive(self, channel: str) -> None:
        self.channels[channel].is_archived = True

    def say(self, channel: str, text: str, *, user: str = ANNA, thread_ts: str | None = None) -> Message:
        """A person writes; apps hear nothing of it."""
        return self.add(Message(self.next_ts(), channel, user, text, thread_ts=thread_ts))

    # --- what a restart needs ---

    def all_messages(self) -> list[Message]:
        """Every message of every channel, oldest first, deleted and ephemeral ones too."""
        return list(self._messages)

    def take_back(self, messages: list[Message]) -> None:
        """Begin with these, kept from an earlier life; the journal does not tell of them."""
        self._messages = list(messages)
        if stamps := [message.edited_ts or message.ts for message in messages]:
            second, _, count = max(stamps).partition(".")
            self._last_tick = (int(second), int(count) // 100)

    # --- what the methods build on ---

    def now(self) -> float:
        return self.clock()

    def next_ts(self) -> str:
        """A message id: seconds and a counter, never the same and never going back."""
        second, count = self._last_tick
        second, count = (int(self.now()), 1) if self.now() >= second + 1 else (second, count + 1)
        self._last_tick = (second, count)
        return f"{second}.{count * 100:06d}"

    def add(self, message: Message) -> Message:
        self._messages.append(message)
        kind = "ephemeral" if message.ephemeral_for else "post"
        self.record(kind, message, thread_ts=message.thread_ts, user=message.ephemeral_for or message.user)
        return message

    def record(self, kind: str, message: Message, **details: object) -> None:
        """Log what became of a message, with its content as it is now."""
        content = {"blocks": message.blocks, "attachments": message.attachments, "metadata": message.metadata}
        event = Event(kind, self.now(), message.channel, message.ts, message.text, content | details)
        self.journal.write(event)

    def find(self, channel: str, ts: str) -> Message | None:
        """A message by its id, ephemeral ones too; deleted ones are gone."""
        found = (m for m in self._messages if (m.channel, m.ts) == (channel, ts) and not m.is_deleted)
        return next(found, None)

    def message(self, channel: str, ts: str) -> Message:
        """What the Web API can see: ephemeral messages are beyond it."""
        found = self.find(channel, ts)
        if found is None or found.ephemeral_for:
            raise SlackError("message_not_found")
        return found

    def replies(self, channel: str, ts: str) -> list[Message]:
        return [m for m in self.messages(channel) if m.thread_ts == ts and m.ts != ts]

    def feed(self, channel: str) -> list[Message]:
        """What stands in the channel itself, oldest first: no replies but broadcast ones.

        A deleted message is among it while it has replies: Slack leaves a tombstone above them.
        """
        top = [m for m in self._in(channel, ephemeral=False) if m.thread_ts in (None, m.ts) or m.is_broadcast]
        return [m for m in top if not m.is_deleted or self.replies(channel, m.ts)]

    def _in(self, channel: str, *, ephemeral: bool) -> list[Message]:
        return [m for m in self._messages if m.channel == channel and bool(m.ephemeral_for) is ephemeral]


def _carries(metadata: Json | None, wanted: Json) -> bool:
    payload: Json = (metadata or {}).get("event_payload", {})
    return all(key in payload and payload[key] == value for key, value in wanted.items())


def _texts(part: object) -> Iterator[str]:
    """Every string inside blocks, keys aside."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _texts(inner)
