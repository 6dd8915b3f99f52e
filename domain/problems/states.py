"""States of a problem and the one table of moves between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.errors import NotAllowed


class State(StrEnum):
    #: a few complaints that look alike: too few voices to trouble anybody
    CANDIDATE = "candidate"
    #: raised to a person, less than a week ago
    NEW = "new"
    ONGOING = "ongoing"
    #: more voices than its own past explains
    GROWING = "growing"
    #: a person said so, with a date and what was done
    FIXED = "fixed"
    #: people complain again after the fix
    BACK = "back"
    IGNORED = "ignored"
    #: merged into another, or left by all its complaints; the row stays as a trail
    GONE = "gone"


#: before -> after. Who and why are arguments of `move`.
MOVES: Mapping[State | None, frozenset[State]] = {
    None: frozenset({State.CANDIDATE, State.NEW}),
    State.CANDIDATE: frozenset({State.NEW, State.FIXED, State.IGNORED, State.GONE}),
    State.NEW: frozenset({State.ONGOING, State.GROWING, State.FIXED, State.IGNORED, State.GONE}),
    State.ONGOING: frozenset({State.GROWING, State.FIXED, State.IGNORED, State.GONE}),
    State.GROWING: frozenset({State.ONGOING, State.FIXED, State.IGNORED, State.GONE}),
    State.FIXED: frozenset({State.BACK, State.ONGOING, State.IGNORED, State.GONE}),
    State.BACK: frozenset({State.ONGOING, State.GROWING, State.FIXED, State.IGNORED, State.GONE}),
    State.IGNORED: frozenset({State.ONGOING, State.GROWING, State.FIXED, State.GONE}),
    State.GONE: frozenset(),
}

#: States in which a person has been told of the problem and it is theirs to act on.
RAISED = frozenset({State.NEW, State.ONGOING, State.GROWING, State.BACK})


class Because(StrEnum):
    """Why a rule moved a problem. A person's reason stands in the person's own words."""

    ALIKE = "alike"
    ENOUGH_VOICES = "enough_voices"
    A_WEEK_OLD = "a_week_old"
    UNUSUAL_WEEK = "unusual_week"
    UNUSUAL_DAY = "unusual_day"
    CALMED_DOWN = "calmed_down"
    VOICES_AFTER_FIX = "voices_after_fix"
    IGNORED_UNTIL_NOW = "ignored_until_now"
    MERGED = "merged"
    #: its complaints were found to belong elsewhere
    EMPTIED = "emptied"
    NOT_A_PROBLEM = "not_a_problem"


@dataclass(frozen=True, slots=True)
class Move:
    before: State | None
    after: State
    by: str
    because: str
    at: datetime


def move(before: State | None, after: State, *, by: str, because: str, at: datetime) -> Move:
    """The only way a problem changes state. Raises NotAllowed for what the table does not hold."""
    if after not in MOVES[before]:
        raise NotAllowed(f"problem: {before} -> {after}")
    return Move(before, after, by, because, at)
