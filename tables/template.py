"""Writes the workbook that an organization fills in: a sheet of instructions, then a row for each trainee."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

import xlsxwriter

from tables.template_columns import ANSWERS, KNOWN, Kind, listed, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from domain.form import Form
    from domain.nomenclature import ListedEntry, NomenclatureName
    from domain.plan import Plan
    from tables.template_columns import Written

    Lists = Mapping[NomenclatureName, Sequence[ListedEntry]]

HELP, ROWS, LISTS = "Mode d'emploi", "Bilans", "Listes"
_LONGEST_RANGE = 1_000
_A4 = 9
_HEADING = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1D357D", "text_wrap": True, "valign": "vcenter"}
_CELL = {"valign": "top", "border": 1, "border_color": "#D5D7DE"}
_HELP = (
    "Bilans de fin de formation à saisir",
    "",
    "1. Remplissez la feuille « Bilans » : une ligne par stagiaire. Les colonnes grises ne se modifient pas.",
    "2. Les colonnes marquées * sont obligatoires pour transmettre ; un brouillon peut être incomplet.",
    "3. Là où une liste s'ouvre, choisissez dans la liste. Pour la certification, le code suffit (RNCP34159).",
    "4. Les jours s'écrivent 31/12/2026 ; les réponses par oui ou non : Oui, Non.",
    "5. Une case vide est une question sans réponse.",
    "6. Enregistrez, puis déposez le fichier : tout est vérifié avant d'être enregistré en brouillon.",
    "Les erreurs sont dites par ligne et par colonne. Rien n'est transmis par ce dépôt.",
    "",
    "Une ligne laissée telle quelle ne change rien. Ne collez ni formule ni macro : elles sont refusées.",
    "Ce fichier porte des données personnelles : ne le transmettez qu'aux personnes qui en ont besoin.",
)


class TemplateRow(NamedTuple):
    """One trainee: the plan, the form (of the draft, or prefilled), and the state of the report in French."""

    plan: Plan
    form: Form
    state: str


def template(rows: Sequence[TemplateRow], lists: Lists, *, now: datetime) -> bytes:
    """Return the workbook (.xlsx).

    The cells that are not to be changed are locked, without a password: that protects from slips only.
    """
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "Bilans à saisir", "created": now.replace(tzinfo=None)})
    _explain(book)
    sheet = book.add_worksheet(ROWS)
    offered = _offer(book, lists)
    _Sheet(book, sheet).fill(rows, offered)
    sheet.activate()
    book.close()
    return content.getvalue()


def _explain(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet(HELP)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 110)
    text = book.add_format({"text_wrap": True, "valign": "top"})
    title = book.add_format({"bold": True, "font_size": 16, "font_color": "#1D357D"})
    for line, sentence in enumerate(_HELP):
        sheet.write_string(line, 0, sentence, text if line else title)
    sheet.protect()


def _offer(book: xlsxwriter.Workbook, lists: Lists) -> dict[NomenclatureName, str]:
    """Write the entries of the drop-downs on a sheet of their own; return the range of cells of each list."""
    sheet = book.add_worksheet(LISTS)
    ranges = {}
    for column, (name, entries) in enumerate(lists.items()):
        for line, entry in enumerate(entries[:_LONGEST_RANGE]):
            sheet.write_string(line, column, listed(entry.code, entry.label))
        if entries:
            letter, last = chr(ord("A") + column), min(len(entries), _LONGEST_RANGE)
            ranges[name] = f"={LISTS}!${letter}$1:${letter}${last}"
    sheet.protect()
    sheet.hide()
    return ranges


class _Sheet:
    """The sheet with a row for each trainee."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._heading = book.add_format(_HEADING)
        self._locked = book.add_format(_CELL | {"bg_color": "#EEF0F5"})
        self._locked_day = book.add_format(_CELL | {"bg_color": "#EEF0F5", "num_format": "dd/mm/yyyy"})
        open_cell = _CELL | {"locked": False, "text_wrap": True}
        self._formats = dict.fromkeys(Kind, book.add_format(open_cell | {"num_format": "@"}))
        self._formats[Kind.DAY] = book.add_format(open_cell | {"num_format": "dd/mm/yyyy"})
        self._formats[Kind.WHOLE] = self._formats[Kind.HALVES] = book.add_format(
            open_cell | {"num_format": "General"}
        )

    def fill(self, rows: Sequence[TemplateRow], offered: Mapping[NomenclatureName, str]) -> None:
        """Write headings, rows and drop-downs."""
        widths = [*(width for _, width in KNOWN), *(answer.width for answer in ANSWERS)]
        headings = [*(heading for heading, _ in KNOWN), *(answer.heading for answer in ANSWERS)]
        for column, (heading, width) in enumerate(zip(headings, widths, strict=True)):
            self._sheet.set_column(column, column, width)
            self._sheet.write_string(0, column, heading, self._heading)
        self._sheet.set_row(0, 50)
        self._sheet.set_landscape()
        self._sheet.set_paper(_A4)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(0)
        self._sheet.freeze_panes(1, 4)
        for line, row in enumerate(rows, start=1):
            self._write(line, row)
        if rows:
            self._guide(len(rows), offered)
        self._sheet.protect(options={"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})

    def _write(self, line: int, row: TemplateRow) -> None:
        plan, version = row.plan, row.plan.report.version if row.plan.report else None
        person = plan.job_seeker
        name = f"{person.last_name} {person.first_name}"
        known = [plan.id, version, person.identifier, name, plan.starts_on, plan.last_day, row.state]
        for column, value in enumerate(known):
            self._put(line, column, value, self._locked_day if isinstance(value, date) else self._locked)
        for column, answer in enumerate(ANSWERS, start=len(KNOWN)):
            self._put(line, column, written(answer, row.form), self._formats[answer.kind])

    def _put(self, line: int, column: int, value: Written, style: Format) -> None:
        if isinstance(value, date):
            self._sheet.write_datetime(line, column, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001
        elif isinstance(value, int | float):
            self._sheet.write_number(line, column, value, style)
        elif value:
            self._sheet.write_string(line, column, value, style)
        else:
            self._sheet.write_blank(line, column, None, style)

    def _guide(self, last: int, offered: Mapping[NomenclatureName, str]) -> None:
        """Give cells their drop-down, where there is a list, and a note that says what may be written in them."""
        for column, answer in enumerate(ANSWERS, start=len(KNOWN)):
            rule: dict[str, Any] = {"validate": "any"}
            if answer.kind is Kind.YES_NO:
                rule = {"validate": "list", "source": ["Oui", "Non"], "error_type": "information"}
            elif answer.names is not None and answer.names in offered:
                rule = {"validate": "list", "source": offered[answer.names], "error_type": "information"}
            if answer.hint:
                rule |= {"input_title": answer.heading[:32], "input_message": answer.hint}
            if len(rule) > 1:
                self._sheet.data_validation(1, column, last, column, rule)
