"""Killed anywhere, the next run continues: a short round of what `make verify-kills` does at length."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.endurance.kills import compare


@pytest.mark.timeout(170)
def test_kills_lose_nothing_and_double_at_most_one_message_each(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    result = compare(new_database, tmp_path, kills=5, seed=20)
    assert result.undisturbed.sent, "the story must have something to tell"
    assert result.kills >= 3, "too few kills hit a station at work to show anything"
    assert result.lost == []
    assert result.duplicates <= result.kills
