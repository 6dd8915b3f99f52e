"""Hashed pieces of texts: characters of n in a row and words in a row, as numbers a model has weights for.

All texts of a batch are hashed in one go by numpy: polynomial hashes modulo 2**64 through prefix sums.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_INVERSE = pow(_BASE, -1, 2**64)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_IS_WORD = np.array([chr(code).isalnum() for code in range(0x10000)])
_IS_WORD[0xFFFF] = False  # stands for everything beyond: emoji

#: salt of the kind of piece, where its text is known from, its hash
_Pieces = tuple[int, NDArray[np.int64], NDArray[np.uint64]]


@dataclass(frozen=True, slots=True)
class Grams:
    """Which pieces are taken. `buckets` rows of weights; row 0 is padding and never a piece."""

    buckets: int
    min_chars: int
    max_chars: int
    words: int


def _powers(base: int, count: int) -> NDArray[np.uint64]:
    out = np.full(count, base, dtype=np.uint64)
    out[0] = 1
    return np.multiply.accumulate(out)


def _bucket(hashes: NDArray[np.uint64], salt: int, buckets: int) -> NDArray[np.int64]:
    mixed = (hashes + np.uint64(salt)) * _MIX
    mixed ^= mixed >> np.uint64(29)
    mixed *= _MIX
    mixed ^= mixed >> np.uint64(32)
    return (mixed % np.uint64(buckets - 1)).astype(np.int64) + 1


def hashed(texts: Sequence[str], grams: Grams) -> list[NDArray[np.int64]]:
    """The distinct pieces of each normalised text, sorted, in the order given; an empty text has none."""
    if not texts:
        return []
    with np.errstate(over="ignore"):  # numbers wrap around: that is what modulo 2**64 means
        frame = _Frame(texts)
        keys = [
            frame.owner[start] * grams.buckets + _bucket(values, salt, grams.buckets)
            for salt, start, values in [*frame.characters(grams), *frame.words(grams)]
        ]
    found = np.unique(np.concatenate(keys))
    cuts = np.searchsorted(found, np.arange(1, len(texts)) * grams.buckets)
    return np.split(found % grams.buckets, cuts)


class _Frame:
    """The texts of a batch end to end, a space around each, with the sums their hashes are taken from."""

    def __init__(self, texts: Sequence[str]) -> None:
        framed = [f" {text} " for text in texts]
        codes = np.frombuffer("".join(framed).encode("utf-32-le", "replace"), dtype=np.uint32)
        lengths = [len(text) for text in framed]
        self.codes = codes
        self.owner = np.repeat(np.arange(len(framed), dtype=np.int64), lengths)
        #: first place after the text a character belongs to
        self.end = np.repeat(np.cumsum(lengths), lengths)
        weighted = (codes.astype(np.uint64) + np.uint64(1)) * _powers(_INVERSE, len(codes))
        self.sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(weighted, dtype=np.uint64)))
        self.scale = _powers(_BASE, len(codes))

    def _hash(self, start: NDArray[np.int64], stop: NDArray[np.int64]) -> NDArray[np.uint64]:
        return (self.sums[stop] - self.sums[start]) * self.scale[start]

    def characters(self, grams: Grams) -> Iterator[_Pieces]:
        """Characters in a row, with a space at an end but never inside: those are words in a row."""
        size = len(self.codes)
        spaces = np.concatenate((np.zeros(1, np.int64), np.cumsum(self.codes == 32)))
        for n in range(grams.min_chars, grams.max_chars + 1):
            start = np.arange(max(0, size - n + 1))
            start = start[start + n <= self.end[start]]
            start = start[spaces[start + n - 1] == spaces[start + 1]]
            yield n, start, self._hash(start, start + n)

    def words(self, grams: Grams) -> Iterator[_Pieces]:
        """Words in a row, punctuation between them left out."""
        inside = _IS_WORD[np.minimum(self.codes, 0xFFFF)].astype(np.int8)
        edges = np.diff(inside, prepend=0, append=0)
        start, stop = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        single = self._hash(start, stop)
        value = single
        for n in range(1, grams.words + 1):
            if n > 1:
                value = value[:-1] * _MIX + single[n - 1 :]
            first = start[: len(value)]
            whole = self.owner[first] == self.owner[start[n - 1 :]]
            yield 100 + n, first[whole], value[whole]
