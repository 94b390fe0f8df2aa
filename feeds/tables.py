"""Reads delimited text with a header: rows by column name, each with its line; NULL and blank cells are None."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from domain.text import cleaned
from feeds.outcome import NotThisFormat, Rejected, Remark
from feeds.remarks import NOTHING
from feeds.sources import MAX_LINE, is_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from feeds.sources import Source

Row = dict[str, str | None]
DELIMITERS = ";|\t,"
_SEPARATOR = re.compile(r"sep=.?\Z", re.IGNORECASE)
"""The line that spreadsheets write before the header, and hide. It is skipped: the header tells the delimiter."""


class Table:
    """A delimited source. Its header is read at once; NotThisFormat is raised where it lacks a required column.

    Text is UTF-8, or Windows-1252 where the beginning is not UTF-8. With `quoted`, a cell may be in quotes and then
    contain delimiters and line ends. Without, quotes around a cell are dropped; a stray quote spoils one row only.
    """

    def __init__(self, source: Source, what: str, required: Sequence[str], *, quoted: bool) -> None:
        self._encoding = _encoding(source.head)
        self._lines = _Lines(source, self._encoding)
        written = (
            line.decode(self._encoding, "replace").strip() for line in source.head.split(b"\n") if line.strip()
        )
        first = next(written, "")
        if _SEPARATOR.match(first):
            next(self._lines)
            first = next(written, "")
        self._delimiter = max(DELIMITERS, key=first.count)
        self._split = self._quoted if quoted else self._bare
        self.columns = [(cleaned(cell.strip().strip('"')) or "").casefold() for cell in first.split(self._delimiter)]
        missing = [name for name in required if name.casefold() not in self.columns]
        if missing:
            raise NotThisFormat(f"{source.name} is not {what}: its header lacks {', '.join(missing)}.")

    def rows(self) -> Iterator[tuple[int, Row] | Rejected]:
        """Give each row after the header with the line on which it starts, or a rejection if it has other columns."""
        split = self._split()
        next(split, None)
        for found in split:
            yield self._named(*found) if isinstance(found, tuple) else found

    def _named(self, line: int, cells: list[str]) -> tuple[int, Row] | Rejected:
        while len(cells) > len(self.columns) and not cells[-1].strip():
            cells.pop()
        if len(cells) != len(self.columns):
            reason = f"{len(self.columns)} columns announced, {len(cells)} found"
            return Rejected(line, (Remark("", "", reason),))
        stripped = [cell.strip() for cell in cells]
        return line, {
            name: None if cell in NOTHING else cell for name, cell in zip(self.columns, stripped, strict=True)
        }

    def _bare(self) -> Iterator[tuple[int, list[str]] | Rejected]:
        for text in self._lines:
            cells = text.rstrip("\r\n").split(self._delimiter)
            yield self._lines.refusal() or (self._lines.number, [_unquoted(cell) for cell in cells])

    def _quoted(self) -> Iterator[tuple[int, list[str]] | Rejected]:
        reader = csv.reader(self._lines, delimiter=self._delimiter)
        while True:
            self._lines.first = 0
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Rejected(self._lines.first, (Remark("", "", f"not readable as a row: {error}"),))
                continue
            yield self._lines.refusal() or (self._lines.first, cells)


class _Lines:
    """Decodes lines, and remembers where it is.

    `number` is that of the last line read, `first` that of the first line read since `first` was set to 0.
    """

    def __init__(self, source: Source, encoding: str) -> None:
        self._lines = source.lines()
        self._encoding = encoding
        self._fault: str | None = None
        self.number = 0
        self.first = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.number, line = next(self._lines)
        self.first = self.first or self.number
        if len(line) > MAX_LINE:
            self._fault = "the line is longer than 1 MiB"
            return "\n"
        try:
            return line.decode(self._encoding)
        except UnicodeDecodeError:
            self._fault = f"the line is not {self._encoding}"
            return line.decode(self._encoding, "replace")

    def refusal(self) -> Rejected | None:
        fault, self._fault = self._fault, None
        return Rejected(self.number, (Remark("", "", fault),)) if fault else None


def _encoding(head: bytes) -> str:
    """Return `utf-8`, or `cp1252` where lines have accents and none of them is valid UTF-8.

    One valid line decides: bad bytes in others are faults of those lines.
    """
    whole = head[: head.rfind(b"\n") + 1] or head
    accented = [line for line in whole.splitlines() if not line.isascii()]
    return "utf-8" if not accented or any(map(is_utf8, accented)) else "cp1252"


def _unquoted(cell: str) -> str:
    bare = cell.strip()
    return bare[1:-1] if len(bare) > 1 and bare[0] == bare[-1] == '"' else cell
