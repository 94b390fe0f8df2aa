"""CSV that a French spreadsheet opens as it is: UTF-8 with a byte order mark, `;`, JJ/MM/AAAA, CRLF."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING, Generic

from domain.calendar import french_day
from tables.columns import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tables.columns import Cell, ExportedColumn

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


class CommaTable(Generic[Row]):
    """A CSV table; each step returns the bytes to send."""

    media_type = "text/csv; charset=utf-8; header=present"

    def __init__(self, columns: Sequence[ExportedColumn[Row]], today: date) -> None:
        self._columns = columns
        self._today = today

    def begin(self) -> bytes:
        """Return the byte order mark and the headings."""
        return b"\xef\xbb\xbf" + _lines([[column.heading for column in self._columns]])

    def write(self, rows: Iterable[Row]) -> bytes:
        """Return the lines of some rows."""
        return _lines([[_text(column.cell(row, self._today)) for column in self._columns] for row in rows])

    def rest(self) -> Iterator[bytes]:
        """Return nothing: nothing follows the last row."""
        return iter(())

    def discard(self) -> None:
        """Do nothing: a CSV table leaves nothing behind."""


def _lines(cells: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(cells)
    return text.getvalue().encode()


def _text(cell: Cell) -> str:
    """Return the text of a cell; an apostrophe is put before a text that a spreadsheet would take for a formula."""
    if isinstance(cell, date):
        return french_day(cell)
    if isinstance(cell, float):
        return f"{cell:.12g}".replace(".", ",")
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" \xa0").startswith(_FORMULA) and isinstance(cell, str) else text
