"""Long texts in windows."""

import numpy as np
import pytest

from classifiers.windows import MOST, judged, windows


def test_a_short_text_is_one_window() -> None:
    assert windows("кратко", 50) == ["кратко"]


def test_windows_hold_whole_sentences_and_lose_nothing() -> None:
    text = "Первое предложение. Второе! Третье? " * 10
    found = windows(text, 60)
    assert "".join(found) == text
    assert max(map(len, found)) <= 60
    assert all(window.strip()[-1] in ".!?" for window in found)


def test_a_sentence_without_end_is_cut() -> None:
    assert max(map(len, windows("а" * 1000, 100))) == 100


def test_a_book_is_read_from_both_ends() -> None:
    found = windows("".join(f"Предложение номер {n}. " for n in range(2000)), 100)
    assert len(found) == MOST
    assert "номер 0." in found[0]
    assert "номер 1999." in found[-1]


def test_scores_of_windows_add_up_to_one_and_hear_the_worst() -> None:
    rows = np.array([[0.0, 1.0], [0.9, 0.1], [0.9, 0.1]])
    out = judged(rows, 0)
    assert out.sum() == pytest.approx(1)
    assert out[0] == pytest.approx((0.6 + 0.9) / 2)
