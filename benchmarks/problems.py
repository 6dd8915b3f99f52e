"""Grouping against labels: `make bench-problems`, or `python -m benchmarks.problems [FILE.jsonl]`.

Lines with `text`, `problem` (the root problem) and, optionally, `date`, `complaint` and `also`. The labels
are only compared with what `otklik group` says of the texts; the floors run beside it on the same lines.
"""

import json
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from otklik.look_group import Line, grouped, read
from triage.problems import words
from triage.problems.linkage import clusters

#: A real problem this great should be found: as a group so pure and so complete.
GREAT, PURE, COMPLETE = 5, 0.8, 0.5


@dataclass(frozen=True)
class Figures:
    """How a grouping compares with the labels."""

    precision: float
    recall: float
    rand: float
    #: share of pairs put together that do not belong together
    over_merged: float
    #: real problems of at least GREAT complaints found, and how many there are
    found: int
    great: int

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)

    def __str__(self) -> str:
        return (
            f"B-cubed F1 {self.f1:.3f} (precision {self.precision:.3f}, recall {self.recall:.3f}), "
            f"adjusted Rand {self.rand:.3f}, over-merged pairs {self.over_merged:.2f}, "
            f"found {self.found} of {self.great}"
        )


def measure(groups: Sequence[object], labels: Sequence[str]) -> Figures:
    """Compare groups with labels, item by item; an item alone has a group of its own."""
    inside: dict[object, Counter[str]] = defaultdict(Counter)
    for group, label in zip(groups, labels, strict=True):
        inside[group][label] += 1
    sizes, whole = {g: sum(c.values()) for g, c in inside.items()}, Counter(labels)
    both = [inside[group][label] for group, label in zip(groups, labels, strict=True)]
    precision = sum(n / sizes[g] for n, g in zip(both, groups, strict=True)) / len(labels)
    recall = sum(n / whole[label] for n, label in zip(both, labels, strict=True)) / len(labels)
    right = sum(_pairs(n) for counts in inside.values() for n in counts.values())
    put, real = sum(map(_pairs, sizes.values())), sum(map(_pairs, whole.values()))
    expected = put * real / max(1, _pairs(len(labels)))
    found = {
        label
        for group, counts in inside.items()
        for label, n in counts.items()
        if whole[label] >= GREAT and n >= PURE * sizes[group] and n >= COMPLETE * whole[label]
    }
    return Figures(
        precision=precision,
        recall=recall,
        rand=(right - expected) / max(1e-9, (put + real) / 2 - expected),
        over_merged=1 - right / put if put else 0.0,
        found=len(found),
        great=sum(n >= GREAT for n in whole.values()),
    )


def _pairs(n: int) -> int:
    return n * (n - 1) // 2


def floors(texts: Sequence[str], labels: Sequence[str]) -> list[tuple[str, Figures]]:
    """TF-IDF over lemmas with average link, its threshold chosen afterwards (which no product could)."""
    similarity = _tf_idf(texts)
    tried = [measure(clusters(similarity, t / 100).tolist(), labels) for t in range(4, 40)]
    precise = [figures for figures in tried if figures.precision >= 0.7]
    return [
        ("everything alone", measure(list(range(len(labels))), labels)),
        ("TF-IDF, the best F1", max(tried, key=lambda figures: figures.f1)),
        ("TF-IDF, the best F1 at precision .70", max(precise, key=lambda figures: figures.f1)),
    ]


def _tf_idf(texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
    found = [Counter(w.lemma for _, s in words.sentences(t) for w in s if len(w.lemma) > 1) for t in texts]
    seen = Counter(lemma for counts in found for lemma in counts)
    place = {lemma: i for i, lemma in enumerate(lemma for lemma, n in seen.items() if n > 1)}
    table = np.zeros((len(texts), len(place)), np.float32)
    for row, counts in enumerate(found):
        for lemma, n in counts.items():
            if lemma in place:
                table[row, place[lemma]] = (1 + np.log(n)) * np.log((len(texts) + 1) / seen[lemma])
    table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
    return table @ table.T


def report(rows: Sequence[dict[str, Any]]) -> None:
    labels = [row["problem"] for row in rows]
    started = time.perf_counter()
    out = grouped([_line(row, number) for number, row in enumerate(rows)])
    took = time.perf_counter() - started
    groups = [body["problem"] if body["problem"] is not None else f"alone {i}" for i, body in enumerate(out)]
    print(f"{len(rows)} complaints, {len(set(labels))} problems, {took:.1f} s")
    print(f"otklik group: {measure(groups, labels)}")
    for name, figures in floors([row["text"] for row in rows], labels):
        print(f"{name}: {figures}")
    print(f"also: {_also(out, rows, groups)}")
    print("raised (complaints of the problem seen so far / in all):", _raised(out, labels))


def _line(row: dict[str, Any], number: int) -> Line:
    return read(json.dumps({"id": number, "text": row["text"], "date": row.get("date")}), number)


def _raised(out: Sequence[dict[str, Any]], labels: Sequence[str]) -> str:
    """For each great problem raised by a group that is mostly it: after how many of its complaints."""
    told = []
    for label, whole in Counter(labels).most_common():
        if whole < GREAT:
            break
        best = Counter(
            body["problem"] for body, own in zip(out, labels, strict=True) if own == label and body["problem"]
        ).most_common(1)
        group = best[0][0] if best else None
        size = sum(body["problem"] == group for body in out)
        at = next((b["raised_at"] for b in out if b["problem"] == group), None)
        if group is None or at is None or 2 * best[0][1] < size:
            told.append(f"-/{whole}")
        else:
            told.append(f"{labels[: at + 1].count(label)}/{whole}")
    return ", ".join(told)


def _also(out: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]], groups: Sequence[object]) -> str:
    """Mentions judged by the label that most of the mentioned group carries."""
    labels: dict[object, Counter[str]] = defaultdict(Counter)
    for group, row in zip(groups, rows, strict=True):
        labels[group][row["problem"]] += 1
    right = told = 0
    for body, row in zip(out, rows, strict=True):
        for group in body["also"]:
            told += 1
            right += labels[group].most_common(1)[0][0] in row.get("also", ())
    real = sum(len(row.get("also", ())) for row in rows)
    return f"{right} of {told} right, of {real} secondary problems labelled"


def main(arguments: Sequence[str]) -> int:
    root = Path(os.environ.get("OTKLIK_TEST_DATA", Path(__file__).parents[2] / "shared"))
    file = Path(arguments[0]) if arguments else root / "data" / "dev" / "problems.jsonl"
    if not file.is_file():
        print(f"nothing to measure on: {file.name} is absent", file=sys.stderr)
        return 2
    rows = [json.loads(line) for line in file.read_text("utf-8").split("\n") if line]
    report([row for row in rows if row.get("complaint", True) and row.get("problem")])
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
