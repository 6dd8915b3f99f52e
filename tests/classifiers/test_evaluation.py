"""The figures themselves: worked out by hand on a few rows."""

import numpy as np
import pytest

from classifiers import evaluation as ev


def test_average_precision_of_a_ranking_worked_out_by_hand() -> None:
    # hits at ranks 1 and 3: (1/1 + 2/3) / 2
    assert ev.average_precision([True, False, True, False], [0.9, 0.8, 0.7, 0.1]) == pytest.approx(5 / 6)


def test_equal_scores_cannot_be_ordered_in_ones_favour() -> None:
    assert (
        ev.average_precision([True, False], [0.5, 0.5])
        == ev.average_precision([False, True], [0.5, 0.5])
        == 0.5
    )


def test_nothing_to_find_is_no_figure() -> None:
    assert np.isnan(ev.average_precision([False], [0.3]))


def test_f1_counts_one_label() -> None:
    gold, said = ["a", "a", "b", "b"], ["a", "b", "b", "b"]
    assert ev.precision_recall_f1(gold, said, "a") == (1.0, 0.5, pytest.approx(2 / 3))
    assert ev.macro_f1(gold, said, ["a", "b"]) == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert ev.confusion(gold, said, ["a", "b"]).tolist() == [[1, 1], [0, 2]]


def test_b_cubed_of_a_known_grouping() -> None:
    assert ev.b_cubed(["x", "x", "y"], [1, 1, 2]) == (1.0, 1.0, 1.0)
    precision, recall, _ = ev.b_cubed(["x", "x", "y", "y"], [1, 1, 1, 1])
    assert (precision, recall) == (0.5, 1.0)


def test_an_interval_holds_the_figure() -> None:
    values = np.arange(100) % 2
    low, high = ev.interval(100, lambda rows: float(values[rows].mean()))
    assert 0.35 < low < 0.5 < high < 0.65
