"""The corpus: readable, labelled with known labels, no text twice, no text of a set that only measures."""

import json
import lzma
from collections import Counter
from pathlib import Path

import pytest

from classifiers.corpus.report import CORPUS, near_duplicates, posts
from classifiers.normalise import normalise
from domain.verdicts import Appeal, Sentiment, SourceKind

LABELS = {"sentiment": set(Sentiment), "appeal": set(Appeal), "source_kind": set(SourceKind)}


def test_every_line_has_a_text_and_known_labels() -> None:
    for row in posts():
        assert str(row["text"]).strip(), row["where"]
        for key, known in LABELS.items():
            assert row[key] in known, f"{row['where']}: {key} {row[key]}"


def test_no_long_text_stands_twice() -> None:
    texts = Counter(normalise(str(row["text"])) for row in posts() if len(str(row["text"])) > 40)
    assert [text[:60] for text, count in texts.items() if count > 1] == []


def test_near_duplicates_are_found() -> None:
    pairs = near_duplicates(
        [
            "курьер опоздал на два часа и нагрубил",
            "курьер опоздал на два часа и нагрубил!",
            "лифт стоит неделю",
        ]
    )
    assert [(a, b) for a, b, _ in pairs] == [(0, 1)]


def test_no_text_for_measuring_is_trained_on(shared: Path) -> None:
    measured = set()
    for path in (shared / "data" / "dev").glob("*.jsonl*"):
        raw = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        measured |= {normalise(json.loads(line)["text"]) for line in raw.decode().splitlines()}
    ours = {text for row in posts() if len(text := normalise(str(row["text"]))) > 25}
    assert ours & measured == set()


@pytest.mark.parametrize("name", ["posts"])
def test_the_corpus_lies_where_training_looks(name: str) -> None:
    assert list((CORPUS / name).glob("*.jsonl"))
