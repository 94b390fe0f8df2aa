"""A file that is no filled template, is too large, takes too long to read or comes with many others is refused."""

from __future__ import annotations

import asyncio
import io
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from domain.errors import NotATemplate
from resolvers.templates import upload_link
from service.clock import present
from tables import reading
from tables.filled import LARGEST_FILE
from tables.template import ROWS
from tables.template_columns import PLAN
from tests.factories import staff
from tests.whole_session.workbook import HEADINGS, content_of, give_back

if TYPE_CHECKING:
    from tests.service import Served


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
@pytest.mark.usefixtures("class_of_five")
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


@pytest.mark.usefixtures("class_of_five")
async def test_too_large_a_file_or_too_many_lines_are_refused(served: Served) -> None:
    assert (await give_back(served, b"0" * (LARGEST_FILE + 1))).status_code == 413
    many = f"{PLAN};Version\n".encode() + b"P-1;1\n" * 1_001
    answer = await give_back(served, many)
    assert (answer.status_code, "1000 lignes" in answer.json()["message"]) == (422, True)
