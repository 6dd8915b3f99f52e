"""States of a conversation and the one table of moves between them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.errors import NotAllowed


class State(StrEnum):
    WAITING_US = "waiting_us"
    WAITING_CUSTOMER = "waiting_customer"
    #: a holding answer said until when more will come
    PROMISED = "promised"
    #: goes on in private messages, where nobody else can see it
    PRIVATE = "private"
    CLOSED = "closed"


class Turn(StrEnum):
    OURS = "ours"
    CUSTOMER = "customer"
    NOBODY = "nobody"


TURN = {
    State.WAITING_US: Turn.OURS,
    State.PROMISED: Turn.OURS,
    State.WAITING_CUSTOMER: Turn.CUSTOMER,
    State.PRIVATE: Turn.CUSTOMER,
    State.CLOSED: Turn.NOBODY,
}

#: before -> after. A renewed promise moves to the same state, since what is promised changed.
MOVES: dict[State | None, frozenset[State]] = {
    None: frozenset({State.WAITING_US, State.CLOSED}),
    State.WAITING_US: frozenset({State.WAITING_CUSTOMER, State.PROMISED, State.PRIVATE, State.CLOSED}),
    State.WAITING_CUSTOMER: frozenset({State.WAITING_US, State.PROMISED, State.PRIVATE, State.CLOSED}),
    State.PROMISED: frozenset(State),
    State.PRIVATE: frozenset({State.WAITING_US, State.WAITING_CUSTOMER, State.PROMISED, State.CLOSED}),
    State.CLOSED: frozenset({State.WAITING_US}),
}


class Why(StrEnum):
    """Because of what a conversation moved. A person's reason stands in the person's own code."""

    COMPLAINED = "complained"
    ASKED = "asked"
    GREETED = "greeted"
    CAME_WORDLESS = "came_wordless"
    #: praise or a suggestion: told, not asked
    NOTHING_ASKED = "nothing_asked"
    ANSWERED = "answered"
    #: the source says that there is an answer, but does not show it
    ANSWER_REPORTED = "answer_reported"
    PROMISED = "promised"
    WENT_PRIVATE = "went_private"
    WROTE_AGAIN = "wrote_again"
    THANKED = "thanked"
    SOLVED = "solved"
    SILENT = "silent"
    PROMISE_BROKEN = "promise_broken"
    #: the customer's unanswered words are gone from the source
    WITHDRAWN = "withdrawn"
    #: what opened it was edited, or is judged otherwise now
    NO_LONGER = "no_longer"
    #: history was read anew (a late answer, an edit) and ends in another state
    RECOUNTED = "recounted"


@dataclass(frozen=True, slots=True)
class Move:
    """One change of state. `by` is 'customer', 'official', 'rule' or a person; `post` the words' id."""

    before: State | None
    after: State
    by: str
    because: str
    at: datetime
    post: int | None = None

    @property
    def key(self) -> tuple[str, str, int | None]:
        """What makes it the same move when history is read again: times may be corrected by the source."""
        return self.after.value, self.because, self.post


def move(
    before: State | None, after: State, *, by: str, because: str, at: datetime, post: int | None = None
) -> Move:
    """The only way a conversation changes state. Raises NotAllowed for what the table does not hold."""
    if after not in MOVES[before]:
        raise NotAllowed(f"{before} -> {after}")
    return Move(before, after, by, because, at, post)


def replay(moves: Iterable[Move]) -> State | None:
    """The state after these moves, a recount being free to go anywhere.

    Raises NotAllowed when one does not begin where the last one ended.
    """
    state: State | None = None
    for step in moves:
        is_free = step.because in (Why.RECOUNTED, Why.NO_LONGER)
        if step.before != state or not (is_free or step.after in MOVES[state]):
            raise NotAllowed(f"{state}: {step.before} -> {step.after}")
        state = step.after
    return state
