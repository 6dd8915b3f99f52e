"""A file becomes a source: nothing doubles, nothing is lost in silence, nothing unseen is "unanswered"."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from psycopg import Connection
from psycopg_pool import ConnectionPool

from crawlers.imports.load import import_file
from domain.clock import FixedClock
from domain.errors import BadInput
from otklik.build import Services
from otklik.settings import load

HEAD = "Номер;Дата;Отзыв;Ответ;Дата ответа\n"
ROWS = (
    "1;01.02.2026 10:00;Карту жду третью неделю;;\n"
    "2;02.02.2026 11:00;Спасибо, всё быстро;Рады помочь! Ольга;02.02.2026 12:00\n"
)


@pytest.fixture
def bring(
    pool: ConnectionPool[Connection], tmp_path: Path, clock: FixedClock
) -> Callable[..., tuple[int, list[str]]]:
    """Imports a text as a file; returns the exit status and what was said."""
    services = Services(load({"OTKLIK_DATA": str(tmp_path / "data")}), "", pool, clock)

    def run(text: str, *, name: str = "reviews.csv", source: str = "История") -> tuple[int, list[str]]:
        (tmp_path / name).write_text(text, "utf-8")
        said: list[str] = []
        status = import_file(
            services, tmp_path / name, source, [], looked_at=None, dry_run=False, say=said.append
        )
        return status, said

    return run


def rows(pool: ConnectionPool[Connection], query: str) -> list[tuple[object, ...]]:
    with pool.connection() as conn:
        return conn.execute(query).fetchall()  # type: ignore[call-overload]  # a literal of the test


def test_a_second_import_doubles_nothing(
    pool: ConnectionPool[Connection], bring: Callable[..., tuple[int, list[str]]]
) -> None:
    assert bring(HEAD + ROWS)[0] == 0
    status, said = bring(HEAD + ROWS)
    assert status == 0
    assert any("новых записей 0" in line and "уже было 3" in line for line in said)
    assert rows(pool, "SELECT count(*) FROM post") == [(3,)]


def test_an_edited_row_becomes_a_version(
    pool: ConnectionPool[Connection], bring: Callable[..., tuple[int, list[str]]]
) -> None:
    bring(HEAD + ROWS)
    bring(HEAD + ROWS.replace("третью неделю", "четвёртую неделю"))
    assert rows(pool, "SELECT version, text FROM post WHERE external_id = '1'") == [
        (2, "Карту жду четвёртую неделю")
    ]
    assert rows(pool, "SELECT version, text FROM post_version") == [(1, "Карту жду третью неделю")]


def test_an_import_with_answers_is_a_look_at_its_own_time(
    pool: ConnectionPool[Connection], bring: Callable[..., tuple[int, list[str]]]
) -> None:
    bring(HEAD + ROWS)
    newest = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
    assert rows(pool, "SELECT DISTINCT checked_at FROM thread") == [(newest,)]
    assert rows(pool, "SELECT answered FROM post WHERE external_id = '1'") == [(False,)]


def test_an_import_without_answers_looked_at_nothing(
    pool: ConnectionPool[Connection], bring: Callable[..., tuple[int, list[str]]]
) -> None:
    _, said = bring("Дата;Отзыв\n01.02.2026;Карту жду третью неделю\n")
    assert any("не проверено" in line for line in said)
    assert rows(pool, "SELECT checked_at, answered FROM thread JOIN post ON thread_id = thread.id") == [
        (None, None)
    ]


def test_a_row_without_a_date_is_stored_without_one(
    pool: ConnectionPool[Connection], bring: Callable[..., tuple[int, list[str]]]
) -> None:
    bring("Дата;Отзыв\n;Карту жду третью неделю\n")
    assert rows(pool, "SELECT published_at FROM post") == [(None,)]


def test_bad_rows_are_kept_with_their_reasons_and_harm_no_spreadsheet(
    pool: ConnectionPool[Connection], bring: Callable[..., tuple[int, list[str]]], tmp_path: Path
) -> None:
    status, said = bring(HEAD + ROWS + "3;вчерась;=HYPERLINK(1);;\n4;01.02.2026;;;\n")
    assert status == 3
    assert any("reviews.csv.rejected.csv" in line for line in said)
    with (tmp_path / "reviews.csv.rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    assert [row[:2] for row in table[1:]] == [["4", "непонятная дата «вчерась»"], ["5", "нет текста"]]
    assert table[1][4] == "'=HYPERLINK(1)"
    assert rows(pool, "SELECT count(*) FROM post") == [(3,)]


def test_equal_rows_stay_as_many_as_they_are(
    pool: ConnectionPool[Connection], bring: Callable[..., tuple[int, list[str]]]
) -> None:
    twins = "Дата;Отзыв\n01.02.2026;Ужас\n01.02.2026;Ужас\n"
    bring(twins)
    bring(twins)
    assert rows(pool, "SELECT count(*) FROM post") == [(2,)]


def test_a_poisonous_row_does_not_stop_the_others(
    pool: ConnectionPool[Connection], bring: Callable[..., tuple[int, list[str]]]
) -> None:
    long, marked = "а" * 100_001, "нет\0 " + "\u202e" + "💳" * 3
    status, said = bring(f"Дата;Отзыв\n01.02.2026;{long}\n01.02.2026;{marked}\n")
    assert status == 3
    assert any("Не принято строк: 1" in line for line in said)
    assert rows(pool, "SELECT text FROM post") == [("нет 💳💳💳",)]


def test_a_source_that_is_read_by_itself_is_no_place_for_a_file(
    pool: ConnectionPool[Connection], bring: Callable[..., tuple[int, list[str]]], clock: FixedClock
) -> None:
    with pool.connection() as conn:
        conn.execute("INSERT INTO source (name, kind, added_at) VALUES ('ВКонтакте', 'vk', %s)", (clock(),))
    with pytest.raises(BadInput, match="назовите загрузку иначе"):
        bring(HEAD + ROWS, source="ВКонтакте")
