"""What is known of a customer's conversation with the company, and by which rules it is read."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.moves import TURN, Move, State, Turn
from domain.policy import Calendar, Policy
from domain.threads import Said
from domain.verdicts import Appeal
from domain.vices import Answer


class Speaker(StrEnum):
    CUSTOMER = "customer"
    OFFICIAL = "official"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided of a conversation: closed up to and including the post `upto`."""

    customer: str
    by: str
    because: str
    at: datetime
    upto: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What is true of one customer in one thread at one moment."""

    customer: str
    opening: Said
    appeal: Appeal
    state: State
    first_answer_at: datetime | None
    #: the oldest word that waits for us, while one does
    waiting: Said | None
    promised_until: datetime | None
    last_word_by: Speaker
    posts: tuple[Said, ...]
    answers: tuple[Answer, ...]
    #: other customers' "me too" that asks for no answer of its own
    voices: tuple[Said, ...]
    moves: tuple[Move, ...]
    #: False when the source does not tell whether there is an answer: then none is missing
    is_checkable: bool
    #: when time alone would move it next: a promise runs out, silence ends it
    passes_at: datetime | None

    @property
    def turn(self) -> Turn:
        return TURN[self.state]

    @property
    def opened_at(self) -> datetime | None:
        """Publication of the opening word; None when the source gives no dates."""
        return self.opening.dated_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What conversations are read by. `checked_at`: the last look that could have shown every reply."""

    policy: Policy
    calendar: Calendar
    now: datetime
    checked_at: datetime | None
    #: what the company is called, beside its accounts' own names
    names: tuple[str, ...] = ()
