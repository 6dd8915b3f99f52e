"""`python -m classifiers.corpus.report`: what the corpus holds, how even it is, and where it repeats itself.

With a folder of real posts (`--beside`, as for `make evaluate`) the vocabulary is held against theirs.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from classifiers.evaluation import read_sets
from classifiers.grams import Grams, hashed
from classifiers.normalise import normalise

CORPUS = Path(__file__).parent
_WORD = re.compile(r"[а-яa-z]+")
#: Texts that share so much of their pieces are the same text in other clothes.
_NEAR = 0.6


def posts(folder: Path = CORPUS) -> list[dict[str, object]]:
    """Every post with its file and line."""
    return [
        {**json.loads(line), "where": f"{path.name}:{number}"}
        for path in sorted((folder / "posts").glob("*.jsonl"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
    ]


def near_duplicates(texts: Sequence[str], *, share: float = _NEAR) -> list[tuple[int, int, float]]:
    """Pairs of texts (by place) whose pieces of four letters overlap by `share` or more (Jaccard).

    Candidates are found through the rarest pieces of each text, so that not all pairs are compared.
    """
    rows = [set(row.tolist()) for row in hashed(texts, Grams(2**20, 4, 4, 0))]
    common = Counter(piece for row in rows for piece in row)
    seen: dict[int, list[int]] = {}
    found = []
    for place, row in enumerate(rows):
        if len(row) < 12:  # "спасибо" is no copy of "спасибо"
            continue
        rare = sorted(row, key=common.__getitem__)[: max(4, int(len(row) * (1 - share)) + 1)]
        for other in {other for piece in rare for other in seen.get(piece, ())}:
            likeness = len(row & rows[other]) / len(row | rows[other])
            if likeness >= share:
                found.append((other, place, likeness))
        for piece in rare:
            seen.setdefault(piece, []).append(place)
    return found


def _problems(row: dict[str, object]) -> list[str]:
    found = row.get("problems")
    return [str(problem) for problem in found] if isinstance(found, list) else []


def openings(texts: Iterable[str]) -> list[tuple[str, int]]:
    """First two words, most frequent first."""
    found = (_WORD.findall(text)[:2] for text in texts)
    return Counter(" ".join(words) for words in found if len(words) == 2).most_common(12)


def variety(texts: Sequence[str], words: int = 20_000) -> float:
    """Different words among the first so many: the same size makes sets comparable."""
    taken = [word for text in texts for word in _WORD.findall(text)][:words]
    return len(set(taken)) / max(1, len(taken))


def main(beside: Annotated[Path | None, typer.Option(help="folder of real posts")] = None) -> None:
    """Print the report."""
    rows = posts()
    texts = [normalise(str(row["text"])) for row in rows]
    print(f"{len(rows)} posts, {len({row['industry'] for row in rows})} industries")
    for key in ("source_kind", "sentiment", "appeal"):
        print(f"{key}: " + _shares(Counter(str(row[key]) for row in rows)))
    print("sentiment and appeal: " + _shares(Counter(f"{row['sentiment']}/{row['appeal']}" for row in rows)))
    print("industries: " + _shares(Counter(str(row["industry"]) for row in rows)))
    problems = Counter(problem for row in rows for problem in _problems(row))
    shared = [count for count in problems.values() if count > 1]
    print(f"problems: {len(problems)}, of several texts {len(shared)}, median {np.median(shared or [0]):.0f}")
    sizes = np.array([len(str(row["text"])) for row in rows])
    bounds = (0, 60, 200, 600, 10_000)
    counts = [int(((sizes > a) & (sizes <= b)).sum()) for a, b in pairwise(bounds)]
    print(f"lengths up to 60, 200, 600, more: {counts}")
    print("openings: " + ", ".join(f"{words} {count / len(rows):.1%}" for words, count in openings(texts)))
    print(f"variety of words (first 20,000): {variety(texts):.3f}")
    pairs = near_duplicates(texts)
    print(f"near-duplicates: {len(pairs)}")
    for a, b, likeness in pairs[:20]:
        print(f"  {rows[a]['where']} {rows[b]['where']} {likeness:.2f}")
    if beside:
        _compare(texts, beside)


def _compare(texts: Sequence[str], folder: Path) -> None:
    ours = {word for text in texts for word in _WORD.findall(text)}
    for one in read_sets(folder):
        theirs = [normalise(item.text) for item in one.texts]
        words = [word for text in theirs for word in _WORD.findall(text)]
        known = sum(word in ours for word in words) / max(1, len(words))
        print(f"{one.name}: variety {variety(theirs):.3f}, of its words we know {known:.1%}")


def _shares(counts: Counter[str]) -> str:
    total = sum(counts.values())
    return ", ".join(f"{name} {count} ({count / total:.0%})" for name, count in counts.most_common())


if __name__ == "__main__":
    typer.run(main)
