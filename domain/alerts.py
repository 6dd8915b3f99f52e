"""What a person should know and decide: its states, its moves, and when a channel hears of it again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from domain.errors import NotAllowed


class AlertKind(StrEnum):
    #: one conversation whose answer is late, nearly late, or could not be looked for
    UNANSWERED = "unanswered"
    #: what an import or a first crawl brought: one message for a source and load
    HISTORY = "history"
    #: more at once than a channel can bear: one message for a channel and day
    FLOOD = "flood"
    #: a source that cannot be read until a person does something
    SOURCE_TROUBLE = "source_trouble"


class State(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    SNOOZED = "snoozed"
    #: the end; the same matter coming back is a new alert
    RESOLVED = "resolved"


class Level(StrEnum):
    """How bad it is, mildest first: the order of members is the order of badness."""

    #: no deadline of its own (a digest, a source)
    NOTICE = "notice"
    #: the deadline is near
    WARNING = "warning"
    #: the deadline is past, and nobody could look whether there is an answer
    UNCHECKED = "unchecked"
    #: the deadline is past, and a later look saw no answer
    BREACH = "breach"

    def is_worse_than(self, other: "Level") -> bool:
        order = list(Level)
        return order.index(self) > order.index(other)


class Reason(StrEnum):
    """Why a channel hears of an alert."""

    FIRST = "first"
    #: a warning became a breach
    WORSE = "worse"
    #: still open after so long, or back from a snooze
    REMINDER = "reminder"
    #: somebody took or snoozed it, a count moved: the card is edited, nobody is called
    CHANGED = "changed"
    #: a digest holds twice as much as when it was told
    GREW = "grew"
    RESOLVED = "resolved"


#: The only moves there are; who and why are arguments of `move`.
MOVES: Mapping[State, frozenset[State]] = {
    State.OPEN: frozenset({State.TAKEN, State.SNOOZED, State.RESOLVED}),
    State.TAKEN: frozenset({State.SNOOZED, State.RESOLVED}),
    State.SNOOZED: frozenset({State.OPEN, State.TAKEN, State.RESOLVED}),
    State.RESOLVED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Move:
    before: State
    after: State
    by: str
    because: str
    at: datetime


def move(state: State, to: State, *, by: str, because: str, at: datetime) -> Move:
    """The only way an alert changes state. Raises NotAllowed when the table has no such move."""
    if to not in MOVES[state]:
        raise NotAllowed(f"{state} -> {to}")
    return Move(before=state, after=to, by=by, because=because, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What an alert looks like at a moment, as far as it matters to whoever was told of it."""

    #: now; in what a channel was told: when it was last called, quiet edits of the card aside
    at: datetime
    state: State
    level: Level
    taken_by: str | None = None
    snoozed_until: datetime | None = None
    #: conversations a digest holds; 1 for everything else
    size: int = 1
    #: of them, how many still wait
    waiting: int = 1
    #: in what a channel was told: the size it was last called with; quiet edits keep it
    called_with: int = 1

    @property
    def is_open(self) -> bool:
        return self.state is not State.RESOLVED

    def to_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "state": self.state.value,
            "level": self.level.value,
            "taken_by": self.taken_by,
            "snoozed_until": self.snoozed_until and self.snoozed_until.isoformat(),
            "size": self.size,
            "waiting": self.waiting,
            "called_with": self.called_with,
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Snapshot":
        until = body["snoozed_until"]
        return cls(
            at=datetime.fromisoformat(body["at"]),
            state=State(body["state"]),
            level=Level(body["level"]),
            taken_by=body["taken_by"],
            snoozed_until=until and datetime.fromisoformat(until),
            size=body["size"],
            waiting=body["waiting"],
            called_with=body["called_with"],
        )


def reason_to_notify(
    now: Snapshot, told: Snapshot | None, *, remind_after: timedelta | None
) -> Reason | None:
    """Say why the channel should hear of this alert again; None means: stay quiet.

    Told nothing yet, the channel hears only of what is open: what came and went between two looks is
    history, not news. `remind_after` None: this kind of alert is told once and never repeated.
    """
    if told is None or not told.is_open:
        return Reason.FIRST if now.state in (State.OPEN, State.TAKEN) else None
    if not now.is_open:
        return Reason.RESOLVED
    if now.state is State.SNOOZED:
        return Reason.CHANGED if _looks_different(now, told) else None
    if told.state is State.SNOOZED and now.state is State.OPEN:
        return Reason.REMINDER
    if now.level.is_worse_than(told.level):
        return Reason.WORSE
    if now.size >= 2 * told.called_with:
        return Reason.GREW
    if _looks_different(now, told):
        return Reason.CHANGED
    if remind_after is not None and now.at - told.at >= remind_after:
        return Reason.REMINDER
    return None


def _looks_different(now: Snapshot, told: Snapshot) -> bool:
    return replace(now, at=told.at, called_with=told.called_with) != told


def as_told(now: Snapshot, told: Snapshot | None, reason: Reason) -> Snapshot:
    """What to remember of a message sent for `reason`.

    A quiet edit neither puts off the next reminder nor hides how much a digest grew since the last call.
    """
    if reason is Reason.CHANGED and told is not None:
        return replace(now, at=told.at, called_with=told.called_with)
    return replace(now, called_with=now.size)
