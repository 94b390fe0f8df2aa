"""Statistics as a table: the figures that were asked for, with their filters, in both formats."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from domain import acts
from domain.calendar import paris_day
from tests.exports.asking import read_comma, read_sheet, spelt
from tests.factories import OTHER_SIRET, UNPAID, a_form, a_plan, staff
from tests.statistics.plans import KNOWN, keep

if TYPE_CHECKING:
    from storage.client import Database
    from tests.service import Served

FORMULA = "=HYPERLINK(1)"
ASK = """query($format: ExportFormat!, $course: String) {
  statistics(by: QUARTER, course: $course, planEndsOn: {from: "2025-07-01", to: "2025-12-31"}) {
    export(format: $format) { url fileName } } }"""


@pytest.fixture
async def _kept(database: Database) -> None:
    now = datetime(2025, 11, 21, 9, tzinfo=UTC)
    sent = acts.transmit(a_plan(), a_form().answered(KNOWN), None, now=now, today=paris_day(now))
    odd = a_plan("P-2", session=None, funding=UNPAID, ends_on=date(2025, 9, 30), own_title=FORMULA)
    await keep(database, [sent, odd, a_plan("P-3", ends_on=date(2025, 1, 31))])


async def link(served: Served, kind: str, siret: str | None = None, course: str | None = None) -> dict[str, str]:
    viewer = staff(siret) if siret else staff()
    found: dict[str, str] = (await served.ask(viewer, ASK, format=kind, course=course))["statistics"]["export"]
    return found


@pytest.mark.usefixtures("_kept")
async def test_both_formats_tell_the_same_of_all_plans_by_period_course_and_situation(
    served: Served, database: Database
) -> None:
    made = {kind: await link(served, kind) for kind in ("CSV", "XLSX")}
    files = {kind: (await served.http.get(each["url"])).content for kind, each in made.items()}

    assert files["CSV"].startswith(b"\xef\xbb\xbf")
    rows, sheet = read_comma(files["CSV"]), read_sheet(files["XLSX"])
    told = ("Regroupement", "Intitulé", "Fin de plan du", "Plans terminés", "Bilans transmis")
    assert [tuple(row[name] for name in told) for row in rows] == [
        ("Ensemble", "Toutes les formations", "01/07/2025", "2", "1"),
        ("Trimestre", "", "01/07/2025", "1", "0"),
        ("Trimestre", "", "01/10/2025", "1", "1"),
        ("Formation", f"'{FORMULA}", "01/07/2025", "1", "0"),
        ("Formation", a_plan().title, "01/07/2025", "1", "1"),
        ("Situation à la sortie", "En emploi : CDI", "01/07/2025", "", "1"),
    ]
    assert rows[0]["Taux de transmission (%)"] == "50"
    assert rows[-1]["Part des situations (%)"] == "100"
    assert [[spelt(cell) for cell in row.values()] for row in sheet] == [
        [cell.removeprefix("'") for cell in row.values()] for row in rows
    ]
    assert made["CSV"]["fileName"].startswith("statistiques-")
    person = a_plan().job_seeker
    for word in (person.last_name, person.identifier):
        assert word not in files["CSV"].decode()
    assert await database["trail"].count_documents({}) == 0


@pytest.mark.usefixtures("_kept")
async def test_the_table_has_the_course_that_was_asked_for_and_nothing_of_others(served: Served) -> None:
    one = read_comma((await served.http.get((await link(served, "CSV", course=FORMULA))["url"])).content)
    assert {row["Intitulé"] for row in one} == {f"'{FORMULA}", ""}
    none = read_comma((await served.http.get((await link(served, "CSV", siret=OTHER_SIRET))["url"])).content)
    assert [(row["Regroupement"], row["Plans terminés"]) for row in none] == [("Ensemble", "0")]


async def test_a_course_too_long_for_an_address_is_refused(served: Served) -> None:
    answer = await served.answer(staff(), ASK, format="CSV", course="a" * 301)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
