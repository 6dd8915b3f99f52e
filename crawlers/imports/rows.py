"""Rows of a table, whatever file they stand in: CSV, TSV, JSON lines, Excel; also .xz, .gz, .zip."""

import csv
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any, cast

from charset_normalizer import from_bytes

from domain.errors import BadInput

Row = dict[str, Any]

_SAMPLE = 256 * 1024
#: One cell; longer ones are no reviews but a file that lost its quotes.
_CELL = 1_000_000


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is no row: what stands there and why it cannot be read."""

    content: str
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` yields (number of the row as a spreadsheet would show it, the row or why it is none)."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[int, Row | BadRow]]


def read(path: Path, stack: ExitStack) -> Table:
    """The table in a file, streamed; what it opens is closed with `stack`.

    Raises BadInput with words for a person when the file is none of the known kinds, or is broken.
    """
    try:
        stream, name = _unpacked(path, stack)
        suffix = Path(name).suffix.lower()
        if suffix in (".xlsx", ".xlsm"):
            return _excel(stream)
        if suffix in (".jsonl", ".ndjson", ".json"):
            return _json_lines(_text(stream))
        if suffix in (".csv", ".tsv", ".txt"):
            return _csv(_text(stream), tab=suffix == ".tsv")
    except (OSError, lzma.LZMAError, zipfile.BadZipFile, EOFError) as error:
        raise BadInput(f"{path}: файл не читается: {error}") from error
    raise BadInput(
        f"{path}: не знаю файлов «{suffix}»; подойдут CSV, TSV, JSONL и XLSX, также в .xz, .gz, .zip"
    )


def _unpacked(path: Path, stack: ExitStack) -> tuple[IO[bytes], str]:
    """The bytes inside, and the name that tells their kind."""
    match path.suffix.lower():
        case ".xz":
            return stack.enter_context(lzma.open(path)), path.stem
        case ".gz":
            return cast(IO[bytes], stack.enter_context(gzip.open(path))), path.stem
        case ".zip":
            archive = stack.enter_context(zipfile.ZipFile(path))
            members = [m for m in archive.namelist() if not m.endswith("/") and not m.startswith("__MACOSX")]
            if len(members) != 1:
                raise BadInput(
                    f"{path}: в архиве файлов {len(members)}, а нужен один; загрузите их по отдельности"
                )
            return stack.enter_context(archive.open(members[0])), members[0]
        case _:
            return stack.enter_context(path.open("rb")), path.name


def _text(stream: IO[bytes]) -> IO[str]:
    """Text in the encoding the beginning shows: UTF-8 if it can be, else what fits Russian best."""
    sample = stream.read(_SAMPLE)
    encoding = _encoding(sample)
    rest = io.BufferedReader(_Joined(sample, stream))
    # A broken byte becomes a visible mark in one row instead of the end of the import.
    return io.TextIOWrapper(rest, encoding=encoding, errors="replace", newline="")


def _encoding(sample: bytes) -> str:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        # The sample may end inside a character.
        sample.decode("utf-8-sig") if len(sample) < _SAMPLE else sample[:-4].decode("utf-8-sig", "strict")
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 8:
            found = from_bytes(sample, cp_isolation=["cp1251", "koi8-r", "cp866", "utf-8"]).best()
            return found.encoding if found else "cp1251"
    return "utf-8-sig"


class _Joined(io.RawIOBase):
    """A sample already read, and the rest of its stream."""

    def __init__(self, head: bytes, tail: IO[bytes]) -> None:
        self._head, self._tail = io.BytesIO(head), tail

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # Any: a writable buffer, as RawIOBase has it
        data = self._head.read(len(buffer)) or self._tail.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _csv(text: IO[str], *, tab: bool) -> Table:
    csv.field_size_limit(_CELL)
    head = text.readline()
    delimiter = "\t" if tab else max(",;\t|", key=head.count)
    lines = (line.replace("\0", "") for line in chain([head], text))
    reader = csv.reader(lines, delimiter=delimiter)
    columns = tuple(name.strip() for name in next(reader, []))
    if not any(columns):
        raise BadInput("В файле нет строки с названиями столбцов")
    return Table(columns, _csv_rows(reader, columns))


def _csv_rows(
    reader: Any, columns: tuple[str, ...]
) -> Iterator[tuple[int, Row | BadRow]]:  # Any: csv's reader
    number = 1
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, BadRow("", f"строка не читается: {error}")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            more = f"столбцов {len(cells)} вместо {len(columns)}: нет кавычек вокруг разделителя?"
            yield number, BadRow(" | ".join(cells), more)
        else:
            yield number, dict(zip(columns, cells, strict=False))


def _json_lines(text: IO[str]) -> Table:
    rows = _json_rows(text)
    # Columns are what the first rows hold: JSON lines have no header.
    head = [pair for pair, _ in zip(rows, range(50), strict=False)]
    columns = dict.fromkeys(key for _, row in head if isinstance(row, dict) for key in row)
    if not columns:
        raise BadInput("В файле нет ни одной строки JSON с полями")
    return Table(tuple(columns), chain(head, rows))


def _json_rows(text: IO[str]) -> Iterator[tuple[int, Row | BadRow]]:
    for number, line in enumerate(text, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, BadRow(line, f"не JSON: {error}")
            continue
        yield number, row if isinstance(row, dict) else BadRow(line, "не объект JSON")


def _excel(stream: IO[bytes]) -> Table:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(stream.read()), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BadInput(f"Это не файл Excel (.xlsx): {error}") from error
    rows = book.worksheets[0].iter_rows(values_only=True)
    columns = tuple(str(cell or "").strip() for cell in next(rows, ()))
    if not any(columns):
        raise BadInput("На первом листе нет строки с названиями столбцов")
    return Table(columns, _excel_rows(rows, columns))


def _excel_rows(rows: Any, columns: tuple[str, ...]) -> Iterator[tuple[int, Row | BadRow]]:  # Any: openpyxl
    for number, cells in enumerate(rows, 2):
        if any(cell is not None for cell in cells):
            yield number, dict(zip(columns, cells, strict=False))
