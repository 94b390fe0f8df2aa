"""A session as a workbook: filled in and given back, drafts are saved or every error told; nothing is transmitted."""

from __future__ import annotations

import asyncio
import io
import shutil
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from domain.errors import NotATemplate
from resolvers.templates import upload_link
from schema.ids import encode_id
from service.clock import present
from tables import reading
from tables.filled import LARGEST_FILE
from tables.template import HELP, LISTS, ROWS
from tables.template_columns import ANSWERS, KNOWN, PLAN, VERSION
from tests.factories import a_person, a_plan, a_session, counsellor, session_of, staff, trainee

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    import httpx

    from tests.service import Served

CLASS = 5
SESSION = encode_id("TrainingSession", session_of())
TEMPLATE = "query ($id: ID) { reportTemplate(trainingSessionId: $id) { url fileName } }"
UPLOAD = """mutation ($id: ID) { importReportTemplate(input: { trainingSessionId: $id }) {
  upload { url maxBytes } userErrors { code } } }"""
STATUS = """query ($id: ID!) { node(id: $id) { ... on TrainingSession { plans { nodes { reportStatus
  jobSeeker { lastName } report { version blockers { code } form { durationHours exitSituation { code }
  internship { siret periods { startsOn endsOn } } objective attendedHours } } } } } } }"""
HEADINGS = {answer.field: answer.heading for answer in ANSWERS}
WHOLE = {
    "duration_hours": 258, "teaching_mode_code": "0", "certifying": "Non", "certification_code": None,
    "exit_level_code": "13", "has_internship": "Oui", "company_name": "Froid du Nord", "siret": "356 000 000 00048",
    "place": "Arras", "starts_on": date(2025, 10, 6), "ends_on": "17/10/2025", "objective": "Souder.",
    "content": "Braser.", "diploma_obtained": "N", "exit_situation_code": "EMPLOI_CDI",
}  # fmt: skip


@pytest.fixture
async def session(load: Callable[..., Awaitable[object]]) -> None:
    """A session of five, and a plan of another."""
    people = [a_plan(f"P-{number}", job_seeker=a_person(f"12050{number:02}K")) for number in range(CLASS)]
    await load(*people, a_plan("P-50", session=a_session("S-2"), job_seeker=a_person("1205050K")))


async def template(served: Served, session: str | None = SESSION) -> openpyxl.Workbook:
    link = (await served.ask(staff(), TEMPLATE, id=session))["reportTemplate"]
    answer = await served.http.get(link["url"])
    assert answer.status_code == 200, answer.text
    assert link["fileName"] in answer.headers["Content-Disposition"]
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def columns(sheet: Any) -> Mapping[str, int]:
    return {cell.value: cell.column for cell in sheet[1]}


def fill(sheet: Any, line: int, **answers: Any) -> None:
    places = columns(sheet)
    for field, value in answers.items():
        sheet.cell(line, places[HEADINGS[field]]).value = value


def content_of(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


async def give_back(
    served: Served, content: bytes, *, session: str | None = SESSION, asked: str = ""
) -> httpx.Response:
    made = (await served.ask(staff(), UPLOAD, id=session))["importReportTemplate"]
    return await served.http.post(made["upload"]["url"] + asked, content=content)


async def shown(served: Served) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await served.ask(staff(), STATUS, id=SESSION))["node"]["plans"]["nodes"]
    return nodes


@pytest.mark.usefixtures("session")
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


@pytest.mark.usefixtures("session")
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


@pytest.mark.usefixtures("session")
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


@pytest.mark.usefixtures("session")
async def test_a_draft_that_was_changed_meanwhile_is_not_overwritten(served: Served) -> None:
    book = await template(served)
    fill(book[ROWS], 2, **WHOLE)
    content = content_of(book)
    assert (await give_back(served, content)).json()["saved"] == 1
    fill(book[ROWS], 2, objective="Autre.")
    late = await give_back(served, content_of(book))
    assert [(each["line"], each["column"]) for each in late.json()["errors"]] == [(2, VERSION)]


@pytest.mark.usefixtures("session")
async def test_csv_as_spreadsheets_write_it_is_read_too(served: Served) -> None:
    sheet = (await template(served))[ROWS]
    heading = ";".join(str(cell.value) for cell in sheet[1][:8])
    lines = [heading, *(f"{sheet.cell(line, 1).value};;;;;;;{100 + line}" for line in range(2, CLASS + 2))]
    for encoding in ("utf-8-sig", "cp1252"):
        answer = await give_back(served, "\r\n".join(lines).encode(encoding), asked="?dryRun=true")
        assert answer.json()["errors"] == []
    assert (await give_back(served, "\r\n".join(lines).encode())).json()["saved"] == CLASS


def with_a_formula() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.create_sheet(ROWS)
    sheet.append([PLAN, HEADINGS["duration_hours"]])
    sheet.append(["P-1", "=1+1"])
    return content_of(book)


def archive(**files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in files.items():
            written.writestr(name, content)
    return file.getvalue()


BOMB = archive(**{"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b"0" * 20_000_000})
MANY_SHEETS = archive(
    **{
        "xl/workbook.xml": b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets>'
        + b'<sheet name="x" sheetId="9"/>' * 500_000
        + b"</sheets></workbook>",
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        b'<Override PartName="/xl/workbook.xml" ContentType="application/'
        b'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    }
)
MACROS = archive(**{"xl/workbook.xml": b"", "xl/vbaProject.bin": b"1"})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (with_a_formula(), "La case B2 contient une formule"),
        (b"R\xc3\xa9f\xc3\xa9rence (ne pas modifier);Version\n=1+1;", "La case A2 contient une formule"),
        (BOMB, "trop grand"),
        (MACROS, "macros"),
        (archive(**{"word/document.xml": b"x"}), "n'est pas un classeur"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 50, "ancien format"),
        (b"PK\x03\x04rubbish", "incomplet"),
        (b"%PDF-1.7", "n'est pas le modèle"),
        (b"", "n'est pas le modèle"),
        (b"\x00\x01\x02", "ni un classeur"),
        (archive(**{"xl/workbook.xml": b"<a", "[Content_Types].xml": b"<b"}), "ne peut pas être lu"),
    ],
    ids=[
        "formula",
        "csv formula",
        "bomb",
        "macros",
        "word",
        "xls",
        "broken zip",
        "pdf",
        "empty",
        "binary",
        "broken xml",
    ],
)
@pytest.mark.usefixtures("session")
async def test_what_is_no_filled_template_is_refused_with_what_to_do(
    served: Served, content: bytes, sentence: str
) -> None:
    answer = await give_back(served, content)
    assert answer.status_code == 422, answer.text
    assert sentence in answer.json()["message"]


async def test_a_small_file_that_takes_long_to_read_is_given_up_beside_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "SECONDS", 1)
    worked: list[float] = []

    with pytest.raises(NotATemplate, match="trop long à lire"):
        await reading.rows_read_apart(MANY_SHEETS, on_worked=worked.append)
    assert len(MANY_SHEETS) < 100_000
    assert worked == [1]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.templates.SHARE", 1)
    monkeypatch.setattr("web.templates.MOST_WAITING", 1)


@pytest.mark.usefixtures("few")
async def test_one_account_sends_few_files_at_once_and_another_is_answered(served: Served) -> None:
    services = served.running.services
    of_one, of_another = (upload_link(services, staff(account=each), None, now=present()).url for each in ("a", "b"))

    sent = [served.http.post(of_one, content=b"kanari") for _ in range(6)]
    *answers, other = await asyncio.gather(*sent, served.http.post(of_another, content=b"kanari"))

    assert {each.status_code for each in answers} == {422, 429}
    assert other.status_code == 422
    assert {each.headers.get("Retry-After") for each in answers} == {None, "10"}


@pytest.mark.usefixtures("session")
async def test_too_large_a_file_or_too_many_lines_are_refused(served: Served) -> None:
    assert (await give_back(served, b"0" * (LARGEST_FILE + 1))).status_code == 413
    many = f"{PLAN};Version\n".encode() + b"P-1;1\n" * 1_001
    answer = await give_back(served, many)
    assert (answer.status_code, "1000 lignes" in answer.json()["message"]) == (422, True)


@pytest.mark.usefixtures("session")
async def test_a_form_with_a_file_is_taken_as_browsers_send_it(served: Served) -> None:
    book = await template(served)
    fill(book[ROWS], 2, **WHOLE)
    made = (await served.ask(staff(), UPLOAD, id=SESSION))["importReportTemplate"]["upload"]
    answer = await served.http.post(made["url"], files={"file": ("rempli.xlsx", content_of(book))})
    assert answer.json()["saved"] == 1
    none = await served.http.post(made["url"], files={}, data={"a": "b"})
    assert none.status_code == 422


@pytest.mark.usefixtures("session")
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
@pytest.mark.usefixtures("session")
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
