"""Who is one voice, and when many accounts say one thing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.problems.complaints import Bag

#: Share of weighted terms that two texts have in common from which on they are one text told twice.
_SAME_TEXT = 0.8
#: Shorter texts are alike by chance: "не работает" is nobody's copy.
_FEWEST_TERMS = 8


def is_same_text(one: Bag, other: Bag) -> bool:
    """Whether one was copied from the other, with small changes at most."""
    if min(len(one.terms), len(other.terms)) < _FEWEST_TERMS:
        return False
    left = dict(zip(one.terms, one.weights, strict=True))
    right = dict(zip(other.terms, other.weights, strict=True))
    common = sum(min(weight, right[term]) for term, weight in left.items() if term in right)
    whole = sum(left.values()) + sum(right.values()) - common
    return whole > 0 and common / whole >= _SAME_TEXT


@dataclass(frozen=True, slots=True)
class Chorus:
    """Accounts that published nearly one text: shown apart from organic growth."""

    voice: int
    authors: int
    share: float


#: From so many accounts with one text, and so great a share of all who speak, an attack is suspected.
_CHORUS_FROM, _CHORUS_SHARE = 3, 0.3


def chorus(authors_by_voice: Mapping[int, Sequence[str]]) -> Chorus | None:
    """The voice that too many accounts share, if there is one. Takes authors of one problem and window."""
    everybody = {author for authors in authors_by_voice.values() for author in authors}
    sizes = {voice: len(set(authors)) for voice, authors in authors_by_voice.items()}
    loudest = max(sizes, key=lambda voice: (sizes[voice], -voice), default=None)
    if loudest is None or sizes[loudest] < _CHORUS_FROM:
        return None
    share = sizes[loudest] / len(everybody)
    return Chorus(loudest, sizes[loudest], share) if share >= _CHORUS_SHARE else None
