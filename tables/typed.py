"""Reads the answers of a filled row, as people and spreadsheets write them, and names each cell it cannot read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from domain.form import Internship, Period, TypedForm
from domain.text import cleaned, cleaned_code, folded, folded_words
from tables.template_columns import ANSWERS, INTERNSHIP, PLAN, VERSION, Kind, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from domain.nomenclature import ListedEntry, NomenclatureName
    from tables.filled import Cell, FilledRow
    from tables.template_columns import AnswerColumn

    Lists = Mapping[NomenclatureName, Sequence[ListedEntry]]
    Read = str | int | float | bool | date | tuple[Period, ...] | None

YES = {"oui", "o", "x", "vrai", "true", "1", "yes", "y"}
NO = {"non", "n", "faux", "false", "0", "no"}
_SHORT_YEAR = 100
_DAY = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_NUMBER = re.compile(r"(\d{1,7})(?:[.,](\d{1,3}))?\s*(?:h|heures?)?", re.IGNORECASE)
_FIRST_SERIAL, _LAST_SERIAL = 36_526, 73_050
"""The years 2000 to 2099 as spreadsheets count days: from 1899-12-30, which is day 0."""
_SIRET_DIGITS = 14
_LONGEST_ANSWER = 1000
_BLANKS = re.compile(r"[^\S\n]+")
"""Runs of blanks are reduced to one before other patterns are tried, which would begin anew at each blank."""
_SPACES = re.compile(r"[\s\u00a0\u202f]+")


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong in a cell: its line, heading and place (`D4`), its text, and a French message on what to do."""

    line: int
    column: str
    place: str
    text: str
    message: str


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One line as it was understood, with the problems of the cells that were not.

    `cells` are those of the file, by heading; `version` is that of the draft when the template was made.
    """

    line: int
    plan_id: str
    version: int | None
    form: TypedForm
    problems: Sequence[CellProblem]
    cells: Mapping[str, Cell]


@dataclass(slots=True)
class _Reading:
    row: FilledRow
    lists: Lists
    problems: list[CellProblem] = field(default_factory=list)

    def wrong(self, column: str, cell: Cell, message: str) -> None:
        self.problems.append(CellProblem(self.row.line, column, cell.place, cell.text[:60], message))


def typed_row(row: FilledRow, lists: Lists) -> TypedRow:
    """Read a line; each cell that is not understood gives a problem."""
    reading = _Reading(row, lists)
    plan_id = row.cells[PLAN].text if PLAN in row.cells else ""
    if not plan_id and PLAN in row.cells:
        reading.wrong(PLAN, row.cells[PLAN], "La référence du plan manque : repartez de la ligne du modèle.")
    read = {answer.field: _read(answer, row.cells.get(answer.heading), reading) for answer in ANSWERS}
    internship = _internship(read, reading)
    own = {name: value for name, value in read.items() if name not in INTERNSHIP}
    form = TypedForm.model_validate({**own, "internship": internship})
    return TypedRow(row.line, plan_id, _version(reading), form, reading.problems, row.cells)


def _version(reading: _Reading) -> int | None:
    cell = reading.row.cells.get(VERSION)
    if cell is None or not cell.text:
        return None
    if not cell.text.isascii() or not cell.text.isdigit() or len(cell.text) > len("999999999"):
        reading.wrong(VERSION, cell, "La version se laisse telle que le modèle la porte.")
        return None
    return int(cell.text)


def _read(answer: AnswerColumn, cell: Cell | None, reading: _Reading) -> Read:
    if cell is None or not cell.text:
        return None
    if answer.kind is Kind.TEXT:
        return cleaned(str(cell.value))
    if len(cell.text) > _LONGEST_ANSWER:
        reading.wrong(answer.heading, cell, "Ce texte est trop long pour une telle réponse.")
        return None
    return _READERS[answer.kind](answer, cell, reading)


def _yes_no(answer: AnswerColumn, cell: Cell, reading: _Reading) -> bool | None:
    said = folded(cell.text)
    if said not in YES | NO:
        reading.wrong(answer.heading, cell, "Écrivez Oui ou Non.")
        return None
    return said in YES


def _hours(answer: AnswerColumn, cell: Cell, reading: _Reading) -> int | float | None:
    found = _NUMBER.fullmatch(_SPACES.sub("", cell.text))
    if isinstance(cell.value, bool | date) or not found:
        reading.wrong(answer.heading, cell, "Écrivez un nombre d'heures.")
        return None
    whole, part = int(found[1]), (found[2] or "").rstrip("0")
    if not part:
        return whole
    if answer.kind is Kind.WHOLE:
        reading.wrong(answer.heading, cell, "Écrivez un nombre entier d'heures, sans virgule.")
        return None
    return float(f"{whole}.{part}")


def _code(answer: AnswerColumn, cell: Cell, reading: _Reading) -> str | None:
    """Return the code of the entry in a cell: given by its code, its label, or both as the drop-down writes them."""
    text = _SPACES.sub(" ", cleaned_code(cell.text) or "")
    entries = reading.lists.get(answer.names, ()) if answer.names else ()
    code = re.split(r"\s+[–—-]\s+", text, maxsplit=1)[0].strip()
    for entry in entries:
        if entry.code.casefold() == code.casefold() or text == listed(entry.code, entry.label):
            return entry.code
    wanted = folded_words(text)
    same = {entry.code for entry in entries if folded_words(entry.label) == wanted}
    if len(same) == 1:
        return same.pop()
    if re.fullmatch(r"[A-Za-z0-9_]{1,20}", code):
        return code.upper()  # whether there is such a code is checked when the draft is saved
    reading.wrong(answer.heading, cell, "Choisissez une réponse de la liste, ou écrivez son code.")
    return None


def _siret(_: AnswerColumn, cell: Cell, __: _Reading) -> str:
    """Return a SIRET with the leading zeros that a spreadsheet removes from a number."""
    digits = _SPACES.sub("", cell.text)
    return digits.zfill(_SIRET_DIGITS) if isinstance(cell.value, int | float) else digits


def _day_of(answer: AnswerColumn, cell: Cell, reading: _Reading) -> date | None:
    day = _day(cell)
    if day is None:
        reading.wrong(answer.heading, cell, "Écrivez la date ainsi : 25/11/2026.")
    return day


def _day(cell: Cell) -> date | None:
    if isinstance(cell.value, date):
        return cell.value
    if isinstance(cell.value, int | float) and _FIRST_SERIAL <= cell.value <= _LAST_SERIAL:
        return date(1899, 12, 30) + timedelta(days=int(cell.value))
    return day_in(cell.text)


def day_in(text: str) -> date | None:
    """Read a day written 31/12/26, 31.12.2026, 31122026 or 2026-12-31; None for any other text."""
    plain = text.strip()
    if re.fullmatch(r"\d{8}", plain):
        plain = f"{plain[:2]}/{plain[2:4]}/{plain[4:]}"
    try:
        if found := _ISO_DAY.fullmatch(plain):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DAY.fullmatch(plain):
            year = int(found[3])
            return date(year + 2000 if year < _SHORT_YEAR else year, int(found[2]), int(found[1]))
    except ValueError:
        return None
    return None


def _periods(answer: AnswerColumn, cell: Cell, reading: _Reading) -> tuple[Period, ...]:
    periods = []
    for part in re.split(r"[;\n]+", _BLANKS.sub(" ", cell.text)):
        if not part.strip():
            continue
        ends = [end for end in re.split(r"\s+au\s+|\s+à\s+|\s*[–—]\s*|\s+-\s+", _without_du(part)) if end.strip()]
        days = [day_in(end) for end in ends]
        if len(days) != 2 or days[0] is None or days[1] is None:  # noqa: PLR2004 - a first and a last day
            reading.wrong(answer.heading, cell, "Écrivez chaque période ainsi : 06/10/2026 au 17/10/2026.")
            return ()
        periods.append(Period(starts_on=days[0], ends_on=days[1]))
    return tuple(periods)


def _without_du(part: str) -> str:
    return re.sub(r"^\s*du\s+", "", part.strip(), flags=re.IGNORECASE)


def _internship(read: Mapping[str, Read], reading: _Reading) -> Internship | None:
    said = {name: read[name] for name in INTERNSHIP if read[name]}
    if not said:
        return None
    first, last = said.pop("starts_on", None), said.pop("ends_on", None)
    others = said.pop("periods", ())
    if bool(first) != bool(last) and not reading.problems:
        missing = "Stage au" if first else "Stage du"
        cell = reading.row.cells.get(missing) or reading.row.cells[PLAN]
        reading.wrong(missing, cell, "Indiquez le premier et le dernier jour de la période de stage.")
    one = ({"starts_on": first, "ends_on": last},) if first and last else ()
    periods = (*one, *(period.model_dump() for period in others if isinstance(period, Period)))  # type: ignore[union-attr]
    return Internship.model_validate({**said, "periods": periods})


_READERS: Mapping[Kind, Callable[[AnswerColumn, Cell, _Reading], Read]] = {
    Kind.YES_NO: _yes_no,
    Kind.WHOLE: _hours,
    Kind.HALVES: _hours,
    Kind.LISTED: _code,
    Kind.NUMBER: _siret,
    Kind.DAY: _day_of,
    Kind.PERIODS: _periods,
}
