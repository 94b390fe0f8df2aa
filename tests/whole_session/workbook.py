"""The workbook of a session: asked for, filled in, given back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl

from schema.ids import encode_id
from tables.template_columns import ANSWERS
from tests.factories import session_of, staff

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from tests.service import Served

CLASS = 5
SESSION = encode_id("TrainingSession", session_of())
TEMPLATE = "query ($id: ID) { reportTemplate(trainingSessionId: $id) { url fileName } }"
UPLOAD = """mutation ($id: ID) { importReportTemplate(input: { trainingSessionId: $id }) {
  upload { url maxBytes } userErrors { code } } }"""
HEADINGS = {answer.field: answer.heading for answer in ANSWERS}


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
