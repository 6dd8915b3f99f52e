"""Average-link clustering of a dense similarity matrix, with people's corrections as hard limits."""

from collections.abc import Iterable

import numpy as np

from triage.problems.matrix import Floats, Ints

#: A pair that must never stand together; far enough below zero to stay so when averaged with thousands.
_NEVER = -1e6
#: A pair that must stand together, above any similarity.
_ALWAYS = 1e3


def clusters(
    similarity: Floats,
    threshold: float,
    *,
    sizes: Floats | None = None,
    together: Iterable[tuple[int, int]] = (),
    apart: Iterable[tuple[int, int]] = (),
) -> Ints:
    """A label for each row: clusters whose average similarity at their last join was at least the threshold.

    `sizes`: how many complaints a row stands for. A pair to be kept apart wins over one to be kept together.
    Equal input gives equal labels. O(n²) memory, about O(n²) time.
    """
    count = len(similarity)
    labels = np.arange(count)
    if count < 2:
        return labels
    table = similarity.astype(np.float32).copy()
    for a, b in together:
        table[a, b] = table[b, a] = _ALWAYS
    for a, b in apart:
        table[a, b] = table[b, a] = _NEVER
    np.fill_diagonal(table, -np.inf)
    weights = np.ones(count) if sizes is None else sizes.astype(np.float64)
    nearest = table.argmax(axis=1)
    best = table[np.arange(count), nearest]
    while True:
        a = int(best.argmax())
        if best[a] < threshold:
            return labels
        b = int(nearest[a])
        joined = _average(table[a], table[b], weights[a], weights[b])
        joined[a] = joined[b] = -np.inf
        table[a], table[:, a] = joined, joined
        table[b], table[:, b] = -np.inf, -np.inf
        weights[a] += weights[b]
        labels[labels == b] = a
        best[b] = -np.inf
        # Rows that pointed at either of the two look again; to the others the pair is now one neighbour more.
        stale = np.flatnonzero((nearest == a) | (nearest == b))
        stale = stale[np.isfinite(best[stale])]
        for row in {*stale.tolist(), a}:
            nearest[row] = table[row].argmax()
            best[row] = table[row, nearest[row]]
        nearer = np.flatnonzero(joined > best)
        nearest[nearer], best[nearer] = a, joined[nearer]


def _average(one: Floats, other: Floats, weight: float, other_weight: float) -> Floats:
    """Average link, a limit of either side staying a limit of both."""
    with np.errstate(invalid="ignore"):
        mean = (one * weight + other * other_weight) / (weight + other_weight)
    mean[(one <= _NEVER) | (other <= _NEVER)] = _NEVER
    always = ((one >= _ALWAYS) | (other >= _ALWAYS)) & (mean > _NEVER)
    mean[always] = _ALWAYS
    return mean.astype(np.float32)
