"""A complaint as weighted terms: lemmas and concepts, each with the sentences it stands in."""

import math
from collections import defaultdict

from domain.problems.complaints import Bag
from triage.problems import concepts, words
from triage.problems.concepts import Kind

#: What makes a term of a concept: concepts and lemmas live in one vocabulary.
CONCEPT = "@"
#: Reviews say what it is about first: a sentence weighs less the later it comes.
_FADE = 0.2
#: How much a word of this kind tells of the cause; names of things most, adverbs least.
_BY_PART = {
    "NOUN": 1.0, "LATN": 1.0, "VERB": 0.7, "INFN": 0.7, "ADJF": 0.7, "PRTF": 0.7, "PRTS": 0.7,
    "GRND": 0.6, "ADJS": 0.5, "ADVB": 0.3, "PRED": 0.3,
}  # fmt: skip
_OTHER = 0.5
_SILENT = frozenset({"PREP", "CONJ", "PRCL", "NPRO", "NUMB", "INTJ", "NUMR"})
_BY_KIND = {Kind.THING: 1.2, Kind.TROUBLE: 1.0, Kind.WAY: 0.5, Kind.CONTEXT: 1.0}


def bag(text: str) -> Bag:
    """The terms of a text; empty when nothing readable is in it. Takes bounded time at any length."""
    known = concepts.load()
    sums: dict[str, float] = defaultdict(float)
    spots: dict[str, int] = defaultdict(int)
    for at, (_, sentence) in enumerate(words.sentences(text)):
        weight = math.exp(-_FADE * at)
        for word in sentence:
            if word.part in _SILENT or len(word.lemma) < 2:
                continue
            sums[word.lemma] += weight
            spots[word.lemma] |= 1 << at
        for name in known.find([w.token for w in sentence], [w.lemma for w in sentence]):
            sums[CONCEPT + name] += weight
            spots[CONCEPT + name] |= 1 << at
    terms = sorted(sums)
    return Bag(
        terms=tuple(terms),
        weights=tuple(round(math.log1p(sums[t]) * factor(t), 4) for t in terms),
        spots=tuple(spots[t] for t in terms),
    )


def factor(term: str) -> float:
    """How much a term of this kind tells of the cause."""
    if term.startswith(CONCEPT):
        kind = concepts.load().kinds.get(term.removeprefix(CONCEPT))
        return _BY_KIND[kind] if kind else _OTHER
    return _BY_PART.get(words.word(term).part, _OTHER)


def passages(whole: Bag, *, size: int = 3, step: int = 2) -> list[Bag]:
    """Windows of neighbouring sentences of a long text; none for a text that is one passage itself."""
    last = max((spot.bit_length() for spot in whole.spots), default=0)
    if last <= size:
        return []
    found = []
    for start in range(0, last - size + step, step):
        mask = ((1 << size) - 1) << start
        inside = [i for i, spot in enumerate(whole.spots) if spot & mask]
        found.append(
            Bag(
                terms=tuple(whole.terms[i] for i in inside),
                # The place of the window in the text says nothing about the window itself.
                weights=tuple(
                    math.log1p((whole.spots[i] & mask).bit_count()) * factor(whole.terms[i]) for i in inside
                ),
                spots=tuple(whole.spots[i] & mask for i in inside),
            )
        )
    return found
