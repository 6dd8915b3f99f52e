"""What training reads; the parts that need no torch."""

import json
import lzma
from pathlib import Path
from random import Random

from classifiers.training import data
from classifiers.training.noise import spoiled


def test_stars_tell_the_sentiment_and_never_the_appeal(tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    rows = [{"text": str(stars), "rating": stars} for stars in (1, 2, 3, 4, 5)] + [
        {"text": "имя", "label": "positive"},
        {"text": "иное", "label": "skip"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    found = data.customers(path)
    assert [(e.text, data.SENTIMENTS[e.sentiment or 0]) for e in found] == [
        ("1", "negative"),
        ("2", "negative"),
        ("3", "neutral"),
        ("5", "positive"),
        ("имя", "positive"),
    ]
    assert {e.appeal for e in found} == {None}


def test_public_sets_that_are_absent_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    rows = [{"text": "привет", "label": "speech"}, {"text": "хм", "label": "skip"}]
    with lzma.open(tmp_path / "train" / "cedr.jsonl.xz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    assert [(e.text, e.source, data.SENTIMENTS[e.sentiment or 0]) for e in data.public(tmp_path)] == [
        ("привет", "cedr", "neutral")
    ]


def test_the_corpus_is_read_with_labels_and_problems() -> None:
    found = data.posts()
    assert all(e.appeal is not None and e.sentiment is not None for e in found)
    assert any(e.problems for e in found)


def test_noise_keeps_most_of_a_text_and_is_repeatable() -> None:
    text = "приложение не работает, верните деньги за подписку"
    spoilt = [spoiled(text, Random(seed)) for seed in range(50)]
    assert spoilt == [spoiled(text, Random(seed)) for seed in range(50)]
    assert text in spoilt
    assert any(one != text for one in spoilt)
    assert all(0.6 * len(text) < len(one) < 1.1 * len(text) for one in spoilt)
