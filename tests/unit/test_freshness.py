"""Quiet, unseen and out of reach are three things."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.freshness import Freshness, freshness

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("needs_person", "seen", "outcome", "good", "fresh"),
    [
        pytest.param(False, 1, "complete", 1, Freshness.FRESH, id="read a minute ago"),
        pytest.param(False, 1, "running", 6, Freshness.FRESH, id="being read again"),
        pytest.param(False, 1, "partial", 6, Freshness.PARTIAL, id="the last look did not see everything"),
        pytest.param(False, 1, "failed", 19, Freshness.PARTIAL, id="a few misses are no silence"),
        pytest.param(False, 1, "failed", 21, Freshness.SILENT, id="four in a row are"),
        pytest.param(False, 1, "running", None, Freshness.FIRST, id="the first look is under way"),
        pytest.param(False, 1, "failed", None, Freshness.NEVER_WHOLE, id="the first look failed"),
        pytest.param(False, None, None, None, Freshness.NEVER, id="nobody looked yet"),
        pytest.param(True, 1, "complete", 1, Freshness.NEEDS_PERSON, id="a person comes first"),
    ],
)
def test_a_source_is_as_fresh_as_its_last_complete_look(
    needs_person: bool, seen: int | None, outcome: str | None, good: int | None, fresh: Freshness
) -> None:
    def ago(minutes: int | None) -> datetime | None:
        return None if minutes is None else NOW - timedelta(minutes=minutes)

    found = freshness(
        kind="vk",
        needs_person=needs_person,
        last_at=ago(seen),
        last_outcome=outcome,
        good_at=ago(good),
        every=timedelta(minutes=5),
        now=NOW,
    )
    assert found is fresh


def test_a_file_is_never_late() -> None:
    found = freshness(
        kind="import", needs_person=False, last_at=None, last_outcome=None, good_at=None,
        every=timedelta(minutes=5), now=NOW,
    )  # fmt: skip
    assert found is Freshness.IMPORTED
