"""Whatever file a company has its history in, the same rows come out of it."""

import gzip
import io
import json
import lzma
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from openpyxl import Workbook

from crawlers.imports import rows
from crawlers.imports.rows import BadRow
from domain.errors import BadInput

TABLE = 'Дата;Отзыв\n01.02.2024;Карта не пришла\n02.02.2024;"Жду; уже неделю\nи ещё день"\n'
ROWS = [
    (2, {"Дата": "01.02.2024", "Отзыв": "Карта не пришла"}),
    (3, {"Дата": "02.02.2024", "Отзыв": "Жду; уже неделю\nи ещё день"}),
]


def table(path: Path) -> list[tuple[int, rows.Row | BadRow]]:
    with ExitStack() as stack:
        return list(rows.read(path, stack).rows)


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("отзывы.csv", data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.csv", TABLE.encode(), id="utf-8"),
        pytest.param("a.csv", TABLE.encode("utf-8-sig"), id="utf-8 as Excel writes it"),
        pytest.param("a.csv", TABLE.encode("cp1251"), id="windows-1251"),
        pytest.param("a.csv", TABLE.encode("utf-16"), id="utf-16"),
        pytest.param(
            "a.csv", TABLE.replace("\n", "\r\n").replace("неделю\r\n", "неделю\n").encode(), id="crlf"
        ),
        pytest.param("a.csv.xz", lzma.compress(TABLE.encode()), id="xz"),
        pytest.param("a.csv.gz", gzip.compress(TABLE.encode()), id="gz"),
        pytest.param("a.zip", zipped(TABLE.encode()), id="zip"),
    ],
)
def test_a_table_reads_the_same_however_it_is_packed(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert table(path) == ROWS


def test_tabs_and_commas_are_told_apart(tmp_path: Path) -> None:
    for name, delimiter in (("a.tsv", "\t"), ("b.csv", ","), ("c.csv", "|")):
        path = tmp_path / name
        path.write_text(f"Дата{delimiter}Отзыв\n1{delimiter}текст\n", "utf-8")
        assert table(path) == [(2, {"Дата": "1", "Отзыв": "текст"})]


def test_excel_gives_its_first_sheet(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Отзыв", "Оценка"])
    sheet.append(["Хорошо", 5])
    sheet.append([None, None])
    book.save(tmp_path / "a.xlsx")
    assert table(tmp_path / "a.xlsx") == [(2, {"Отзыв": "Хорошо", "Оценка": 5})]


def test_json_lines_keep_going_past_a_broken_one(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        json.dumps({"text": "раз"}) + "\n{сломано\n[1]\n" + json.dumps({"text": "два"}) + "\n", "utf-8"
    )
    found = table(path)
    assert [row for _, row in found if not isinstance(row, BadRow)] == [{"text": "раз"}, {"text": "два"}]
    assert [number for number, row in found if isinstance(row, BadRow)] == [2, 3]


def test_a_row_with_more_cells_than_columns_says_why_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Дата,Отзыв\n1,не в кавычках, а надо бы\n2,целая\n", "utf-8")
    (_, bad), (_, good) = table(path)
    assert isinstance(bad, BadRow)
    assert "столбцов 3 вместо 2" in bad.reason
    assert good == {"Дата": "2", "Отзыв": "целая"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.pdf", b"%PDF", id="unknown kind"),
        pytest.param("a.csv.xz", b"not xz at all", id="broken xz"),
        pytest.param("a.zip", b"PK not a zip", id="broken zip"),
        pytest.param("a.xlsx", b"not a workbook", id="broken workbook"),
        pytest.param("a.csv", b"", id="empty file"),
        pytest.param("a.jsonl", b"\n\n", id="no JSON"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(BadInput):
        table(path)


def test_a_missing_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="не читается"):
        table(tmp_path / "нет.csv")
