"""One complaint as grouping sees it, and where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Bag:
    """Weighted terms in alphabetical order; bit i of a spot: the term stands in sentence i."""

    terms: tuple[str, ...]
    weights: tuple[float, ...]
    spots: tuple[int, ...]


class Role(StrEnum):
    MAIN = "main"
    #: the complaint tells of this problem too, beside its main one
    ALSO = "also"


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A complaint to place or placed."""

    id: int
    bag: Bag
    #: who wrote it, as far as the source tells: a keyed hash, or a key of the post's own
    author: str
    #: when it was published, or seen where the source gives no date
    at: datetime
    #: the complaint whose voice this is: the same author's or nearly the same words; its own id otherwise
    voice: int
    problem: int | None = None
    #: a person put it where it is: no rule moves it
    is_pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a complaint is where it is: the nearest complaints there and the terms shared with them."""

    neighbours: Sequence[int] = ()
    terms: Sequence[str] = ()

    def to_json(self) -> Mapping[str, object]:
        return {"neighbours": list(self.neighbours), "terms": list(self.terms)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a complaint belongs. `problem` None: it stays alone."""

    complaint: int
    problem: int | None
    role: Role = Role.MAIN
    #: average similarity to the problem's complaints, 0 to 1
    score: float = 0.0
    why: Why = Why()
