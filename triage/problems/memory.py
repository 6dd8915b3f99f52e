"""A store in memory: the double of the database, and the scratch store of `otklik group`."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from domain.problems.complaints import Bag, Complaint, Placement, Role
from domain.problems.life import Facts
from domain.problems.states import Move, State
from domain.problems.store import Known, Suggestion, Window

#: As many as the database gives.
EACH_TERM, ALIKE, EACH_PROBLEM = 60, 200, 40


class Memory:
    """Complaints and problems of one run."""

    def __init__(self) -> None:
        self.complaints: dict[int, Complaint] = {}
        self.placements: dict[int, Placement] = {}
        self.mentions: dict[int, list[Placement]] = defaultdict(list)
        self.states: dict[int, tuple[State, datetime]] = {}
        self.moves: dict[int, list[Move]] = defaultdict(list)
        self.suggestions: list[Suggestion] = []
        self.settled: set[int] = set()
        self.outs: dict[int, set[int]] = defaultdict(set)
        self.merged: dict[int, int] = {}
        self._postings: dict[str, list[int]] = defaultdict(list)
        self._seeds: list[Complaint] = []
        self._inside: dict[int, set[int]] = defaultdict(set)
        self._first: dict[str, int] = {}

    def alike(
        self, terms: Sequence[str], weights: Sequence[float], *, since: datetime, without: int
    ) -> list[Complaint]:
        scores: Counter[int] = Counter()
        for term, weight in zip(terms, weights, strict=True):
            for number in self._postings.get(term, [])[-EACH_TERM:]:
                if number != without and self.complaints[number].at >= since:
                    scores[number] += weight  # type: ignore[assignment]  # a Counter of floats
        best = sorted(scores, key=lambda number: (-scores[number], -number))[:ALIKE]
        return [self.complaints[number] for number in best]

    def members(self, problems: Sequence[int]) -> list[Complaint]:
        return [
            self.complaints[number]
            for problem in problems
            for number in sorted(self._inside.get(problem, ()), reverse=True)[:EACH_PROBLEM]
        ]

    def seeds(self) -> list[Complaint]:
        return self._seeds

    def know(self, bags: Sequence[Bag], *, at: datetime) -> int:
        """Open a problem of the catalogue, told by these texts; returns its id."""
        number = self.open(now=at)
        self._seeds += [
            Complaint(
                id=-1 - len(self._seeds) - i, bag=bag, author="catalogue", at=at, voice=0,
                problem=number, is_pinned=True,
            )
            for i, bag in enumerate(bags)
        ]  # fmt: skip
        return number

    def first_of(self, author: str) -> int | None:
        return self._first.get(author)

    def barred(self, complaint: int) -> frozenset[int]:
        return frozenset(self.outs.get(complaint, ()))

    def put(self, complaint: Complaint, terms: Sequence[str]) -> None:
        known = self.complaints.get(complaint.id)
        if known is not None:
            complaint = replace(complaint, problem=known.problem, is_pinned=known.is_pinned)
        for postings in self._postings.values() if known else ():
            if complaint.id in postings:
                postings.remove(complaint.id)
        self.complaints[complaint.id] = complaint
        for term in terms:
            self._postings[term].append(complaint.id)
        self._first.setdefault(complaint.author, complaint.id)

    def open(self, *, now: datetime) -> int:
        number = len(self.states) + 1
        self.states[number] = State.CANDIDATE, now
        return number

    def place(self, placements: Sequence[Placement], *, now: datetime) -> None:  # noqa: ARG002
        for placement in placements:
            complaint = self.complaints[placement.complaint]
            if complaint.is_pinned:
                continue
            if placement.role is Role.MAIN:
                self._moved(complaint, placement.problem)
                self.complaints[complaint.id] = replace(complaint, problem=placement.problem)
                self.placements[complaint.id] = placement
                self.mentions[complaint.id] = []
            else:
                self.mentions[complaint.id].append(placement)

    def _moved(self, complaint: Complaint, problem: int | None) -> None:
        if complaint.problem is not None:
            self._inside[complaint.problem].discard(complaint.id)
        if problem is not None:
            self._inside[problem].add(complaint.id)

    def window(self, *, since: datetime) -> Window:
        return Window(
            complaints=[
                *self._seeds,
                *sorted((c for c in self.complaints.values() if c.at >= since), key=lambda c: c.id),
            ],
            problems=[
                Known(id=number, state=state, is_settled=number in self.settled)
                for number, (state, _) in self.states.items()
                if state is not State.GONE
            ],
            barred={number: frozenset(problems) for number, problems in self.outs.items()},
            fresh=frozenset(self.complaints),
        )

    def end(self, problem: int, *, into: int | None, now: datetime) -> None:
        self.states[problem] = State.GONE, now
        if into is not None:
            self.merged[problem] = into
        left = [Placement(complaint=number, problem=into) for number in self._inside[problem]]
        self.place(left, now=now)

    def suggest(self, suggestions: Sequence[Suggestion], *, now: datetime) -> None:  # noqa: ARG002
        self.suggestions += suggestions

    def facts(self, problems: Sequence[int]) -> dict[int, Facts]:
        found = {}
        for problem in problems:
            state, since = self.states[problem]
            first: dict[int, datetime] = {}
            for complaint in (self.complaints[number] for number in self._inside.get(problem, ())):
                first[complaint.voice] = min(first.get(complaint.voice, complaint.at), complaint.at)
            if state is not State.GONE:
                found[problem] = Facts(state=state, since=since, voices=sorted(first.values()))
        return found

    def moved(self, problem: int, move: Move) -> None:
        self.states[problem] = move.after, move.at
        self.moves[problem].append(move)
