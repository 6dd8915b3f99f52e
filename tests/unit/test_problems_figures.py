"""The figures that grouping is judged by, on groupings whose figures are known."""

import pytest

from benchmarks.problems import measure

LABELS = ["а"] * 6 + ["б"] * 4


def test_everything_alone_is_precise_and_finds_nothing() -> None:
    found = measure(list(range(10)), LABELS)
    assert (found.precision, found.found, found.great, found.over_merged) == (1, 0, 1, 0)
    assert found.recall == pytest.approx((6 * 1 / 6 + 4 * 1 / 4) / 10)
    assert found.rand == pytest.approx(0)


def test_everything_together_is_whole_and_over_merged() -> None:
    found = measure([1] * 10, LABELS)
    assert found.recall == 1
    assert found.precision == pytest.approx((6 * 0.6 + 4 * 0.4) / 10)
    assert found.over_merged == pytest.approx(24 / 45)
    assert found.found == 0


def test_the_truth_is_perfect() -> None:
    found = measure(LABELS, LABELS)
    assert (found.f1, found.rand, found.found, found.over_merged) == (pytest.approx(1), 1, 1, 0)


def test_half_of_a_problem_in_a_pure_group_is_found_and_less_is_not() -> None:
    assert measure([1, 1, 1, 2, 3, 4, 5, 6, 7, 8], LABELS).found == 1
    assert measure([1, 1, 2, 3, 4, 5, 6, 7, 8, 9], LABELS).found == 0
    assert measure([1, 1, 1, 2, 3, 4, 1, 6, 7, 8], LABELS).found == 0
