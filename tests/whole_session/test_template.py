"""A session as a workbook: filled in and given back, drafts are saved or every error told; nothing is transmitted."""

from __future__ import annotations

import asyncio
import io
import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tables.template import HELP, LISTS, ROWS
from tables.template_columns import KNOWN, PLAN, VERSION
from tests.factories import counsellor, staff, trainee
from tests.whole_session.workbook import (
    CLASS,
    HEADINGS,
    SESSION,
    TEMPLATE,
    UPLOAD,
    columns,
    content_of,
    fill,
    give_back,
    template,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service import Served

STATUS = """query ($id: ID!) { node(id: $id) { ... on TrainingSession { plans { nodes { reportStatus
  jobSeeker { lastName } report { version blockers { code } form { durationHours exitSituation { code }
  internship { siret periods { startsOn endsOn } } objective attendedHours } } } } } } }"""
WHOLE = {
    "duration_hours": 258, "teaching_mode_code": "0", "certifying": "Non", "certification_code": None,
    "exit_level_code": "13", "has_internship": "Oui", "company_name": "Froid du Nord", "siret": "356 000 000 00048",
    "place": "Arras", "starts_on": date(2025, 10, 6), "ends_on": "17/10/2025", "objective": "Souder.",
    "content": "Braser.", "diploma_obtained": "N", "exit_situation_code": "EMPLOI_CDI",
}  # fmt: skip


async def shown(served: Served) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await served.ask(staff(), STATUS, id=SESSION))["node"]["plans"]["nodes"]
    return nodes


@pytest.mark.usefixtures("class_of_five")
async def test_the_template_has_a_row_for_each_trainee_lists_and_locked_cells(served: Served) -> None:
    book = await template(served)
    sheet = book[ROWS]
    assert book.sheetnames == [HELP, ROWS, LISTS]
    assert [cell.value for cell in sheet[1]] == [*(name for name, _ in KNOWN), *HEADINGS.values()]
    assert sheet.max_row == CLASS + 1
    places = columns(sheet)
    assert sheet.protection.sheet
    assert sheet.cell(2, places[PLAN]).protection.locked
    assert not sheet.cell(2, places[HEADINGS["objective"]]).protection.locked
    assert sheet.cell(2, places[HEADINGS["duration_hours"]]).value == 258
    lists = {rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert len(lists) == 5, "oui/non, modality, level, situation, certifications of the session"


@pytest.mark.usefixtures("class_of_five")
async def test_a_filled_template_becomes_drafts_and_given_back_again_changes_nothing(served: Served) -> None:
    book = await template(served)
    for line in range(2, CLASS + 1):
        fill(book[ROWS], line, **WHOLE)
    fill(book[ROWS], 3, attended_hours="200,5")
    content = content_of(book)

    dry = (await give_back(served, content, asked="?dryRun=true")).json()
    counts = {"rows": CLASS, "saved": 0, "unchanged": 1, "complete": CLASS - 1}
    assert dry == {"dryRun": True, **counts, "errors": []}
    assert {each["reportStatus"] for each in await shown(served)} == {"TO_ENTER"}

    told = (await give_back(served, content)).json()
    assert (told["saved"], told["unchanged"], told["errors"]) == (CLASS - 1, 1, [])
    reports = [each["report"] for each in await shown(served)]
    assert [report and report["blockers"] for report in reports] == [[]] * (CLASS - 1) + [None]
    internship = {"siret": "35600000000048", "periods": [{"startsOn": "2025-10-06", "endsOn": "2025-10-17"}]}
    assert reports[0]["form"]["internship"] == internship
    assert reports[1]["form"]["attendedHours"] == 200.5

    again = (await give_back(served, content)).json()
    assert (again["saved"], again["unchanged"], again["errors"]) == (0, CLASS, [])
    assert [each["report"] for each in await shown(served)] == reports


@pytest.mark.usefixtures("class_of_five")
async def test_every_error_is_told_by_line_and_column_and_nothing_is_saved(served: Served) -> None:
    book = await template(served)
    sheet = book[ROWS]
    fill(sheet, 2, **WHOLE)
    fill(sheet, 3, **WHOLE | {"duration_hours": "1,5", "exit_situation_code": "on verra bien", "siret": "123"})
    fill(sheet, 4, **WHOLE | {"exit_level_code": "99", "starts_on": "06/10/2020", "ends_on": "07/10/2020"})
    sheet.cell(5, columns(sheet)[PLAN]).value = "P-50"
    sheet.cell(6, columns(sheet)[PLAN]).value = sheet.cell(2, columns(sheet)[PLAN]).value
    answer = await give_back(served, content_of(book))
    assert answer.status_code == 422
    told = sorted((each["line"], each["column"]) for each in answer.json()["errors"])
    assert told == sorted(
        [
            *((3, HEADINGS[field]) for field in ("duration_hours", "exit_situation_code", "siret")),
            *((4, HEADINGS[field]) for field in ("exit_level_code", "starts_on", "ends_on")),
            (5, PLAN),
            (6, PLAN),
        ]
    )
    assert {each["reportStatus"] for each in await shown(served)} == {"TO_ENTER"}

    kept = await give_back(served, content_of(book), asked="?keepRight=true")
    assert (kept.status_code, kept.json()["saved"]) == (200, 1)


@pytest.mark.usefixtures("class_of_five")
async def test_a_draft_that_was_changed_meanwhile_is_not_overwritten(served: Served) -> None:
    book = await template(served)
    fill(book[ROWS], 2, **WHOLE)
    content = content_of(book)
    assert (await give_back(served, content)).json()["saved"] == 1
    fill(book[ROWS], 2, objective="Autre.")
    late = await give_back(served, content_of(book))
    assert [(each["line"], each["column"]) for each in late.json()["errors"]] == [(2, VERSION)]


@pytest.mark.usefixtures("class_of_five")
async def test_csv_as_spreadsheets_write_it_is_read_too(served: Served) -> None:
    sheet = (await template(served))[ROWS]
    heading = ";".join(str(cell.value) for cell in sheet[1][:8])
    lines = [heading, *(f"{sheet.cell(line, 1).value};;;;;;;{100 + line}" for line in range(2, CLASS + 2))]
    for encoding in ("utf-8-sig", "cp1252"):
        answer = await give_back(served, "\r\n".join(lines).encode(encoding), asked="?dryRun=true")
        assert answer.json()["errors"] == []
    assert (await give_back(served, "\r\n".join(lines).encode())).json()["saved"] == CLASS


@pytest.mark.usefixtures("class_of_five")
async def test_a_form_with_a_file_is_taken_as_browsers_send_it(served: Served) -> None:
    book = await template(served)
    fill(book[ROWS], 2, **WHOLE)
    made = (await served.ask(staff(), UPLOAD, id=SESSION))["importReportTemplate"]["upload"]
    answer = await served.http.post(made["url"], files={"file": ("rempli.xlsx", content_of(book))})
    assert answer.json()["saved"] == 1
    none = await served.http.post(made["url"], files={}, data={"a": "b"})
    assert none.status_code == 422


@pytest.mark.usefixtures("class_of_five")
async def test_a_link_is_its_viewers_and_nobody_elses(served: Served) -> None:
    for viewer in (counsellor(), trainee()):
        assert (await served.ask(viewer, TEMPLATE, id=SESSION))["reportTemplate"] is None
        refused = (await served.ask(viewer, UPLOAD, id=SESSION))["importReportTemplate"]
        assert (refused["upload"], [each["code"] for each in refused["userErrors"]]) == (None, ["NOT_ALLOWED"])
    other = staff("38012986600014")
    link = (await served.ask(other, TEMPLATE, id=SESSION))["reportTemplate"]["url"]
    book = openpyxl.load_workbook(io.BytesIO((await served.http.get(link)).content))
    assert book[ROWS].max_row == 1
    assert (await served.http.get("/modeles/rubbish/x.xlsx")).status_code == 404
    assert (await served.http.post("/depots/rubbish/x.xlsx")).status_code == 404


@pytest.mark.external
@pytest.mark.usefixtures("class_of_five")
async def test_a_workbook_that_libreoffice_saved_is_read_as_it_was_written(served: Served, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if not office:
        pytest.skip("LibreOffice is not installed: what it saves was not given back")
    book = await template(served)
    for line in range(2, CLASS + 2):
        fill(book[ROWS], line, **WHOLE | {"siret": 35600000000048, "ends_on": date(2025, 10, 17)})
    (tmp_path / "rempli.xlsx").write_bytes(content_of(book))
    for target in ("ods", "xlsx"):
        source = "rempli.xlsx" if target == "ods" else "rempli.ods"
        command = [
            office,
            f"-env:UserInstallation=file://{tmp_path}/office",
            "--headless",
            "--convert-to",
            target,
            source,
        ]
        running = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, stdout=asyncio.subprocess.DEVNULL)
        assert await running.wait() == 0
    told = (await give_back(served, (tmp_path / "rempli.xlsx").read_bytes())).json()
    assert (told["saved"], told["complete"], told["errors"]) == (CLASS, CLASS, [])
