"""Where one new complaint belongs, at a cost that does not grow with history."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from domain.problems.complaints import Bag, Complaint, Placement, Role, Why
from domain.problems.store import Store
from domain.problems.voices import is_same_text
from triage.problems import bags
from triage.problems.matrix import Floats
from triage.problems.partition import means
from triage.problems.space import Cloud, Space

#: Complaints older than this are history: a cause that old shows in the careful pass, or is another one.
WINDOW = timedelta(days=365)
#: Average similarity to a problem's complaints that lets one join; similarity of two that start a candidate.
_JOIN, _PAIR = 0.28, 0.34
#: Similarity to a text of the catalogue that lets one join a known problem.
_SAID = 0.42
#: Average similarity of a passage to a problem that the complaint mentions beside its main one.
ALSO = 0.36
#: Problems looked at closely, those with the nearest complaint first; neighbours and terms told as reasons.
_CLOSELY, _NEIGHBOURS, _SHARED = 6, 3, 6
#: Terms a complaint is found by.
_INDEXED = 12
MOST_ALSO = 3


def add(
    store: Store, space: Space, number: int, bag: Bag, *, author: str, at: datetime, now: datetime
) -> tuple[int, ...]:
    """Keep a complaint and place it; returns the problems it came to, the main one first.

    It joins the problem it is most alike, or starts a candidate with the complaint it is most alike, or
    stays alone. Safe to repeat: an edited wording is placed anew, unless a person placed it.
    """
    terms, weights = telling(space, bag)
    found = store.alike(terms, weights, since=at - WINDOW, without=number)
    voice = _voice(store, number, bag, author, found)
    complaint = Complaint(id=number, bag=bag, author=author, at=at, voice=voice)
    store.put(complaint, terms)
    placements = _decide(store, space, complaint, found, now)
    store.place(placements, now=now)
    return tuple(p.problem for p in placements if p.problem is not None and p.complaint == number)


def telling(space: Space, bag: Bag) -> tuple[list[str], list[float]]:
    """The terms that tell most of a complaint, by weight and rarity."""
    unseen = float(space.idf.max(initial=1.0))
    scores = {
        term: weight * (float(space.idf[space.columns[term]]) if term in space.columns else unseen)
        for term, weight in zip(bag.terms, bag.weights, strict=True)
    }
    best = sorted(scores, key=lambda term: (-scores[term], term))[:_INDEXED]
    return best, [round(scores[term], 3) for term in best]


def _voice(store: Store, number: int, bag: Bag, author: str, found: Sequence[Complaint]) -> int:
    earlier = store.first_of(author)
    if earlier is not None and earlier != number:
        return earlier
    copied = next((c for c in found if c.id != number and is_same_text(bag, c.bag)), None)
    return copied.voice if copied else number


def _decide(
    store: Store, space: Space, complaint: Complaint, found: Sequence[Complaint], now: datetime
) -> list[Placement]:
    barred = store.barred(complaint.id)
    one = space.cloud([complaint.bag])
    scores = space.similarity_to(one, space.cloud(c.bag for c in found))
    problems = _nearest_problems(found, scores, barred)
    members = [c for c in store.members(problems) if c.id != complaint.id]
    centres = Centres.of(space, members)
    main = _main(space, complaint, one, members, centres) or _known(space, one, complaint, store, barred)
    if main is None:
        return _with_a_loner(store, space, complaint, found, scores, now)
    return [main, *mentions(space, complaint, centres, without=main.problem)]


@dataclass(frozen=True, slots=True)
class Centres:
    """The mean complaint of each problem: similarity to it is the average similarity to its complaints."""

    problems: Sequence[int]
    cloud: Cloud

    @classmethod
    def of(cls, space: Space, members: Sequence[Complaint]) -> "Centres":
        problems = sorted({c.problem for c in members if c.problem is not None})
        place = {problem: i for i, problem in enumerate(problems)}
        group = np.array([place.get(c.problem or 0, -1) for c in members], np.int64)
        return cls(problems, means(space.cloud(c.bag for c in members), group, len(problems)))


def _nearest_problems(found: Sequence[Complaint], scores: Floats, barred: frozenset[int]) -> list[int]:
    best: dict[int, float] = {}
    for other, score in zip(found, scores, strict=True):
        if other.problem is not None and other.problem not in barred:
            best[other.problem] = max(best.get(other.problem, -1.0), float(score))
    return sorted(best, key=lambda problem: (-best[problem], problem))[:_CLOSELY]


def _main(
    space: Space, complaint: Complaint, one: Cloud, members: Sequence[Complaint], centres: Centres
) -> Placement | None:
    if not centres.problems:
        return None
    scores = space.similarity_to(one, centres.cloud)
    at = int(scores.argmax())
    if scores[at] < _JOIN:
        return None
    problem = centres.problems[at]
    inside = [c for c in members if c.problem == problem]
    why = reasons(space, complaint, inside, space.similarity_to(one, space.cloud(c.bag for c in inside)))
    return Placement(complaint=complaint.id, problem=problem, score=_told(float(scores[at])), why=why)


def _known(
    space: Space, one: Cloud, complaint: Complaint, store: Store, barred: frozenset[int]
) -> Placement | None:
    """The problem of the catalogue that says nearly the same."""
    seeds = [seed for seed in store.seeds() if seed.problem not in barred]
    if not seeds:
        return None
    scores = space.similarity_to(one, space.cloud(seed.bag for seed in seeds))
    at = int(scores.argmax())
    if scores[at] < _SAID:
        return None
    why = Why(terms=shared(space, complaint.bag, [seeds[at].bag]))
    return Placement(
        complaint=complaint.id, problem=seeds[at].problem, score=_told(float(scores[at])), why=why
    )


def _told(score: float) -> float:
    return round(min(1.0, max(0.0, score)), 3)


def _with_a_loner(
    store: Store,
    space: Space,
    complaint: Complaint,
    found: Sequence[Complaint],
    scores: Floats,
    now: datetime,
) -> list[Placement]:
    """A candidate of two, when another lonely complaint is near enough; else it stays alone."""
    alone = [
        (float(score), other)
        for other, score in zip(found, scores, strict=True)
        if other.problem is None and not other.is_pinned
    ]
    score, partner = max(alone, key=lambda pair: (pair[0], -pair[1].id), default=(0.0, None))
    if partner is None or score < _PAIR:
        return [Placement(complaint=complaint.id, problem=None)]
    problem = store.open(now=now)
    score = _told(score)
    both = ((complaint, partner), (partner, complaint))
    return [
        Placement(
            complaint=one.id,
            problem=problem,
            score=score,
            why=Why(neighbours=(other.id,), terms=shared(space, one.bag, [other.bag])),
        )
        for one, other in both
    ]


def mentions(space: Space, complaint: Complaint, centres: Centres, *, without: int | None) -> list[Placement]:
    """Other problems that a passage of a long complaint tells of."""
    parts = bags.passages(complaint.bag)
    if not parts or not centres.problems:
        return []
    pieces = space.cloud(parts)
    best = np.max(
        [space.similarity_to(pieces.take(np.array([i])), centres.cloud) for i in range(len(parts))], axis=0
    )
    chosen = [
        (-float(score), problem)
        for problem, score in zip(centres.problems, best, strict=True)
        if problem != without and score >= ALSO
    ]
    return [
        Placement(complaint=complaint.id, problem=problem, role=Role.ALSO, score=_told(-minus))
        for minus, problem in sorted(chosen)[:MOST_ALSO]
    ]


def reasons(space: Space, complaint: Complaint, members: Sequence[Complaint], scores: Floats) -> Why:
    """The nearest complaints of a problem and the terms most shared with them."""
    order = np.argsort(-np.asarray(scores), kind="stable")[:_NEIGHBOURS]
    nearest = [members[int(i)] for i in order]
    return Why(
        neighbours=tuple(c.id for c in nearest),
        terms=shared(space, complaint.bag, [c.bag for c in nearest]),
    )


def shared(space: Space, bag: Bag, others: Sequence[Bag]) -> tuple[str, ...]:
    """Terms of a complaint that the others have too, those that tell most first."""
    weights = dict(zip(bag.terms, bag.weights, strict=True))
    counts: dict[str, float] = defaultdict(float)
    for other in others:
        for term, weight in zip(other.terms, other.weights, strict=True):
            if term in weights and term in space.columns:
                counts[term] += weight * weights[term] * float(space.idf[space.columns[term]]) ** 2
    best = sorted(counts, key=lambda term: (-counts[term], term))[:_SHARED]
    return tuple(term.removeprefix(bags.CONCEPT) for term in best)
