"""Rows that could not be taken, each with the reason, in a file beside the one imported."""

import csv
import re
from pathlib import Path
from typing import TextIO

from crawlers.imports.rows import BadRow, Row

#: Texts of strangers open in a spreadsheet: a cell that starts so would be run as a formula.
_FORMULA = re.compile(r"^[=+\-@\t\r]")


class Rejects:
    """Written only when there is something to write; an older file of the same name is replaced."""

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self._path, self._columns = path, columns
        self._out: TextIO | None = None

    def add(self, number: int, row: Row | BadRow, reason: str) -> None:
        if self._out is None:
            # The mark lets Excel see that this is UTF-8.
            self._out = self._path.open("w", encoding="utf-8-sig", newline="")
            self._write(["строка", "причина", *self._columns])
        cells = [row.content] if isinstance(row, BadRow) else [row.get(c, "") for c in self._columns]
        self._write([number, reason, *cells])

    def _write(self, cells: list[object]) -> None:
        assert self._out is not None
        csv.writer(self._out).writerow(
            "'" + text if _FORMULA.match(text := "" if cell is None else str(cell)) else text
            for cell in cells
        )

    def close(self) -> Path | None:
        """The file, or None when every row was taken."""
        if self._out is None:
            return None
        self._out.close()
        return self._path
