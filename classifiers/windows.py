"""Long texts in pieces: a review of a page is read in windows, judged on the whole and its worst part."""

import re

import numpy as np
from numpy.typing import NDArray

#: A text is read in so many windows at most: the first two thirds from its beginning, the rest from its end.
MOST = 24

_SENTENCE = re.compile(r"[^.!?…]+[.!?…)(]*\s*")


def windows(text: str, size: int) -> list[str]:
    """Whole sentences packed into windows of at most `size` characters; longer sentences are cut."""
    if len(text) <= size:
        return [text]
    out: list[str] = []
    for sentence in _SENTENCE.findall(text) or [text]:
        for start in range(0, len(sentence), size):
            piece = sentence[start : start + size]
            if out and len(out[-1]) + len(piece) <= size:
                out[-1] += piece
            else:
                out.append(piece)
    if len(out) > MOST:
        out = out[: 2 * MOST // 3] + out[len(out) - MOST // 3 :]
    return out


def judged(scores: NDArray[np.float64], worst: int | None) -> NDArray[np.float64]:
    """Scores of a text from its windows' rows: the mean; but half of column `worst` is its two worst windows.

    The columns still add up to one.
    """
    mean: NDArray[np.float64] = scores.mean(axis=0)
    if len(scores) == 1 or worst is None:
        return mean
    peak = float(np.sort(scores[:, worst])[-2:].mean())
    raised = (float(mean[worst]) + peak) / 2
    rest = 1 - float(mean[worst])
    out = mean * ((1 - raised) / rest) if rest > 0 else mean
    out[worst] = raised
    return out
