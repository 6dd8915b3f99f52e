"""Figures that say how good a classifier is, in plain numpy: they can be taken wherever it runs."""

import json
import lzma
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from domain.verdicts import Appeal, Sentiment, SourceKind, Text

SENTIMENTS = tuple(label.value for label in Sentiment)
APPEALS = tuple(label.value for label in Appeal)

#: dev set -> the kind of place its texts stood in
_KINDS = {
    "app_feedback": SourceKind.REVIEW,
    "bank_snippets": SourceKind.REVIEW,
    "restaurants": SourceKind.REVIEW,
    "sentirueval2015_banks": SourceKind.POST,
    "sentirueval2015_telecom": SourceKind.POST,
    "ilywio_mixed": SourceKind.REVIEW,
    "rusentitweet": SourceKind.POST,
    "brighter_rus": SourceKind.POST,
}


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Texts with what a person said of them; `appeals` is None where nobody said."""

    name: str
    texts: tuple[Text, ...]
    sentiments: tuple[str, ...]
    appeals: tuple[str, ...] | None
    sources: tuple[str, ...]


def read_sets(folder: Path) -> list[LabelledSet]:
    """Every labelled set of posts in a folder, by file name; rows without a sentiment are left out."""
    paths = [*folder.glob("*.jsonl"), *folder.glob("*.jsonl.xz")]
    found = [_read_set(path) for path in sorted(paths)]
    return [one for one in found if one.texts]


def _read_set(path: Path) -> LabelledSet:
    name = path.name.removesuffix(".xz").removesuffix(".jsonl")
    with (
        lzma.open(path, "rt", encoding="utf-8")
        if path.suffix == ".xz"
        else path.open(encoding="utf-8") as lines
    ):
        rows = [json.loads(line) for line in lines]
    rows = [
        row for row in rows if "problem" not in row and row.get("sentiment", row.get("label")) in SENTIMENTS
    ]
    sources = tuple(str(row.get("source", name)) for row in rows)
    has_appeals = bool(rows) and "appeal" in rows[0]
    return LabelledSet(
        name,
        tuple(
            Text(row["text"], SourceKind(row.get("source_kind") or _KINDS.get(source, SourceKind.COMMENT)))
            for row, source in zip(rows, sources, strict=True)
        ),
        tuple(row.get("sentiment", row.get("label")) for row in rows),
        tuple(row["appeal"] for row in rows) if has_appeals else None,
        sources,
    )


def average_precision(is_one: Sequence[bool], scores: Sequence[float]) -> float:
    """Area under precision over recall; equal scores count as one step. NaN when there is none to find."""
    truth, values = np.asarray(is_one, dtype=float), np.asarray(scores, dtype=float)
    if not truth.sum():
        return float("nan")
    order = np.argsort(-values, kind="stable")
    last = np.append(np.diff(values[order]) != 0, True)
    hits = np.cumsum(truth[order])[last]
    recall = hits / truth.sum()
    precision = hits / (np.flatnonzero(last) + 1)
    return float((np.diff(recall, prepend=0.0) * precision).sum())


def precision_recall_f1(gold: Sequence[str], said: Sequence[str], label: str) -> tuple[float, float, float]:
    """Of one label; 0 where nothing was said or is to be found."""
    hit = sum(g == s == label for g, s in zip(gold, said, strict=True))
    claimed, real = sum(s == label for s in said), sum(g == label for g in gold)
    precision, recall = (hit / claimed if claimed else 0.0), (hit / real if real else 0.0)
    return precision, recall, 2 * hit / (claimed + real) if hit else 0.0


def macro_f1(gold: Sequence[str], said: Sequence[str], labels: Sequence[str]) -> float:
    """Mean of the labels' F1."""
    return float(np.mean([precision_recall_f1(gold, said, label)[2] for label in labels]))


def confusion(gold: Sequence[str], said: Sequence[str], labels: Sequence[str]) -> NDArray[np.int64]:
    """Rows: what people said; columns: what the model said."""
    out = np.zeros((len(labels), len(labels)), dtype=np.int64)
    for g, s in zip(gold, said, strict=True):
        out[labels.index(g), labels.index(s)] += 1
    return out


def interval(
    count: int, figure: Callable[[NDArray[np.int64]], float], *, rounds: int = 500, seed: int = 1
) -> tuple[float, float]:
    """95 % bootstrap interval of a figure over `count` rows; `figure` takes the rows drawn."""
    random = np.random.default_rng(seed)
    values = [figure(random.integers(0, count, count)) for _ in range(rounds)]
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)


def b_cubed(gold: Sequence[str], found: Sequence[object]) -> tuple[float, float, float]:
    """Precision, recall and F1 of a grouping, averaged over items."""
    truth, groups = np.asarray(gold), np.asarray(found)
    same, together = truth[:, None] == truth, groups[:, None] == groups
    both = (same & together).sum(1)
    precision, recall = float((both / together.sum(1)).mean()), float((both / same.sum(1)).mean())
    return precision, recall, 2 * precision * recall / (precision + recall)
