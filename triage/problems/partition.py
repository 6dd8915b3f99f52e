"""The careful grouping of many complaints at once: tight clusters first, then who else belongs to them.

Two steps, since one threshold cannot do both. Average link at a high bar gives groups of which nearly all
members are right. Then each complaint asks a ridge regression fitted on those groups, its own label left out,
where it belongs: the regression weighs terms by how well they tell these groups apart, which plain similarity
cannot. Over-merging is the worse error, so a doubtful complaint stays where it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from triage.problems import matrix
from triage.problems.linkage import clusters
from triage.problems.matrix import Floats, Ints
from triage.problems.space import Cloud, Space

#: Average similarity that holds a group together. Measured on our own corpus: about four pairs of five right.
TIGHT = 0.27
#: Of the regression: how sure it must be (0 to 1), how much surer than of the next group, and how alike the
#: group's complaints must be to it on average, so that a great group does not draw in what is like nothing.
_SURE, _SURER, _LIKE = 0.3, 0.15, 0.15
#: Smallest group the regression learns from, and its regularisation.
_SMALLEST, _RIDGE = 3, 0.3
#: One grouping hangs on chance words; what holds in most of several trials does not.
_TRIALS, _KEPT, _HOLDS = 10, 0.9, 0.55
#: Complaints grouped in one piece; more are first split by their themes.
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What people decided, as pairs of row numbers; `fixed` rows stay with the group they were put in."""

    together: Sequence[tuple[int, int]] = ()
    apart: Sequence[tuple[int, int]] = ()
    fixed: frozenset[int] = frozenset()


def partition(space: Space, cloud: Cloud, limits: Limits = Limits()) -> Ints:
    """A label for each complaint; equal labels: one cause. Equal input gives equal labels."""
    pieces = _pieces(cloud, limits)
    labels = np.arange(len(cloud))
    for piece in pieces:
        inside = _within(limits, piece) if len(pieces) > 1 else limits
        labels[piece] = piece[_one_piece(space, cloud.take(piece), inside)]
    return _joined(space, cloud, labels, limits) if len(pieces) > 1 else labels


def _one_piece(space: Space, cloud: Cloud, limits: Limits) -> Ints:
    """Groups that hold in most trials, each of which looks at another four fifths of the terms."""
    count = len(cloud)
    together = np.zeros((count, count), np.float32)
    chance = np.random.default_rng(0)
    for _ in range(_TRIALS):
        kept = (chance.random(len(space.idf)) < _KEPT).astype(np.float32)
        similarity = space.similarities(space.thinned(cloud, kept))
        labels = clusters(similarity, TIGHT, together=limits.together, apart=limits.apart)
        labels = _completed(similarity, labels, limits)
        together += labels[:, None] == labels[None, :]
    return clusters(together / _TRIALS, _HOLDS, together=limits.together, apart=limits.apart)


def _completed(similarity: Floats, labels: Ints, limits: Limits) -> Ints:
    """Complaints moved to the group that the regression is sure of."""
    names, counts = np.unique(labels, return_counts=True)
    groups = names[counts >= _SMALLEST]
    if len(groups) < 2:
        return labels
    belongs = (labels[:, None] == groups[None, :]).astype(np.float32)
    sure = _left_out_regression(similarity, belongs)
    sure[_forbidden(labels, groups, limits)] = -1
    order = np.argsort(-sure, axis=1)
    rows = np.arange(len(labels))
    first, second = sure[rows, order[:, 0]], sure[rows, order[:, 1]]
    moves = (first >= _SURE) & (first - second >= _SURER)
    alike = (similarity - np.diag(np.diag(similarity))) @ belongs
    alike /= np.maximum(belongs.sum(axis=0)[None, :] - belongs, 1)
    moves &= alike[rows, order[:, 0]] >= _LIKE
    moves[list(limits.fixed)] = False
    return np.where(moves, groups[order[:, 0]], labels)


def _left_out_regression(similarity: Floats, belongs: Floats) -> Floats:
    """Kernel ridge regression of membership, each complaint judged as if its own were unknown."""
    count = len(similarity)
    kernel = similarity.astype(np.float64)
    hat = np.linalg.solve(kernel + _RIDGE * np.eye(count), kernel).T
    own = np.clip(np.diag(hat), None, 0.999)[:, None]
    found: Floats = ((hat @ belongs - own * belongs) / (1 - own)).astype(np.float32)
    return found


def _forbidden(labels: Ints, groups: Ints, limits: Limits) -> tuple[list[int], list[int]]:
    """(row, group) pairs that people ruled out."""
    place = {int(name): i for i, name in enumerate(groups)}
    found = [
        (row, place[int(labels[other])])
        for pair in limits.apart
        for row, other in (pair, pair[::-1])
        if int(labels[other]) in place
    ]
    return [row for row, _ in found], [group for _, group in found]


def _pieces(cloud: Cloud, limits: Limits) -> list[Ints]:
    """Row numbers in pieces small enough for a dense matrix, complaints of one theme together."""
    done, waiting = [], [np.arange(len(cloud))]
    while waiting:
        piece = waiting.pop()
        halves = _halves(cloud.themes[piece]) if len(piece) > _AT_ONCE else None
        if halves is None:
            done.append(piece)
        else:
            waiting += [piece[halves], piece[~halves]]
    return _with_tied(done, limits)


def _halves(themes: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Split in two along the direction in which the themes differ most, at the median."""
    centred = themes - themes.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred)
    along = centred @ vectors[:, values.argmax()]
    order = np.argsort(along, kind="stable")
    first = np.zeros(len(themes), bool)
    first[order[: len(themes) // 2]] = True
    return first


def _with_tied(pieces: list[Ints], limits: Limits) -> list[Ints]:
    """Complaints that people tied together brought into one piece."""
    if len(pieces) == 1 or not limits.together:
        return pieces
    piece_of = {int(row): i for i, piece in enumerate(pieces) for row in piece}
    for a, b in limits.together:
        if piece_of[a] != piece_of[b]:
            piece_of[b] = piece_of[a]
    found: list[list[int]] = [[] for _ in pieces]
    for row, piece in sorted(piece_of.items()):
        found[piece].append(row)
    return [np.array(piece, np.int64) for piece in found if piece]


def _within(limits: Limits, piece: Ints) -> Limits:
    """The limits in the piece's own row numbers."""
    place = {int(row): i for i, row in enumerate(piece)}

    def inside(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        return [(place[a], place[b]) for a, b in pairs if a in place and b in place]

    return Limits(
        inside(limits.together), inside(limits.apart), frozenset(place[r] for r in limits.fixed if r in place)
    )


def _joined(space: Space, cloud: Cloud, labels: Ints, limits: Limits) -> Ints:
    """Groups that the split into pieces cut apart, joined where they are as alike as one group's halves."""
    names, inverse, counts = np.unique(labels, return_inverse=True, return_counts=True)
    many = np.flatnonzero(counts > 1)
    if len(many) < 2:
        return labels
    place = {int(i): at for at, i in enumerate(many)}
    apart = [
        (place[int(inverse[a])], place[int(inverse[b])])
        for a, b in limits.apart
        if inverse[a] != inverse[b] and int(inverse[a]) in place and int(inverse[b]) in place
    ]
    position = np.full(len(names), -1)
    position[many] = np.arange(len(many))
    similarity = space.similarities(means(cloud, position[inverse], len(many)))
    joined = clusters(similarity, TIGHT, sizes=counts[many].astype(np.float32), apart=apart)
    target = names.copy()
    target[many] = names[many[joined]]
    return target[inverse]


def means(cloud: Cloud, group_of: Ints, count: int) -> Cloud:
    """The mean vector of each group: its dot product with another's is the average over all their pairs.

    `group_of` a complaint is its group's number below `count`, or -1 for none.
    """
    kept = np.flatnonzero(group_of >= 0)
    group = group_of[kept]
    share = (1 / np.maximum(np.bincount(group, minlength=count), 1)).astype(np.float32)
    terms = cloud.terms.take(kept)
    row = group[terms.row_of]
    keys, where = np.unique(row * terms.width + terms.columns, return_inverse=True)
    values = np.bincount(where, terms.values * share[row]).astype(np.float32)
    starts = np.concatenate([[0], np.cumsum(np.bincount(keys // terms.width, minlength=count))])
    themes = np.zeros((count, cloud.themes.shape[1]), np.float32)
    np.add.at(themes, group, cloud.themes[kept] * share[group, None])
    taken = np.bincount(group, cloud.taken[kept] * share[group], minlength=count)
    return Cloud(
        matrix.Rows(starts.astype(np.int64), keys % terms.width, values, terms.width),
        taken.astype(np.float32),
        themes,
    )
