"""What a channel is shown of an alert: built from facts when it is sent, the same for every messenger.

Nothing here knows a messenger's markup: texts are plain, and each messenger makes them safe in its own way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from domain.alerts import AlertKind, Level, State


class Verb(StrEnum):
    """What a person can do with an alert; the second half of a button's id."""

    TAKE = "take"
    ANSWERED = "answered"
    NOT_COMPLAINT = "not_complaint"
    SNOOZE = "snooze"


class Tone(StrEnum):
    """How a message should look: its colour or sign."""

    NOTICE = "notice"
    WARNING = "warning"
    UNCHECKED = "unchecked"
    BREACH = "breach"
    TAKEN = "taken"
    SNOOZED = "snoozed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Button:
    verb: Verb
    label: str
    #: the one a person most likely wants
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a digest: one conversation."""

    text: str
    note: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Subject, essence, one question, buttons: what can be answered without opening anything."""

    alert_id: int
    tone: Tone
    subject: str
    essence: str = ""
    quote: str = ""
    facts: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    question: str = ""
    buttons: tuple[Button, ...] = ()
    url: str | None = None
    footnote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationView:
    """One conversation as a message needs it. Times None: the source does not tell, or nobody looked."""

    appeal: str
    text: str = ""
    attachments: tuple[str, ...] = ()
    rating: int | None = None
    url: str | None = None
    #: since when it waits; with no publication time, since we saw it
    waiting_since: datetime | None = None
    is_dated: bool = True
    due_at: datetime | None = None
    checked_at: datetime | None = None
    answer: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """Counts of a digest; `waiting` and `unchecked` are parts of `size`, which is told in this digest."""

    size: int = 0
    #: seen to be without an answer
    waiting: int = 0
    #: nobody could look whether there is an answer
    unchecked: int = 0
    #: what the load brought in all, and how many of it want an answer, answered ones included
    posts: int = 0
    complaints: int = 0
    questions: int = 0
    oldest_at: datetime | None = None
    newest_at: datetime | None = None
    worst: tuple[ConversationView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """Everything a message about an alert is made of."""

    id: int
    kind: AlertKind
    state: State
    level: Level
    opened_at: datetime
    source_name: str = ""
    source_kind: str = ""
    taken_by: str | None = None
    taken_at: datetime | None = None
    snoozed_until: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolved_because: str | None = None
    conversation: ConversationView | None = None
    digest: DigestView | None = None
    #: what a person has to do for the source, and when it was last read well
    trouble: str = ""
    last_good_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where a message is read: `now` and the zone its times are shown in."""

    now: datetime
    zone: tzinfo


_PLACES = {
    "vk": "ВКонтакте",
    "facebook": "Facebook",
    "import": "Загрузка",
    "banki": "Банки.ру",
    "sravni": "Сравни",
    "yandex": "Яндекс Карты",
    "2gis": "2ГИС",
}

_SIGNS = {
    Tone.NOTICE: "🔵",
    Tone.WARNING: "🟡",
    Tone.UNCHECKED: "⚪",
    Tone.BREACH: "🔴",
    Tone.TAKEN: "🙋",
    Tone.SNOOZED: "💤",
    Tone.DONE: "✅",
}


def sign(tone: Tone) -> str:
    """One character that shows the tone where there is no colour."""
    return _SIGNS[tone]


def place(view: AlertView) -> str:
    """Where it was written: the network and the source's name, said once."""
    network = _PLACES.get(view.source_kind.split(".")[0].split("_")[0], "")
    if not network or network.lower() in view.source_name.lower():
        return view.source_name or network
    return f"{network}, {view.source_name}" if view.source_name else network


def tone(view: AlertView) -> Tone:
    by_state = {State.TAKEN: Tone.TAKEN, State.SNOOZED: Tone.SNOOZED, State.RESOLVED: Tone.DONE}
    return by_state.get(view.state) or Tone(view.level.value)


def plain(message: Message) -> str:
    """The message as plain text: the console, notifications, logs of a test."""
    parts: Sequence[str] = (
        f"{sign(message.tone)} {message.subject}",
        message.essence,
        "\n".join(f"> {line}" for line in message.quote.split("\n")) if message.quote else "",
        "\n".join(message.facts),
        "\n".join(f"• {i.text} ({i.note})" + (f" {i.url}" if i.url else "") for i in message.items),
        message.url or "",
        message.question,
        " ".join(f"[{button.label}]" for button in message.buttons),
        message.footnote,
    )
    return "\n".join(part for part in parts if part)
