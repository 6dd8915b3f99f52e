"""Apply the careful pass to a store, and let problems live by their rules."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from domain.problems.complaints import Complaint, Placement
from domain.problems.life import Rules, next_state
from domain.problems.states import Move, move
from domain.problems.store import Store, Window
from triage.problems.places import WINDOW
from triage.problems.revise import Plan, mentioned, placements, plan
from triage.problems.space import Space, learn


@dataclass(frozen=True, slots=True)
class Revised:
    """Counts of one careful pass."""

    complaints: int = 0
    placed: int = 0
    opened: int = 0
    ended: int = 0
    suggested: int = 0


def careful(store: Store, *, now: datetime) -> tuple[Space, Revised]:
    """Learn the window anew, regroup it, and put what changed in its place. Safe to repeat."""
    window = store.window(since=now - WINDOW)
    space = learn([c.bag for c in window.complaints if c.id >= 0])
    return space, _apply(store, space, window, plan(space, window), now)


def _apply(store: Store, space: Space, window: Window, wanted: Plan, now: datetime) -> Revised:
    placed: list[Placement] = [
        Placement(complaint=c.id, problem=None) for c in wanted.alone if c.problem is not None
    ]
    members: list[Complaint] = []
    opened = 0
    for group in wanted.groups:
        problem = group.problem if group.problem is not None else store.open(now=now)
        opened += group.problem is None
        placed += placements(space, problem, group)
        members += [replace(c, problem=problem) for c in group.complaints]
    store.place(placed, now=now)
    changed = {p.complaint for p in placed} | window.fresh
    store.place(mentioned(space, [c for c in members if c.id in changed and c.id >= 0], members), now=now)
    for problem, into in wanted.ended.items():
        store.end(problem, into=into, now=now)
    store.suggest(wanted.suggestions, now=now)
    return Revised(len(window.complaints), len(placed), opened, len(wanted.ended), len(wanted.suggestions))


def live(store: Store, problems: Iterable[int], rules: Rules, *, now: datetime) -> dict[int, list[Move]]:
    """Move problems that the rules say should move; returns the moves of each. Safe to repeat."""
    found: dict[int, list[Move]] = {}
    for problem, facts in store.facts(sorted(set(problems))).items():
        while step := next_state(facts, rules, now):
            made = move(facts.state, step[0], by="rule", because=step[1].value, at=now)
            store.moved(problem, made)
            found.setdefault(problem, []).append(made)
            facts = replace(facts, state=step[0], since=now)
    return found
