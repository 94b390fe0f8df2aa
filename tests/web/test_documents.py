"""The links to PDFs, asked as browsers and programs ask."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from pdf.printer import Printer
from resolvers import acts
from resolvers.reports import REPORTS
from service.clock import present
from tests.audit.test_trail import written
from tests.factories import OTHER_SIRET, a_form, a_plan, staff
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from settings import Settings
    from storage.client import Database
    from tests.service import Served

    Load = Callable[..., Awaitable[object]]

SAVE = """mutation ($id: ID!, $objective: String!) {
  saveReportDraft(input: {trainingPlanId: $id, form: {objective: $objective}}) {
    report { document { url } blockers { code path message } } userErrors { code message } } }"""
PREVIEW = """mutation ($id: ID!, $objective: String!) {
  previewReport(input: {trainingPlanId: $id, form: {objective: $objective}}) { document { url } } }"""


async def plan_id(served: Served) -> str:
    found = await served.ask(staff(), "{ pendingPlans { nodes { id } } }")
    return str(found["pendingPlans"]["nodes"][0]["id"])


async def test_a_draft_of_too_many_lines_is_blocked_and_its_pdf_says_not_to_try_again(
    served: Served, load: Load
) -> None:
    await load(a_plan())
    saved = await served.ask(staff(), SAVE, id=await plan_id(served), objective="huit car\n" * 329)
    report = saved["saveReportDraft"]["report"]

    (blocker,) = [each for each in report["blockers"] if each["code"] == "INVALID"]
    answer = await served.http.get(report["document"]["url"])

    assert blocker["path"] == ["form", "objective"]
    assert "dépasserait six pages" in blocker["message"]
    assert answer.status_code == 422
    assert "dépasse six pages" in answer.text
    assert "Retry-After" not in answer.headers


async def test_a_pdf_opens_in_the_browser_or_is_kept_under_a_name_and_its_size_is_told(
    served: Served, load: Load, database: Database
) -> None:
    await load(a_plan())
    now = present()
    await acts.transmit_report(served.running.services, staff(), "P-1", a_form(), None, now=now, today=now.date())
    asked = "{ transmittedReports { nodes { document { url byteSize fileName } } } }"
    (report,) = (await served.ask(staff(), asked))["transmittedReports"]["nodes"]
    address, name = report["document"]["url"], report["document"]["fileName"]

    opened, kept = await served.http.get(address), await served.http.get(f"{address}?download")

    assert opened.headers["Content-Disposition"] == f"inline; filename*=UTF-8''{name}"
    assert kept.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"
    assert opened.content == kept.content
    assert report["document"]["byteSize"] == len(kept.content)
    assert "adam" not in address.lower(), "no name of a person in an address"

    await database["plans"].update_one({"_id": "P-1"}, {"$unset": {"report.byte_size": ""}})
    (older,) = (await served.ask(staff(), asked))["transmittedReports"]["nodes"]
    assert older["document"]["byteSize"] is None


async def test_the_pdf_of_a_draft_has_no_size_before_it_is_printed(served: Served, load: Load) -> None:
    await load(a_plan())
    saving = SAVE.replace("{ url }", "{ byteSize sha256 }")
    saved = await served.ask(staff(), saving, id=await plan_id(served), objective="Souder.")
    assert saved["saveReportDraft"]["report"]["document"] == {"byteSize": None, "sha256": None}


async def test_asking_whether_a_link_opens_is_no_reading_and_tells_nothing_of_anybody(
    served: Served, load: Load, database: Database
) -> None:
    await load(a_plan())
    now = present()
    await acts.transmit_report(served.running.services, staff(), "P-1", a_form(), None, now=now, today=now.date())
    link = served.running.services.links.make(REPORTS, staff(), {"plan": "P-1"}, "bilan.pdf", now=now)
    foreign = served.running.services.links.make(REPORTS, staff(OTHER_SIRET), {"plan": "P-1"}, "bilan.pdf", now=now)

    head = await served.http.head(link.url)
    nothing = await served.http.head(foreign.url)
    await served.http.get(link.url)
    read = await written(database, deed="DOCUMENT")

    assert (head.status_code, head.content, head.headers["content-type"]) == (200, b"", "application/pdf")
    assert "content-disposition" not in head.headers
    assert "adam" not in str(head.headers).lower()
    assert nothing.status_code == 404
    assert len(read) == 1


@pytest.fixture
async def reading(settings: Settings, mongodb_url: str, load: Load) -> AsyncIterator[tuple[Served, Printer]]:
    """A service with a printer of its own, both of whose workers are warm."""
    await load(a_plan())
    async with Printer() as printer:
        await printer.warmed()
        async with serving(settings, mongodb_url, printer) as served:
            yield served, printer


async def opened(url: str) -> asyncio.StreamWriter:
    """Ask for a page; the client leaves by closing what is given."""
    address = urlsplit(url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(f"GET {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
    await writer.drain()
    return writer


async def wait_for(printer: Printer, waiting: int) -> None:
    """Wait until so many orders wait."""
    async with asyncio.timeout(10):
        while True:
            if printer.waiting == waiting:
                return
            await asyncio.sleep(0.01)


async def test_links_that_are_opened_keep_no_transmission_waiting_and_who_has_left_is_not_printed_for(
    reading: tuple[Served, Printer],
) -> None:
    """Sixty times a link is opened, while what prints for readers is held: a report is transmitted all the same."""
    served, printer = reading
    plan = await plan_id(served)
    links = [await served.ask(staff(), PREVIEW, id=plan, objective=f"Objectif {rank}.") for rank in range(3)]
    urls: list[Any] = [link["previewReport"]["document"]["url"] for link in links]
    os.kill(printer.pids[1], signal.SIGSTOP)
    try:
        readers = await asyncio.gather(*(opened(url) for url in urls * 20))
        await wait_for(printer, 2)
        now = present()
        sent = await acts.transmit_report(
            served.running.services, staff(), "P-1", a_form(), None, now=now, today=now.date()
        )
        for reader in readers:
            reader.close()
        await wait_for(printer, 0)
    finally:
        os.kill(printer.pids[1], signal.SIGCONT)
    assert sent.report
    assert sent.report.transmitted_at


async def test_a_preview_is_printed_once_however_often_its_link_is_opened(reading: tuple[Served, Printer]) -> None:
    served, printer = reading
    link = await served.ask(staff(), PREVIEW, id=await plan_id(served), objective="Une fois.")
    url = link["previewReport"]["document"]["url"]
    first = await served.http.get(url)
    os.kill(printer.pids[1], signal.SIGSTOP)
    try:
        again = await asyncio.gather(*(served.http.get(url) for _ in range(20)))
    finally:
        os.kill(printer.pids[1], signal.SIGCONT)
    assert {answer.content for answer in again} == {first.content}
