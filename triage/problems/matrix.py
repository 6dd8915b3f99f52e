"""Sparse rows of term weights in plain numpy: what grouping needs of linear algebra and no more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Single precision throughout; numpy's stubs do not follow that far.
Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]
#: Numbers in one dense piece: bounds memory, whatever the size of the whole.
_PIECE = 16_000_000


@dataclass(frozen=True, slots=True)
class Rows:
    """Compressed sparse rows; columns of a row are in no particular order and never repeat."""

    starts: Ints
    columns: Ints
    values: Floats
    width: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def row_of(self) -> Ints:
        """The row of every stored value."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    def scaled(self, by: Floats) -> "Rows":
        """Every row times its own factor."""
        return Rows(self.starts, self.columns, self.values * by[self.row_of], self.width)

    def weighted(self, by: Floats) -> "Rows":
        """Every column times its own factor."""
        return Rows(self.starts, self.columns, self.values * by[self.columns], self.width)

    def lengths(self) -> Floats:
        squares = np.bincount(self.row_of, self.values.astype(np.float64) ** 2, minlength=len(self))
        return np.sqrt(squares).astype(np.float32)

    def normalised(self) -> "Rows":
        """Rows of length one; empty rows stay empty."""
        return self.scaled((1 / np.maximum(self.lengths(), 1e-9)).astype(np.float32))

    def take(self, chosen: Ints) -> "Rows":
        counts = np.diff(self.starts)[chosen]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        places = (
            np.arange(starts[-1]) - np.repeat(starts[:-1], counts) + np.repeat(self.starts[chosen], counts)
        )
        return Rows(starts, self.columns[places], self.values[places], self.width)

    def times(self, dense: Floats) -> Floats:
        """This (rows x width) times a dense matrix (width x k)."""
        out = np.zeros((len(self), dense.shape[1]), np.float32)
        step = max(1, _PIECE // max(1, dense.shape[1] * int(np.diff(self.starts).max(initial=1))))
        for begin in range(0, len(self), step):
            end = min(begin + step, len(self))
            low, high = self.starts[begin], self.starts[end]
            if low == high:
                continue
            products = dense[self.columns[low:high]] * self.values[low:high, None]
            filled = np.flatnonzero(np.diff(self.starts[begin : end + 1])) + begin
            out[filled] = np.add.reduceat(products, self.starts[filled] - low, axis=0)
        return out

    def transposed(self) -> "Rows":
        order = np.argsort(self.columns, kind="stable")
        counts = np.bincount(self.columns, minlength=self.width)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return Rows(starts, self.row_of[order], self.values[order], len(self))

    def sums(self, by: Floats | None = None) -> Floats:
        """Column sums, rows weighed by `by`."""
        values = self.values if by is None else self.values * by[self.row_of]
        return np.bincount(self.columns, values, minlength=self.width).astype(np.float32)

    def gram(self) -> Floats:
        """Dot products of all rows with each other, dense: for some thousands of rows."""
        used, columns = np.unique(self.columns, return_inverse=True)
        out = np.zeros((len(self), len(self)), np.float32)
        step = max(1, _PIECE // max(1, len(self)))
        rows = self.row_of
        for begin in range(0, len(used), step):
            inside = (columns >= begin) & (columns < begin + step)
            piece = np.zeros((len(self), min(step, len(used) - begin)), np.float32)
            piece[rows[inside], columns[inside] - begin] = self.values[inside]
            out += piece @ piece.T
        return out


def rows(bags: Iterable[tuple[Sequence[str], Sequence[float]]], columns: Mapping[str, int]) -> Rows:
    """Rows of the terms that have a column; others are left out."""
    starts, at, values = [0], [], []
    for terms, weights in bags:
        for term, weight in zip(terms, weights, strict=True):
            column = columns.get(term)
            if column is not None:
                at.append(column)
                values.append(weight)
        starts.append(len(at))
    return Rows(
        np.array(starts, np.int64), np.array(at, np.int64), np.array(values, np.float32), len(columns)
    )


def stacked(parts: Sequence[Rows]) -> Rows:
    """One below the other."""
    starts = [np.zeros(1, np.int64)]
    for part in parts:
        starts.append(part.starts[1:] + starts[-1][-1])
    return Rows(
        np.concatenate(starts),
        np.concatenate([part.columns for part in parts]),
        np.concatenate([part.values for part in parts]),
        parts[0].width,
    )


def main_directions(data: Rows, count: int, *, rounds: int = 4) -> Floats:
    """The right singular vectors (width x count) of the greatest singular values.

    Randomised subspace iteration (Halko, Martinsson, Tropp 2011) from a fixed seed: the same data give the
    same directions. Fewer come back where the data have fewer.
    """
    count = min(count, len(data), data.width)
    if not count:
        return np.zeros((data.width, 0), np.float32)
    across = data.transposed()
    start = np.random.default_rng(0).standard_normal((data.width, min(count + 10, data.width)))
    basis = start.astype(np.float32)
    for _ in range(rounds):
        basis = _orthonormal(across.times(data.times(_orthonormal(basis))))
    basis = _orthonormal(basis)
    inner = data.times(basis)
    values, vectors = np.linalg.eigh(inner.T @ inner)
    order = np.argsort(-values)[:count]
    found: Floats = (basis @ vectors[:, order]).astype(np.float32)
    return found


def _orthonormal(basis: Floats) -> Floats:
    """The same span by the small matrix of dot products: many times quicker than QR for tall matrices."""
    values, vectors = np.linalg.eigh((basis.T @ basis).astype(np.float64))
    kept = values > values.max(initial=0) * 1e-9
    found: Floats = basis @ (vectors[:, kept] / np.sqrt(values[kept])).astype(np.float32)
    return found
