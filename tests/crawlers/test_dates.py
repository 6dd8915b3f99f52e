"""Dates as Russian pages and tables write them."""

from datetime import UTC, datetime

import pytest

from crawlers.dates import MOSCOW, parse

#: Monday, noon in Moscow.
FETCHED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("31.01.2019", "2019-01-31T00:00"),
        ("31.01.2019 15:04", "2019-01-31T15:04"),
        ("2024-06-02", "2024-06-02T00:00"),
        ("12 июля 2020", "2020-07-12T00:00"),
        ("12 мая 2024 г.", "2024-05-12T00:00"),
        ("12 мая 2024 года в 15:40", "2024-05-12T15:40"),
        ("Отзыв от 12 июля 2020", "2020-07-12T00:00"),
        ("1 янв 2023", "2023-01-01T00:00"),
        ("12.05.24", "2024-05-12T00:00"),
    ],
)
def test_a_full_date_needs_nothing_else(text: str, moment: str) -> None:
    assert parse(text) == datetime.fromisoformat(moment).replace(tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("27 октября, 22:30· Дополнен", "2025-10-27T22:30"),
        ("вчера в 15:32", "2026-03-01T15:32"),
        ("Сегодня, 12:11", "2026-03-02T12:11"),
        ("31 декабря", "2025-12-31T00:00"),
        ("3 нед. назад", "2026-02-09T12:00"),
        ("4 г. назад", "2022-03-01T12:00"),
        ("только что", "2026-03-02T12:00"),
    ],
)
def test_a_relative_date_is_resolved_against_the_moment_it_was_taken(text: str, moment: str) -> None:
    assert parse(text, fetched_at=FETCHED) == datetime.fromisoformat(moment).replace(tzinfo=MOSCOW)
    assert parse(text) is None


@pytest.mark.parametrize("text", ["", "ерунда", "32.13.2020", "45000", None, True, "9" * 200, -5, 1e20])
def test_what_is_no_date_is_unknown_and_never_invented(text: object) -> None:
    assert parse(text, fetched_at=FETCHED) is None


def test_unix_seconds_and_milliseconds_are_moments() -> None:
    assert (
        parse(1671017166)
        == parse("1671017166")
        == parse(1671017166000)
        == datetime(2022, 12, 14, 11, 26, 6, tzinfo=UTC)
    )
