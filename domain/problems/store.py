"""What grouping needs of whatever keeps complaints and problems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.problems.complaints import Complaint, Placement
from domain.problems.life import Facts
from domain.problems.states import Move, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A problem as the careful pass sees it."""

    id: int
    state: State
    #: a person named, merged, split, took or fixed it: its complaints stay, rules may only add to them
    is_settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Everything the careful pass works on."""

    complaints: Sequence[Complaint]
    problems: Sequence[Known]
    #: complaint -> problems a person took it out of
    barred: Mapping[int, frozenset[int]]
    #: complaints that came since the last careful pass
    fresh: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Two problems that may be one: a person decides."""

    one: int
    other: int
    #: average similarity of their complaints
    score: float


class Store(Protocol):
    """Complaints and problems. The caller owns the transaction; every method may be repeated."""

    def alike(
        self, terms: Sequence[str], weights: Sequence[float], *, since: datetime, without: int
    ) -> list[Complaint]:
        """Recent complaints that share these terms, those with the greatest shared weight first.

        Looks at the latest few dozen complaints of each term only: the cost does not grow with history.
        """
        ...

    def members(self, problems: Sequence[int]) -> list[Complaint]:
        """The latest complaints whose main problem is one of these, a few dozen each."""
        ...

    def seeds(self) -> list[Complaint]:
        """What the company's catalogue says of its known problems, as complaints with negative ids."""
        ...

    def first_of(self, author: str) -> int | None:
        """The author's first complaint: the voice of all later ones."""
        ...

    def barred(self, complaint: int) -> frozenset[int]:
        """Problems that a person took this complaint out of."""
        ...

    def put(self, complaint: Complaint, terms: Sequence[str]) -> None:
        """Keep a complaint, to be found by these terms; an earlier wording is replaced."""
        ...

    def open(self, *, now: datetime) -> int:
        """A new candidate of alike complaints; returns its id, which never changes or comes again."""
        ...

    def place(self, placements: Sequence[Placement], *, now: datetime) -> None:
        """Put complaints where a rule found they belong; where a person decided, nothing changes.

        Main placements replace the rules' earlier main one; other problems in which a complaint is
        mentioned are replaced together with it.
        """
        ...

    def window(self, *, since: datetime) -> Window:
        """Everything from then on, the seeds of the catalogue first, oldest first."""
        ...

    def end(self, problem: int, *, into: int | None, now: datetime) -> None:
        """A problem ended because a rule found its complaints elsewhere; `into`: where most of them are.

        What it still holds, older than the window, follows them; with `into` None it stays alone.
        """
        ...

    def suggest(self, suggestions: Sequence[Suggestion], *, now: datetime) -> None:
        """Ask people about these pairs, unless they were asked before."""
        ...

    def facts(self, problems: Sequence[int]) -> Mapping[int, Facts]:
        """What the rules of life need of these problems; those that ended are left out."""
        ...

    def moved(self, problem: int, move: Move) -> None:
        """Keep a change of state."""
        ...
