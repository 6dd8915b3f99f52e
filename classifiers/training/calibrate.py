"""Temperature and thresholds, fitted on texts of our corpus that the model did not learn from."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from classifiers.evaluation import APPEALS, SENTIMENTS, macro_f1
from classifiers.training.data import Example
from domain.verdicts import SourceKind

Array = NDArray[np.float64]

#: How much recall weighs beside precision when a threshold is chosen.
RECALL = 1.5
#: Share of the talk that is no appeal which a threshold may flag. Talk in our corpus is meant to be hard,
#: half of it about companies: where six in a hundred of it are flagged, of general posts hardly any is.
FALSE_ALARMS = 0.06


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


def best_threshold(scores: Array, is_one: NDArray[np.bool_], is_talk: NDArray[np.bool_]) -> float:
    """The threshold that finds most for its price, among those that flag hardly any talk that is no appeal.

    Missing one costs more than looking at one in vain: recall weighs one and a half times precision.
    """
    found = []
    for threshold in np.linspace(0.25, 0.65, 41):
        said = scores >= threshold
        hit, claimed = float((said & is_one).sum()), float(said.sum())
        worth = (1 + RECALL**2) * hit / max(1.0, claimed + RECALL**2 * float(is_one.sum()))
        alarms = float((said & is_talk).sum()) / max(1.0, float(is_talk.sum()))
        found.append((alarms <= FALSE_ALARMS, worth, float(threshold)))
    bounded, best, _ = max(found)
    top = [threshold for quiet, worth, threshold in found if quiet == bounded and worth >= best - 0.005]
    return float(np.mean(top))


def best_positive(scores: Array, negative: float, gold: Sequence[str]) -> float:
    """The threshold for positive of the best macro-F1, so that a kind's rare label is not given up."""
    found = []
    for positive in np.linspace(0.25, 0.65, 41):
        low, high = scores[:, 0] / negative, scores[:, 2] / positive
        said = np.where(np.maximum(low, high) < 1, 1, np.where(low >= high, 0, 2))
        found.append((macro_f1(gold, [SENTIMENTS[i] for i in said], SENTIMENTS), float(positive)))
    return float(np.mean([p for f1, p in found if f1 >= max(found)[0] - 0.005]))


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
    gold = [SENTIMENTS[e.sentiment or 0] for e in chosen]
    complaint = np.array([APPEALS[e.appeal or 0] == "complaint" for e in chosen])
    talk = np.array([APPEALS[e.appeal or 0] == "none" for e in chosen])
    bad = np.array([label == "negative" for label in gold])
    negative = best_threshold(sentiment[rows, 0], bad, np.zeros(len(gold), bool))
    return {
        "negative": negative,
        "positive": best_positive(sentiment[rows], negative, gold),
        "complaint": best_threshold(appeal[rows, 0], complaint, talk),
    }
