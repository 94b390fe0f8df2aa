"""The report file of a load: the records that were rejected or kept with a flag, a row for each reason."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from feeds.outcome import Remark

HEADINGS = ("file", "line", "outcome", "where", "value", "reason")
_FORMULA = ("=", "+", "-", "@", "\t")


class ReportFile:
    """A CSV file that a French spreadsheet opens as it is: UTF-8 with a byte order mark, `;` between columns.

    The file is created with its first row: a load without a remark leaves no file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self._file: IO[str] | None = None

    def add(self, source: str, line: int, outcome: str, remarks: tuple[Remark, ...]) -> None:
        """Write a row for each remark; `outcome` is `rejected` or `flagged`, `line` counts from 1."""
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file, delimiter=";").writerow(HEADINGS)
        writer = csv.writer(self._file, delimiter=";")
        for remark in remarks:
            writer.writerow([source, line, outcome, remark.where, _inert(remark.value), remark.reason])
            self.rows += 1

    def close(self) -> None:
        """Close the file, if it was created."""
        if self._file is not None:
            self._file.close()


@contextmanager
def report_file(path: Path) -> Iterator[ReportFile]:
    """Give the report file of a load; the file of the load before is removed."""
    path.unlink(missing_ok=True)
    report = ReportFile(path)
    try:
        yield report
    finally:
        report.close()


def _inert(value: str) -> str:
    """Return a value that no spreadsheet takes for a formula: an apostrophe is put before `=`, `+`, `-`, `@`, tab."""
    return f"'{value}" if value.startswith(_FORMULA) else value
