"""Sentences whose labels must not change silently: irony, negation, news, congratulations, obscenity.

Each line of classifiers/canaries.jsonl holds what a person says of a text and, where the bundled model is
known to say something else, that too (`said`). A new model that changes either has to change the file.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from classifiers.load import BUNDLED
from classifiers.onnx_model import OnnxClassifier
from domain.verdicts import SourceKind, Text

CANARIES = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "classifiers/canaries.jsonl").read_text("utf-8").splitlines()
]


@pytest.fixture(scope="module")
def said() -> list[dict[str, str]]:
    if not (BUNDLED / "card.json").is_file():
        pytest.skip("no bundled model here")
    verdicts = OnnxClassifier(BUNDLED).classify(
        [Text(line["text"], SourceKind(line["source_kind"])) for line in CANARIES]
    )
    return [{"sentiment": v.sentiment.value, "appeal": v.appeal.value} for v in verdicts]


def test_there_are_at_least_two_hundred() -> None:
    assert len({line["text"] for line in CANARIES}) >= 200


def test_no_label_has_changed(said: list[dict[str, str]]) -> None:
    changed = []
    for line, found in zip(CANARIES, said, strict=True):
        expected = line.get("said") or {key: line[key] for key in ("sentiment", "appeal")}
        if found != expected:
            changed.append((line["text"], expected, found))
    assert changed == []


def test_what_must_wake_nobody_wakes_nobody(said: list[dict[str, str]]) -> None:
    quiet = {
        "congratulation",
        "news",
        "obscene_life",
        "others_trouble",
        "quarrel",
        "chat",
        "ad",
        "official",
        "strange",
    }
    alarms = [
        line["text"]
        for line, found in zip(CANARIES, said, strict=True)
        if line["theme"] in quiet and found["appeal"] == "complaint"
    ]
    total = sum(line["theme"] in quiet for line in CANARIES)
    assert len(alarms) <= 0.05 * total, alarms


def test_most_of_what_people_say_is_understood(said: list[dict[str, str]]) -> None:
    right = Counter(
        key for line, found in zip(CANARIES, said, strict=True) for key in found if found[key] == line[key]
    )
    assert right["appeal"] / len(CANARIES) > 0.75
    assert right["sentiment"] / len(CANARIES) > 0.75
