"""What a problem is called: its thing and its trouble in a manager's words, or its most central sentence."""

import math
from collections import Counter
from collections.abc import Sequence

from domain.excerpts import cut
from domain.problems.complaints import Bag
from triage.problems import bags, concepts, words
from triage.problems.concepts import Kind
from triage.problems.space import Space

#: Share of a problem's complaints that tell of a concept before it may stand in the title.
_MOST, _MANY = 0.5, 0.34
#: Sentences that make a title: long enough to say something, short enough for one line.
_SHORTEST, _LONGEST = 12, 90


def title(space: Space, members: Sequence[Bag], texts: Sequence[str]) -> str:
    """A title from the complaints' terms; where no thing is common, their most central sentence."""
    counts = Counter(term for bag in members for term in bag.terms if term.startswith(bags.CONCEPT))
    things = _chosen(space, counts, len(members), Kind.THING, _MANY)
    if not things:
        return central_sentence(space, members, texts) or "Похожие жалобы"
    common = set(_chosen(space, counts, len(members), Kind.THING, _MOST))
    troubles = _chosen(space, counts, len(members), Kind.TROUBLE, _MANY)
    return _joined([things[0], *[t for t in things[1:] if t in common][:1]], troubles[:1])


def _joined(things: Sequence[str], troubles: Sequence[str]) -> str:
    text = ": ".join(part for part in (", ".join(things), *troubles) if part)
    return text[:1].upper() + text[1:]


def _chosen(space: Space, counts: Counter[str], size: int, kind: Kind, share: float) -> list[str]:
    """Concepts of a kind that enough complaints name, the most telling of this problem first.

    Class-based TF-IDF: how many of them name it, times how rare it is among all complaints.
    """
    kinds = concepts.load().kinds
    scores = {
        term: count / size * float(space.idf[space.columns[term]])
        for term, count in counts.items()
        if term in space.columns
        and kinds[term.removeprefix(bags.CONCEPT)] is kind
        and count >= max(2, math.ceil(share * size))
    }
    return [t.removeprefix(bags.CONCEPT) for t in sorted(scores, key=lambda t: (-scores[t], t))]


def central_sentence(space: Space, members: Sequence[Bag], texts: Sequence[str]) -> str:
    """The sentence that says most of what the complaints have in common; empty when none is short enough."""
    best, found = 0.0, ""
    weights = _common(space, members)
    for text in texts[:50]:
        for sentence, parts in words.sentences(text):
            if not _SHORTEST <= len(sentence) <= _LONGEST or sentence.endswith("?"):
                continue
            score = sum(weights.get(w.lemma, 0.0) for w in {w.lemma: w for w in parts}.values())
            score /= math.sqrt(len(parts) + 3)
            if score > best:
                best, found = score, sentence
    return cut(" ".join(found.split()).rstrip(".!… "), _LONGEST)


def _common(space: Space, members: Sequence[Bag]) -> dict[str, float]:
    """Lemmas that at least two complaints share, by share and rarity."""
    counts = Counter(term for bag in members for term in bag.terms)
    return {
        term: count / len(members) * float(space.idf[space.columns[term]])
        for term, count in counts.items()
        if count > 1 and term in space.columns
    }


def quotes(space: Space, members: Sequence[Bag], *, count: int = 3) -> list[int]:
    """Positions of the complaints that tell most of what they have in common, no two alike."""
    weights = _common(space, members)
    size = [math.sqrt(len(bag.terms) + 5) for bag in members]
    left = dict(weights)
    chosen: list[int] = []
    while len(chosen) < min(count, len(members)):
        scores = {
            i: sum(left.get(term, 0.0) for term in bag.terms) / size[i]
            for i, bag in enumerate(members)
            if i not in chosen
        }
        best = max(scores, key=lambda i: (scores[i], -i))
        chosen.append(best)
        # What is quoted once is told: the next quote should add to it.
        left = {t: w * (0.5 if t in members[best].terms else 1.0) for t, w in left.items()}
    return chosen
