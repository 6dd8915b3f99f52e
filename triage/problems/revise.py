"""The careful pass: everything of the window grouped anew, and what of it may be applied by rule.

A problem a person touched is settled: its complaints stay, others may join, and two settled problems are
never merged by a rule; that they look alike becomes a suggestion. The others are regrouped freely and keep
their ids by the complaints they share with their earlier selves.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from domain.problems.complaints import Complaint, Placement
from domain.problems.store import Suggestion, Window
from triage.problems.partition import TIGHT, Limits, means, partition
from triage.problems.places import Centres, mentions, reasons
from triage.problems.space import Cloud, Space

#: Average similarity of two problems from which on a person is asked whether they are one.
_SUGGEST = TIGHT - 0.02
#: Average similarity of a group to what the catalogue says of a known problem that makes it that problem.
_KNOWN = 0.2
#: Complaints of a problem that reasons are computed from.
_LOOKED_AT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Complaints found to share a cause; `problem` None: a cause not known before."""

    problem: int | None
    complaints: Sequence[Complaint]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the careful pass wants changed."""

    groups: Sequence[Group]
    #: complaints that belong to no group
    alone: Sequence[Complaint]
    #: problem -> the one its complaints went to, None where they went nowhere in particular
    ended: Mapping[int, int | None]
    suggestions: Sequence[Suggestion]


def plan(space: Space, window: Window) -> Plan:
    """Regroup the window. Pure; equal input gives an equal plan."""
    seeds = [c for c in window.complaints if c.id < 0]
    complaints = [c for c in window.complaints if c.id >= 0]
    cloud = space.cloud(c.bag for c in complaints)
    known = {seed.problem for seed in seeds}
    settled = {problem.id for problem in window.problems if problem.is_settled}
    rows = _rows_by_problem(complaints)
    labels = partition(space, cloud, _limits(complaints, window.barred, rows, settled)).tolist()
    clusters: dict[int, list[int]] = defaultdict(list)
    for row, label in enumerate(labels):
        clusters[label].append(row)
    owner = _owners(complaints, clusters, settled)
    _name_by_catalogue(owner, space, cloud, clusters, seeds)
    groups, alone = [], []
    for label, inside in clusters.items():
        if len(inside) > 1 or label in owner:
            groups.append(Group(problem=owner.get(label), complaints=[complaints[r] for r in inside]))
        elif complaints[inside[0]].problem not in known:
            alone.append(complaints[inside[0]])
    return Plan(
        groups=groups,
        alone=alone,
        # What the catalogue knows never ends, with or without complaints.
        ended={p: into for p, into in _ended(rows, labels, owner).items() if p not in known},
        suggestions=_suggestions(space, cloud, clusters, owner, settled),
    )


def _name_by_catalogue(
    owner: dict[int, int],
    space: Space,
    cloud: Cloud,
    clusters: Mapping[int, Sequence[int]],
    seeds: Sequence[Complaint],
) -> None:
    """Let known problems without complaints own the groups that are most like what the catalogue says."""
    labels = [label for label, inside in sorted(clusters.items()) if label not in owner and len(inside) > 1]
    free = [seed for seed in seeds if seed.problem not in owner.values()]
    if not labels or not free:
        return
    place = np.full(len(cloud), -1)
    for at, label in enumerate(labels):
        place[clusters[label]] = at
    known = Centres.of(space, free)
    groups = means(cloud, place, len(labels))
    alike = np.stack(
        [space.similarity_to(groups.take(np.array([i])), known.cloud) for i in range(len(labels))]
    )
    for flat in np.argsort(-alike, axis=None, kind="stable").tolist():
        at, which = divmod(flat, len(known.problems))
        if alike[at, which] < _KNOWN:
            return
        if labels[at] not in owner and known.problems[which] not in owner.values():
            owner[labels[at]] = known.problems[which]


def _rows_by_problem(complaints: Sequence[Complaint]) -> dict[int, list[int]]:
    rows: dict[int, list[int]] = defaultdict(list)
    for row, complaint in enumerate(complaints):
        if complaint.problem is not None:
            rows[complaint.problem].append(row)
    return dict(rows)


def _limits(
    complaints: Sequence[Complaint],
    barred: Mapping[int, frozenset[int]],
    rows: Mapping[int, Sequence[int]],
    settled: set[int],
) -> Limits:
    standing = [rows[problem] for problem in sorted(settled & rows.keys())]
    apart = [(one[0], other[0]) for i, one in enumerate(standing) for other in standing[i + 1 :]]
    apart += [
        (row, rows[problem][0])
        for row, complaint in enumerate(complaints)
        for problem in barred.get(complaint.id, ())
        if problem in rows and row not in rows[problem]
    ]
    return Limits(
        together=[(inside[0], row) for inside in standing for row in inside[1:]],
        apart=apart,
        fixed=frozenset(row for inside in standing for row in inside),
    )


def _owners(
    complaints: Sequence[Complaint], clusters: Mapping[int, Sequence[int]], settled: set[int]
) -> dict[int, int]:
    """Cluster -> the known problem it continues: settled ones first, then by complaints in common."""
    common = [
        (problem in settled, count, -problem, label)
        for label, inside in clusters.items()
        for problem, count in Counter(complaints[row].problem for row in inside).items()
        if problem is not None and (len(inside) > 1 or problem in settled)
    ]
    owner: dict[int, int] = {}
    for _, _, minus, label in sorted(common, reverse=True):
        if label not in owner and -minus not in owner.values():
            owner[label] = -minus
    return owner


def _ended(
    rows: Mapping[int, Sequence[int]], labels: Sequence[int], owner: Mapping[int, int]
) -> dict[int, int | None]:
    """Problems that continue in no cluster, each with the one most of its complaints went to."""
    standing = set(owner.values())
    ended: dict[int, int | None] = {}
    for problem in rows.keys() - standing:
        went = Counter(owner[labels[row]] for row in rows[problem] if labels[row] in owner)
        into, count = went.most_common(1)[0] if went else (None, 0)
        ended[problem] = into if 2 * count >= len(rows[problem]) else None
    return ended


def _suggestions(
    space: Space,
    cloud: Cloud,
    clusters: Mapping[int, Sequence[int]],
    owner: Mapping[int, int],
    settled: set[int],
) -> list[Suggestion]:
    """Pairs with a settled problem in them: the others a rule would have merged."""
    labels = sorted(owner)
    if len(labels) < 2 or not settled:
        return []
    place = np.full(len(cloud), -1)
    for at, label in enumerate(labels):
        place[clusters[label]] = at
    alike = space.similarities(means(cloud, place, len(labels)))
    pairs = np.argwhere(np.triu(alike >= _SUGGEST, 1)).tolist()
    return [
        Suggestion(one=owner[labels[a]], other=owner[labels[b]], score=round(float(alike[a, b]), 3))
        for a, b in pairs
        if {owner[labels[a]], owner[labels[b]]} & settled
    ]


def placements(space: Space, problem: int, group: Group) -> list[Placement]:
    """Where each complaint of a group stands now, with the reasons; only those that were not there before."""
    looked_at = list(group.complaints[-_LOOKED_AT:])
    cloud = space.cloud(c.bag for c in looked_at)
    found = []
    for complaint in group.complaints:
        if complaint.problem == problem:
            continue
        scores = space.similarity_to(space.cloud([complaint.bag]), cloud)
        others = [i for i, other in enumerate(looked_at) if other.id != complaint.id]
        chosen = scores[others]
        found.append(
            Placement(
                complaint=complaint.id,
                problem=problem,
                score=round(float(np.clip(chosen.mean() if others else 0.0, 0, 1)), 3),
                why=reasons(space, complaint, [looked_at[i] for i in others], chosen),
            )
        )
    return found


def mentioned(space: Space, complaints: Sequence[Complaint], members: Sequence[Complaint]) -> list[Placement]:
    """Problems that these complaints tell of beside their main one, judged by the problems' members."""
    centres = Centres.of(space, members)
    return [
        placement
        for complaint in complaints
        for placement in mentions(space, complaint, centres, without=complaint.problem)
    ]
