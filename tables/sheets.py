"""Writes XLSX with typed cells, a frozen heading, filters and widths; memory does not grow with the rows."""

from __future__ import annotations

from datetime import date, datetime
from tempfile import TemporaryDirectory, TemporaryFile
from threading import Lock
from typing import TYPE_CHECKING, Generic

import xlsxwriter

from tables.columns import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tables.columns import Cell, ExportedColumn

LARGEST_SHEET = 1_048_576
_CHUNK = 65_536
_A4 = 9
_ALL_GRIDLINES = 2
_HEADING_POINTS = 32
_ROW_POINTS = 19
_CELL = {"valign": "vcenter", "align": "left", "indent": 1, "bottom": 1, "bottom_color": "#DADAE3"}
_HEADING = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#000091", "text_wrap": True, "bottom": 0}


class SheetTable(Generic[Row]):
    """A workbook that is written on disk row by row, then read back.

    A lock allows it to be discarded while another thread is still writing.
    """

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def __init__(
        self,
        columns: Sequence[ExportedColumn[Row]],
        title: str,
        *,
        now: datetime,
        today: date,
        largest: int = LARGEST_SHEET,
    ) -> None:
        self._columns = columns
        self._title = title
        self._today = today
        self._largest = largest
        self._lock = Lock()
        self._directory = TemporaryDirectory(prefix="bilans-table-")
        self._file = TemporaryFile(dir=self._directory.name)  # noqa: SIM115 - closed by discard
        options = {"constant_memory": True, "tmpdir": self._directory.name, "strings_to_formulas": False}
        self._book = xlsxwriter.Workbook(self._file, options)
        self._book.set_properties({"title": title, "created": now.replace(tzinfo=None)})
        self._heading = self._book.add_format(_CELL | _HEADING)
        self._text = self._book.add_format(_CELL)
        self._day = self._book.add_format(_CELL | {"num_format": "dd/mm/yyyy"})
        self._number = self._book.add_format(_CELL | {"num_format": "General", "align": "right", "indent": 2})
        self._sheets = 0
        self._finished = self._discarded = False

    def begin(self) -> bytes:
        """Write the headings; return no bytes, as the file is sent when it is complete."""
        with self._lock:
            self._next_sheet()
        return b""

    def write(self, rows: Iterable[Row]) -> bytes:
        """Write some rows, on another sheet once one is full; return no bytes yet."""
        with self._lock:
            for row in () if self._discarded else rows:
                if self._line == self._largest:
                    self._end_sheet()
                    self._next_sheet()
                for rank, column in enumerate(self._columns):
                    self._put(rank, column.cell(row, self._today))
                self._line += 1
        return b""

    def rest(self) -> Iterator[bytes]:
        """Complete the file, then give it in pieces."""
        with self._lock:
            self._finish()
            self._file.seek(0)
        while chunk := self._file.read(_CHUNK):
            yield chunk

    def discard(self) -> None:
        """Remove everything from the disk, once a thread that is writing has finished."""
        with self._lock:
            self._discarded = True
            self._finish()
            self._file.close()
            self._directory.cleanup()

    def _finish(self) -> None:
        if not self._finished:
            self._finished = True
            if self._sheets:
                self._end_sheet()
            self._book.close()

    def _next_sheet(self) -> None:
        self._sheets += 1
        name = self._title[:28] if self._sheets == 1 else f"{self._title[:24]} {self._sheets}"
        self._sheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        self._sheet.hide_gridlines(_ALL_GRIDLINES)
        self._sheet.set_default_row(_ROW_POINTS)
        self._sheet.set_row(0, _HEADING_POINTS)
        self._dress_paper()
        for rank, column in enumerate(self._columns):
            self._sheet.set_column(rank, rank, column.width)
            self._sheet.write_string(0, rank, column.heading, self._heading)
        self._line = 1

    def _dress_paper(self) -> None:
        """Set how the sheet is printed: A4 landscape, all columns on a page, headings and page numbers on each."""
        self._sheet.set_paper(_A4)
        self._sheet.set_landscape()
        self._sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(0)
        self._sheet.set_footer("&L&A&RPage &P / &N")

    def _end_sheet(self) -> None:
        self._sheet.autofilter(0, 0, self._line - 1, len(self._columns) - 1)

    def _put(self, rank: int, cell: Cell) -> None:
        if isinstance(cell, date):
            self._sheet.write_datetime(self._line, rank, datetime(cell.year, cell.month, cell.day), self._day)  # noqa: DTZ001
        elif isinstance(cell, int | float):
            self._sheet.write_number(self._line, rank, cell, self._number)
        elif cell:
            self._sheet.write_string(self._line, rank, cell, self._text)
        else:
            self._sheet.write_blank(self._line, rank, None, self._text)
