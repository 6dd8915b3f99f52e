"""Texts to learn from: public sets with explicit licences, our own corpus, unlabelled text.

Public sets lie in `<data>/train/<name>.jsonl.xz` (text, label), unlabelled text in `<data>/text/*.txt.xz`,
our own posts and answers in `classifiers/corpus`. What a set does not label is None, and its loss is masked.
"""

import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.verdicts import SourceKind

CORPUS = Path(__file__).parents[1] / "corpus"

SENTIMENTS = ("negative", "neutral", "positive")
APPEALS = ("complaint", "question", "praise", "suggestion", "none")
ANSWERS = (
    "holding", "solving", "details", "private", "deflection",
    "monosyllabic", "impersonal", "rude", "jargon",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PublicSet:
    """A public set: where its words stood, and what one of its texts is worth beside one of our own."""

    kind: SourceKind
    weight: float
    licence: str
    repository: str


PUBLIC = {
    "rusentitweet_train": PublicSet(SourceKind.POST, 0.5, "CC BY 4.0", "sismetanin/rusentitweet"),
    "cedr": PublicSet(SourceKind.POST, 0.3, "Apache-2.0", "sag111/CEDR"),
    "brighter_rus": PublicSet(
        SourceKind.POST, 0.3, "CC BY 4.0", "emotion-analysis-project/SemEval2025-Task11"
    ),
    "ru_goemotions": PublicSet(SourceKind.COMMENT, 0.1, "MIT", "searayeah/ru-goemotions"),
    "izard": PublicSet(SourceKind.COMMENT, 0.1, "MIT", "Djacon/russian-emotion-detection"),
    "xed_ru": PublicSet(SourceKind.MESSAGE, 0.1, "CC BY 4.0", "Helsinki-NLP/XED"),
}


#: Name of sets that are the user's own.
CUSTOMERS = "customers"
#: Four stars are praise with a but: too mixed to learn from.
_BY_RATING = {1: "negative", 2: "negative", 3: "neutral", 5: "positive"}


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text."""

    text: str
    kind: SourceKind
    sentiment: int | None
    appeal: int | None
    weight: float
    source: str
    problems: tuple[str, ...] = ()
    answer: tuple[str, ...] | None = None


def read_lines(path: Path) -> Iterator[dict[str, object]]:
    """Objects of a JSON lines file, compressed or not."""
    with (
        lzma.open(path, "rt", encoding="utf-8")
        if path.suffix == ".xz"
        else path.open(encoding="utf-8") as lines
    ):
        for line in lines:
            if line.strip():
                yield json.loads(line)


def public(data: Path) -> list[Example]:
    """The public sets that are there; texts whose label is no sentiment ("skip") are left out."""
    out = []
    for name, about in PUBLIC.items():
        path = data / "train" / f"{name}.jsonl.xz"
        if not path.is_file():
            continue
        for row in read_lines(path):
            # "speech" is greetings and congratulations: nothing good or bad is said of anybody.
            label = "neutral" if row["label"] == "speech" else str(row["label"])
            if label in SENTIMENTS:
                out.append(
                    Example(str(row["text"]), about.kind, SENTIMENTS.index(label), None, about.weight, name)
                )
    return out


def customers(path: Path) -> list[Example]:
    """Customers' words from a user's file: JSON lines with `text` and `label`, or a `rating` of 1 to 5.

    Stars tell the sentiment; whether a text is a complaint they do not tell, so that loss is masked.
    """
    out = []
    for row in read_lines(path):
        rating = row.get("rating")
        label = _BY_RATING.get(int(str(rating))) if rating is not None else str(row.get("label"))
        if label in SENTIMENTS:
            out.append(
                Example(str(row["text"]), SourceKind.REVIEW, SENTIMENTS.index(label), None, 0.3, CUSTOMERS)
            )
    return out


def posts(corpus: Path = CORPUS) -> list[Example]:
    """Our own posts, by file and line."""
    return [
        Example(
            str(row["text"]),
            SourceKind(str(row.get("source_kind", "comment"))),
            SENTIMENTS.index(str(row["sentiment"])),
            APPEALS.index(str(row["appeal"])),
            1.0,
            path.stem,
            tuple(row.get("problems") or ()),  # type: ignore[arg-type]  # a list of ids
        )
        for path in sorted((corpus / "posts").glob("*.jsonl"))
        for row in read_lines(path)
    ]


def answers(corpus: Path = CORPUS) -> list[Example]:
    """Our own company answers, with the readings each deserves."""
    return [
        Example(
            str(row["text"]), SourceKind.COMMENT, None, None, 1.0, path.stem,
            answer=(*row["kinds"], *row["faults"]),  # type: ignore[misc]  # lists of names
        )
        for path in sorted((corpus / "answers").glob("*.jsonl"))
        for row in read_lines(path)
    ]  # fmt: skip


def unlabelled(data: Path) -> Iterator[tuple[str, int]]:
    """Paragraphs of the CC0 texts and how often each is read: colloquial ones twice, a third of the plays."""
    for path in sorted((data / "text").glob("*.txt.xz")):
        times, keep = (2, 1) if "jokes" in path.name else (1, 3)
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                if len(line) > 10 and number // 20 % keep == 0:
                    yield line.strip(), times
