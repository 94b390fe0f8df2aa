"""Whole lists over HTTP, in both formats."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from domain.facts import Absence
from domain.listed import AskedList, ListName, TableFormat
from resolvers import acts, attendance
from resolvers.exports import export_link
from schema.ids import encode_id
from tests.exports.asking import DRAFTS, PENDING, SENT, SESSIONS, Asked, linked, paged, plans_of, spelt, table
from tests.factories import (
    OTHER_SIRET,
    TODAY,
    a_form,
    a_person,
    a_plan,
    a_session,
    counsellor,
    session_of,
    staff,
    trainee,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.access import Viewer
    from resolvers.services import Services
    from tests.service import Served

PERSON = encode_id("JobSeeker", "1000000A")
SESSION = encode_id("TrainingSession", session_of())
LISTS: dict[str, tuple[Asked, int]] = {
    "sessions": (SESSIONS, 3),
    "plans": (PENDING, 7),
    "drafts": (DRAFTS, 2),
    "transmitted": (SENT, 3),
    "of a person": (plans_of(PERSON, "JobSeeker"), 2),
    "of a session": (plans_of(SESSION, "TrainingSession"), 3),
}
NARROWED: dict[str, tuple[Asked, int]] = {
    "sessions by town, downwards": (
        Asked("pendingSessions(%s, orderBy: {field: CITY, direction: DESC})", SESSIONS.nodes, SESSIONS.told),
        3,
    ),
    "sessions found by a word": (Asked('pendingSessions(%s, search: "niv")', SESSIONS.nodes, SESSIONS.told), 1),
    "plans that others pay for": (
        Asked("pendingPlans(%s, employmentServiceFunded: false)", PENDING.nodes, PENDING.told),
        2,
    ),
    "plans of a session in some days": (
        Asked(
            f'pendingPlans(%s, trainingSessionId: "{SESSION}", planEndsOn: {{from: "2025-11-17"}})',
            PENDING.nodes,
            PENDING.told,
        ),
        1,
    ),
    "plans without a session": (Asked("pendingPlans(%s, referenced: false)", PENDING.nodes, PENDING.told), 1),
    "drafts of a person": (Asked('draftReports(%s, search: "coeur")', DRAFTS.nodes, DRAFTS.told), 1),
    "reports of some days": (
        Asked('transmittedReports(%s, transmittedOn: {from: "2025-11-25"})', SENT.nodes, SENT.told),
        2,
    ),
    "what is done of a person": (plans_of(PERSON, "JobSeeker", ", reportStatus: [TRANSMITTED]"), 0),
}
EVERY = LISTS | NARROWED


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("kind", ["CSV", "XLSX"])
async def test_a_table_has_all_rows_of_the_list_in_its_order(served: Served, kind: str) -> None:
    for name, (asked, number) in EVERY.items():
        nodes = await paged(served, staff(), asked)

        rows = await table(served, staff(), asked, kind)

        assert (name, len(rows), len(nodes)) == (name, number, number)
        for row, node in zip(rows, nodes, strict=True):
            told = asked.told(node)
            expected = {heading: spelt(cell) for heading, cell in told.items()} if kind == "CSV" else told
            assert {heading: row[heading] for heading in told} == expected, name


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("viewer", [trainee("1000004A"), counsellor()])
async def test_those_who_read_reports_export_what_they_see_and_no_more(served: Served, viewer: Viewer) -> None:
    for asked in (SESSIONS, PENDING, DRAFTS, SENT):
        titles = [asked.told(node)["Intitulé"] for node in await paged(served, viewer, asked)]
        assert [row["Intitulé"] for row in await table(served, viewer, asked, "CSV")] == titles
    assert await table(served, viewer, SENT, "XLSX")


@pytest.mark.usefixtures("desk")
async def test_an_organization_has_its_own_rows_alone(served: Served) -> None:
    rows = await table(served, staff(OTHER_SIRET), PENDING, "CSV")
    assert [row["Intitulé"] for row in rows] == ["Anglais ; niveau « B2 »"]
    assert await table(served, staff(OTHER_SIRET), SENT, "XLSX") == []


@pytest.mark.usefixtures("desk")
async def test_reasons_of_exit_and_absence_are_in_no_table(served: Served) -> None:
    for asked, _ in LISTS.values():
        for kind in ("CSV", "XLSX"):
            link = await linked(served, staff(), asked, kind)
            content = (await served.http.get(link["url"])).content
            if kind == "XLSX":
                book = zipfile.ZipFile(io.BytesIO(content))
                content = b"".join(book.read(name) for name in book.namelist())
            assert b"Intitul" in content
            for reason in ("SANTE", "Raison de sant", "MALADIE", "Maladie"):
                assert reason.encode() not in content


async def test_csv_is_what_a_french_spreadsheet_opens(served: Served, load: Callable[..., Awaitable[object]]) -> None:
    await load(a_plan(job_seeker=a_person("0001234A", "D'ARC ; dite « la Pucelle »", "Jeanne\nd'Arc")))
    link = await linked(served, staff(), PENDING, "CSV")

    answer = await served.http.get(link["url"])

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Cache-Control"] == "private, no-store"
    headings, rows = answer.content.split(b"\r\n", 1)
    assert headings.decode() == (
        "\ufeffN° DE;Nom et prénom;Date de début;Date de fin;Sortie anticipée;Financement;Bilan obligatoire;"
        "N° CARIF;Intitulé;À saisir depuis le"
    )
    assert rows.decode() == (
        "0001234A;\"D'ARC ; dite « la Pucelle » Jeanne\nd'Arc\";01/09/2025;19/11/2025;;41C25;Oui;00035125;"
        "Titre Professionnel Monteur Dépanneur Frigoriste;20/11/2025\r\n"
    )


@pytest.mark.usefixtures("desk")
async def test_a_sheet_has_typed_cells_a_frozen_heading_filters_and_widths(served: Served) -> None:
    link = await linked(served, staff(), SESSIONS, "XLSX")

    answer = await served.http.get(link["url"])

    (sheet,) = load_workbook(io.BytesIO(answer.content)).worksheets
    assert sheet.title == "Sessions avec bilan à saisir"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:G4"
    assert sheet.column_dimensions["B"].width > 2 * sheet.column_dimensions["D"].width
    carif, title, _, starts_on, _, _, plans = sheet[2]
    assert (carif.value, carif.data_type) == ("00035125", "s")
    assert (starts_on.value, starts_on.number_format) == (datetime(2025, 3, 3), "dd/mm/yyyy")  # noqa: DTZ001 - a day
    assert (plans.value, plans.data_type) == (2, "n")
    assert title.data_type == "s"


FORMULAS = [
    "=1+1",
    "+33",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    '=HYPERLINK("http://x";"y")',
    "=cmd|' /C calc'!A0",
]


async def test_nothing_that_somebody_typed_becomes_a_formula(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    for n, formula in enumerate(FORMULAS):
        session = a_session(f"S-{n}", title=formula, city=formula, carif_number=formula)
        person = a_person(f"100000{n}A", last_name=formula, first_name="Zoé")
        await load(a_plan(f"P-{n}", session=session, job_seeker=person))
    for asked, headings in ((PENDING, ("Nom et prénom", "Intitulé")), (SESSIONS, ("Intitulé", "Ville", "N° CARIF"))):
        rows = await table(served, staff(), asked, "CSV")
        for heading in headings:
            typed = {row[heading].removesuffix(" Zoé") for row in rows}
            assert typed == {f"'{formula}" for formula in FORMULAS}
        link = await linked(served, staff(), asked, "XLSX")
        (sheet,) = load_workbook(io.BytesIO((await served.http.get(link["url"])).content)).worksheets
        assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "d", "n"}


async def test_a_file_is_named_after_its_list_and_day_and_its_link_after_nobody(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    asked = Asked('pendingPlans(%s, search: "adam")', PENDING.nodes, PENDING.told)
    person = plans_of(encode_id("JobSeeker", a_person().identifier), "JobSeeker")
    for each, name in ((asked, "de-avec-bilan-a-saisir"), (person, "parcours-de-formation")):
        link = await linked(served, staff(), each, "XLSX")
        answer = await served.http.get(link["url"])
        today = date.today().isoformat()  # the service asks the clock too
        assert link["fileName"] == f"{name}-{today}.xlsx"
        assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}-{today}.xlsx"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        for told in (a_person().identifier, "adam", "ADAM", staff().key, PENDING.name):
            assert told not in link["url"]


async def test_a_search_too_long_to_seal_is_refused_and_the_list_is_still_shown(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    query = "query($search: String) { pendingPlans(search: $search) { totalCount export(format: CSV) { url } } }"
    answer = await served.answer(staff(), query, search="a" * 201)
    assert answer["data"]["pendingPlans"] == {"totalCount": 0, "export": None}
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["BAD_REQUEST"]


async def test_a_table_is_read_when_its_link_is_opened(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    link = await linked(served, staff(), PENDING, "CSV")
    await load(a_plan())
    assert b"ADAM" in (await served.http.get(link["url"])).content


async def test_a_link_shows_its_own_viewers_list_whoever_opens_it(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    link = await linked(served, staff(OTHER_SIRET), PENDING, "CSV")
    answer = await served.http.get(link["url"], headers=served.headers(staff()))
    assert b"ADAM" not in answer.content


async def test_a_link_that_is_over_forged_or_of_another_kind_opens_nothing(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    services = served.running.services
    asked = AskedList(name=ListName.PENDING_PLANS)
    then = datetime.fromisoformat(f"{TODAY}T08:00:00+00:00")
    over, _ = export_link(services, staff(), asked, TableFormat.CSV, now=then)
    link = await linked(served, staff(), PENDING, "CSV")
    sealed = link["url"].split("/")[-2]
    forged = link["url"].replace(sealed, sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:])
    other = link["url"].replace("/exports/", "/documents/")
    for url in (over.url, forged, other, link["url"].replace(sealed, "x")):
        answer = await served.http.get(url)
        assert answer.status_code == 404
        assert "ADAM" not in answer.text
    assert (await served.http.head(link["url"])).content == b""


async def test_the_hours_attended_are_those_of_the_form(
    served: Served, services: Services, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    now = datetime.fromisoformat(f"{TODAY}T12:00:00+00:00")
    missed = Absence(id="a-1", starts_on=date(2025, 9, 8), ends_on=date(2025, 9, 9), reason_code="MALADIE", hours=14)
    await attendance.record_absence(services, staff(), "P-1", missed)
    await acts.transmit_report(services, staff(), "P-1", a_form(), None, now=now, today=now.date())

    shown = await served.ask(staff(), "{ transmittedReports { nodes { form { attendedHours } } } }")
    (row,) = await table(served, staff(), SENT, "XLSX")

    assert shown["transmittedReports"]["nodes"] == [{"form": {"attendedHours": 244}}]
    assert row["Heures suivies"] == 244
