"""Reads a filled workbook or CSV as plain text, within bounds; nothing in it is executed."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from domain.errors import NotATemplate, TooLarge
from tables.template import ROWS
from tables.template_columns import ANSWERS, KNOWN, PLAN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Value = str | int | float | bool | date | None

LARGEST_FILE = 5 * 1024 * 1024
MOST_ROWS = 1_000
_LARGEST_CONTENT = 16 * 1024 * 1024
_MOST_COLUMNS = 60
_EMPTY_LINES = 4
_LONGEST_CELL = 40_000
_ZIP = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_MACROS = ("vbaProject.bin", "macrosheets/", "activeX/", "embeddings/", "externalLinks/")


@dataclass(frozen=True, slots=True)
class Cell:
    """The value of a cell, and its place: `D4`."""

    value: Value
    place: str

    @property
    def text(self) -> str:
        """The value as text, without outer spaces, the apostrophe that marks text, and the `.0` of whole numbers."""
        if self.value is None:
            return ""
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        return str(self.value).strip().removeprefix("'").strip()


@dataclass(frozen=True, slots=True)
class FilledRow:
    """One line of the sheet (from 1): its cells by heading, of the headings that the file has."""

    line: int
    cells: Mapping[str, Cell]


def too_large() -> TooLarge:
    """Return the refusal of a file above LARGEST_FILE (5 MB)."""
    return TooLarge("Le fichier dépasse 5 Mo : déposez le modèle rempli, et lui seul.")


def filled_rows(content: bytes) -> list[FilledRow]:
    """Read the rows of a workbook (.xlsx) or a CSV.

    Raises NotATemplate for a file of another format, one that is too large (TooLarge, one of its kind), has more than
    MOST_ROWS rows, or has formulas, macros or links to other files.
    """
    if len(content) > LARGEST_FILE:
        raise too_large()
    if content.startswith(_OLD_WORKBOOK):
        raise NotATemplate("Ce fichier est d'un ancien format (.xls), ou protégé par un mot de passe : "
                           "enregistrez-le au format .xlsx, sans mot de passe.")  # fmt: skip
    lines = _of_workbook(content) if content.startswith(_ZIP) else _of_text(content)
    return list(_rows(lines))


def _rows(lines: Iterator[tuple[int, Sequence[Cell]]]) -> Iterator[FilledRow]:
    wanted = {
        _folded(heading): heading for heading in [*(name for name, _ in KNOWN), *(each.heading for each in ANSWERS)]
    }
    columns: dict[int, str] | None = None
    count = 0
    for line, cells in lines:
        if columns is None:
            found = {
                rank: wanted[_folded(cell.text)] for rank, cell in enumerate(cells) if _folded(cell.text) in wanted
            }
            if PLAN in found.values():
                _require_distinct(found)
                columns = found
            continue
        row = {columns[rank]: cell for rank, cell in enumerate(cells) if rank in columns}
        if not any(cell.text for cell in row.values()):
            continue
        count += 1
        if count > MOST_ROWS:
            raise NotATemplate(f"Le fichier a plus de {MOST_ROWS} lignes : déposez-le en plusieurs fois.")
        yield FilledRow(line, row)
    if columns is None:
        raise NotATemplate(f"Ce fichier n'est pas le modèle : la colonne « {PLAN} » n'y est pas. Partez du modèle "
                           "téléchargé.")  # fmt: skip


def _require_distinct(columns: Mapping[int, str]) -> None:
    names = list(columns.values())
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise NotATemplate(f"La colonne « {twice} » figure deux fois : gardez-en une seule.")


def _folded(heading: str) -> str:
    return " ".join(heading.replace("*", " ").replace("\u2019", "'").casefold().split())


def _of_workbook(content: bytes) -> Iterator[tuple[int, Sequence[Cell]]]:
    _require_harmless(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book[ROWS] if ROWS in book.sheetnames else book.worksheets[0]
        for line, row in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), start=1):
            _require_few_lines(line)
            yield line, [_cell(each, line, rank) for rank, each in enumerate(row, start=1)]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, zipfile.BadZipFile, SyntaxError):
        raise NotATemplate("Ce classeur ne peut pas être lu : enregistrez-le à nouveau au format .xlsx.") from None


def _require_few_lines(line: int) -> None:
    """Raise NotATemplate for a file of more than four times MOST_ROWS lines, empty ones included."""
    if line > _EMPTY_LINES * MOST_ROWS:
        raise NotATemplate(f"Le fichier a plus de {MOST_ROWS} lignes : déposez-le en plusieurs fois.")


def _cell(each: object, line: int, rank: int) -> Cell:
    place = f"{get_column_letter(rank)}{line}"
    value, kind = getattr(each, "value", None), getattr(each, "data_type", "n")
    if kind == "f":
        raise NotATemplate(f"La case {place} contient une formule : collez sa valeur à la place.")
    if kind == "e":
        raise NotATemplate(f"La case {place} contient une erreur ({value}) : corrigez-la.")
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, time):
        value = str(value)
    if isinstance(value, str) and len(value) > _LONGEST_CELL:
        raise NotATemplate(f"La case {place} contient un texte trop long.")
    return Cell(value if isinstance(value, str | int | float | bool | date) else None, place)


def _require_harmless(content: bytes) -> None:
    """Raise NotATemplate for decompression bombs, macros and links to other files.

    The names and sizes in the archive's directory tell them, before anything is unpacked.
    """
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except zipfile.BadZipFile:
        raise NotATemplate("Ce classeur est incomplet ou abîmé : enregistrez-le à nouveau au format .xlsx.") from None
    if sum(entry.file_size for entry in entries) > _LARGEST_CONTENT:
        raise NotATemplate("Ce classeur est trop grand une fois ouvert : déposez le modèle rempli, et lui seul.")
    if any(mark in entry.filename for entry in entries for mark in _MACROS):
        raise NotATemplate("Ce classeur contient des macros, des objets ou des liens vers d'autres fichiers : "
                           "enregistrez-le sans eux, au format .xlsx.")  # fmt: skip
    if not any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise NotATemplate("Ce fichier n'est pas un classeur .xlsx : enregistrez-le au format .xlsx ou .csv.")


def _of_text(content: bytes) -> Iterator[tuple[int, Sequence[Cell]]]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    mark = max(";\t,", key=first.count)
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        for number, fields in enumerate(reader, start=1):
            _require_few_lines(number)
            cells = enumerate(fields[:_MOST_COLUMNS], start=1)
            yield number, [_text_cell(value, f"{get_column_letter(rank)}{number}") for rank, value in cells]
    except csv.Error:
        raise NotATemplate("Ce fichier CSV ne peut pas être lu : une case y est trop longue ou mal fermée.") from None


def _text_cell(value: str, place: str) -> Cell:
    if value.startswith("="):
        raise NotATemplate(f"La case {place} contient une formule : écrivez sa valeur à la place.")
    return Cell(value, place)


def _decoded(content: bytes) -> str:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ("utf-16",) if wide else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise NotATemplate("Ce fichier n'est ni un classeur .xlsx ni un texte CSV.")
