"""Temperature and thresholds, fitted on texts of our corpus that the model did not learn from."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from classifiers.evaluation import APPEALS, SENTIMENTS, macro_f1
from classifiers.training.data import Example
from domain.verdicts import SourceKind

Array = NDArray[np.float64]

#: Share of the texts that are no complaint which a threshold may flag.
FALSE_ALARMS = 0.03


def held_out(examples: Sequence[Example], share: float = 0.1) -> tuple[list[Example], list[Example]]:
    """To learn from, and to fit on: whole problems (or single texts) are held out, always the same ones."""
    learn: list[Example] = []
    fit: list[Example] = []
    for example in examples:
        key = example.problems[0] if example.problems else example.text
        number = sum(ord(c) * (i % 97 + 1) for i, c in enumerate(key)) * 2654435761 % 1000
        (fit if number < 1000 * share else learn).append(example)
    return learn, fit


def softmax(logits: Array) -> Array:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def temperature(logits: Array, gold: Sequence[int]) -> float:
    """What to divide logits by so that scores are probabilities: the least surprise on held-out texts."""
    options = np.exp(np.linspace(np.log(0.3), np.log(4), 80))
    rows = np.arange(len(gold))
    losses = [-np.log(softmax(logits / t)[rows, gold] + 1e-12).mean() for t in options]
    return round(float(options[int(np.argmin(losses))]), 3)


def best_threshold(scores: Array, is_one: NDArray[np.bool_]) -> float:
    """The threshold of the best F1 among those whose false alarms stay within bounds."""
    found = [(0.0, 0.5)]
    for threshold in np.linspace(0.2, 0.8, 61):
        said = scores >= threshold
        hit = float((said & is_one).sum())
        if (said & ~is_one).sum() <= FALSE_ALARMS * max(1, (~is_one).sum()) or threshold > 0.79:
            found.append((2 * hit / max(1.0, float(said.sum() + is_one.sum())), float(threshold)))
    return max(found)[1]


def sentiment_thresholds(scores: Array, gold: Sequence[str]) -> tuple[float, float]:
    """For negative and positive: of the best macro-F1, so that the rare label of a kind is not given up."""
    found = []
    for negative in np.linspace(0.2, 0.65, 19):
        for positive in np.linspace(0.2, 0.65, 19):
            low, high = scores[:, 0] / negative, scores[:, 2] / positive
            said = np.where(np.maximum(low, high) < 1, 1, np.where(low >= high, 0, 2))
            names = [SENTIMENTS[i] for i in said]
            found.append((macro_f1(gold, names, SENTIMENTS), float(negative), float(positive)))
    top = [f for f in found if f[0] >= max(found)[0] - 0.005]  # the middle of the plateau, not its edge
    return float(np.mean([f[1] for f in top])), float(np.mean([f[2] for f in top]))


def thresholds(
    examples: Sequence[Example], sentiment: Array, appeal: Array
) -> Mapping[SourceKind, Mapping[str, float]]:
    """A kind's own best thresholds and the common ones, half each: a kind has few held-out texts."""
    everything = np.ones(len(examples), bool)
    common = _limits(examples, sentiment, appeal, everything)
    out = {}
    for kind in SourceKind:
        own = _limits(examples, sentiment, appeal, np.array([e.kind is kind for e in examples]))
        out[kind] = {name: round((own[name] + common[name]) / 2, 3) for name in own}
    return out


def _limits(
    examples: Sequence[Example], sentiment: Array, appeal: Array, rows: NDArray[np.bool_]
) -> dict[str, float]:
    chosen = [e for e, row in zip(examples, rows, strict=True) if row]
    complaint = np.array([APPEALS[e.appeal or 0] == "complaint" for e in chosen])
    negative, positive = sentiment_thresholds(sentiment[rows], [SENTIMENTS[e.sentiment or 0] for e in chosen])
    return {
        "negative": negative,
        "positive": positive,
        "complaint": best_threshold(appeal[rows, 0], complaint),
    }
