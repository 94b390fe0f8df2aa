"""What people and spreadsheets write in a cell: understood, or refused by the name of the cell."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from domain.form import Internship, Period
from domain.lists import PACKAGED
from tables.filled import Cell, FilledRow
from tables.template_columns import ANSWERS, PLAN, VERSION, Kind, column_of
from tables.typed import TypedRow, typed_row

if TYPE_CHECKING:
    from typing import Any

HEADINGS = {answer.field: answer.heading for answer in ANSWERS}
DAY = date(2026, 12, 31)


def read(**cells: Any) -> TypedRow:
    found = {HEADINGS[name]: Cell(value, f"{name}4") for name, value in cells.items()}
    return typed_row(FilledRow(4, {PLAN: Cell("P-1", "A4"), **found}), PACKAGED)


def answer(field: str, value: Any) -> Any:
    row = read(**{field: value})
    assert row.problems == [], row.problems
    return getattr(row.form, field)


@pytest.mark.parametrize("value", ["Oui", "oui", " OUI ", "O", "o", "x", "X", "Vrai", True, 1, 1.0, "'oui"])
def test_yes(value: Any) -> None:
    assert answer("certifying", value) is True


@pytest.mark.parametrize("value", ["Non", "N", "n", "faux", False, 0, "0"])
def test_no(value: Any) -> None:
    assert answer("has_internship", value) is False


@pytest.mark.parametrize("value", [600, 600.0, "600", " 600 h", "600 heures", "0600", "1\u202f240", "'600"])
def test_hours(value: Any) -> None:
    assert answer("duration_hours", value) == (1240 if "1" in str(value) else 600)


@pytest.mark.parametrize("value", ["586,5", "586.5", 586.5, "586,50 h"])
def test_half_hours_are_hours_attended(value: Any) -> None:
    assert answer("attended_hours", value) == 586.5


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("teaching_mode_code", 0, "0"),
        ("teaching_mode_code", "0", "0"),
        ("teaching_mode_code", "formation entierement presentielle", "0"),
        ("exit_level_code", 13.0, "13"),
        ("exit_situation_code", "emploi_cdi", "EMPLOI_CDI"),
        ("certification_code", "rncp34159", "RNCP34159"),
        ("certification_code", "RNCP34159 – Monteur dépanneur", "RNCP34159"),
        ("certification_code", "RS6117 - Autre", "RS6117"),
    ],
)
def test_an_entry_by_its_code_its_label_or_as_the_list_writes_it(field: str, value: Any, code: str) -> None:
    assert answer(field, value) == code


def test_every_entry_that_is_offered_is_read_back() -> None:
    for column in ANSWERS:
        for entry in PACKAGED.get(column.names, ()) if column.names else ():
            if not entry.retired:
                assert answer(column.field, f"{entry.code} – {entry.label}") == entry.code
                assert answer(column.field, entry.label) == entry.code


@pytest.mark.parametrize(
    "value", [35600000000048, 35600000000048.0, "356 000 000 00048", "356\u00a0000\u00a0000 00048", "'35600000000048"]
)
def test_a_siret(value: Any) -> None:
    internship = read(siret=value).form.internship
    assert internship == Internship(siret="35600000000048")


def test_the_zeros_that_a_spreadsheet_took_from_a_siret_come_back() -> None:
    internship = read(siret=5580021000018).form.internship
    assert internship == Internship(siret="05580021000018")


@pytest.mark.parametrize(
    "value", [DAY, "31/12/26", "31/12/2026", "31.12.2026", "31-12-26", "31122026", "2026-12-31", 46387]
)
def test_days(value: Any) -> None:
    row = read(starts_on=value, ends_on=value)
    assert row.problems == []
    assert row.form.internship == Internship(periods=(Period(starts_on=DAY, ends_on=DAY),))


@pytest.mark.parametrize(
    "value", ["01/10/2026 au 02/10/2026; 05/10/26 – 06/10/26", "du 1/10/26 au 2/10/26\n5/10/26 au 6/10/26\n"]
)
def test_several_periods(value: str) -> None:
    internship = read(starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 2), periods=value).form.internship
    assert internship is not None
    assert [(period.starts_on.day, period.ends_on.day) for period in internship.periods] == [(1, 2), (1, 2), (5, 6)]


def test_what_is_not_understood_is_told_by_cell_all_at_once() -> None:
    row = read(
        duration_hours="1,5", certifying="peut-être", exit_situation_code="on verra bien", starts_on="30/02/2026",
        attended_hours="beaucoup", periods="en octobre", objective="Souder.",
    )  # fmt: skip
    assert {problem.place for problem in row.problems} == {
        "duration_hours4", "certifying4", "exit_situation_code4", "starts_on4", "attended_hours4", "periods4",
    }  # fmt: skip
    assert all(problem.message.endswith(".") and problem.text and problem.line == 4 for problem in row.problems)
    assert row.form.objective == "Souder."


@pytest.mark.parametrize("version", ["deux", "-1", "²", "1" * 40])
def test_a_version_that_was_changed_is_told(version: str) -> None:
    row = typed_row(FilledRow(4, {PLAN: Cell("P-1", "A4"), VERSION: Cell(version, "B4")}), {})
    assert [problem.column for problem in row.problems] == [VERSION]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (("durationHours",), "duration_hours"),
        (("internship", "siret"), "siret"),
        (("internship", "periods", "0", "endsOn"), "ends_on"),
        (("internship", "periods", "2", "endsOn"), "periods"),
        (("internship", "periods"), "starts_on"),
        (("internship",), "has_internship"),
        (("exitSituationCode",), "exit_situation_code"),
        (("attendedHours",), "attended_hours"),
        (("objective",), "objective"),
    ],
)
def test_a_refusal_is_shown_in_its_column(path: tuple[str, ...], field: str) -> None:
    assert column_of(path) == HEADINGS[field]


@pytest.mark.parametrize("field", [answer.field for answer in ANSWERS if answer.kind is not Kind.TEXT])
def test_a_cell_of_forty_thousand_blanks_is_told_and_not_looked_through(field: str) -> None:
    row = read(**{field: "a" + " " * 39_998 + "b"})
    assert "trop long" in row.problems[0].message


def test_blanks_in_numbers_are_one() -> None:
    row = read(periods=f"06/10/2026{' ' * 400}au{' ' * 400}17/10/2026", exit_level_code="13" + " " * 800)
    assert row.problems == []
