"""A page of another origin, in a real browser: what it may ask when it is allowed, and that it may not otherwise."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.chromium import chromium
from tests.factories import a_plan, counsellor, staff
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from playwright.async_api import Page

    from pdf.printer import Printer
    from settings import Settings
    from tests.service import Served

pytestmark = pytest.mark.external
PAGE = b"HTTP/1.1 200 .\r\nContent-Type: text/html\r\nContent-Length: 15\r\nConnection: close\r\n\r\n<!doctype html>"
ASK = """async ([url, token, query]) => {
    const headers = { "Content-Type": "application/json", Authorization: token };
    const answer = await fetch(url + "/graphql", { method: "POST", headers, body: JSON.stringify({ query }) });
    return await answer.json();
}"""
FOLLOW = """async ([url, writer, reader, query, act]) => {
    const asked = (Authorization, query, Accept) => fetch(url + "/graphql", { method: "POST",
        headers: { "Content-Type": "application/json", Authorization, Accept }, body: JSON.stringify({ query }) });
    const stream = await asked(reader, query, "text/event-stream");
    await asked(writer, act, "application/json");
    const events = stream.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let told = ""; ;) {
        told += (await events.read()).value;
        if (told.includes("event: next")) { await events.cancel(); return told; }
    }
}"""
FETCH = """async (url) => {
    const answer = await fetch(url, { headers: { Accept: "application/json, text/csv" } });
    return [answer.status, answer.headers.get("Content-Disposition"), (await answer.text()).length > 0];
}"""
PLANS = "{ pendingPlans { nodes { id } export(format: CSV) { url } } }"
FORM = """{ durationHours: 70, teachingModeCode: "0", certifying: false, exitLevelCode: "0", diplomaObtained: false,
  objective: "Souder.", content: "Braser.", exitSituationCode: "EMPLOI_CDI", hasInternship: false }"""


@asynccontextmanager
async def front_end() -> AsyncIterator[str]:
    """A page on a port of its own; gives its origin."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(PAGE)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture
async def front() -> AsyncIterator[tuple[str, Page]]:
    async with front_end() as origin, chromium() as browser:
        page = await browser.new_page()
        await page.goto(origin)
        yield origin, page


async def ask(page: Page, served: Served, query: str) -> dict[str, Any]:
    token = served.headers(staff())["Authorization"]
    answer: dict[str, Any] = await page.evaluate(ASK, [served.url, token, query])
    return answer["data"] or answer


async def test_a_front_end_asks_acts_follows_and_downloads(
    front: tuple[str, Page],
    settings: Settings,
    mongodb_url: str,
    printer: Printer,
    load: Callable[..., Awaitable[object]],
) -> None:
    await load(a_plan())
    origin, page = front
    allowing = settings.model_copy(update={"allowed_origins": origin})
    async with serving(allowing, mongodb_url, printer) as served:
        found = (await ask(page, served, PLANS))["pendingPlans"]
        plan = found["nodes"][0]["id"]
        given = f'trainingPlanId: "{plan}", form: {FORM}'
        draft = f"mutation {{ saveReportDraft(input: {{ {given} }}) {{ report {{ version }} }} }}"
        assert (await ask(page, served, draft))["saveReportDraft"]["report"] == {"version": 1}

        status, disposition, filled = await page.evaluate(FETCH, found["export"]["url"])
        assert (status, filled) == (200, True)
        assert "attachment" in disposition
        assert (await page.evaluate(FETCH, served.url + "/verification?code=AAAA-AAAA-AAAA"))[0] == 404

        act = (
            f"mutation {{ transmitReport(input: {{ {given}, expectedVersion: 1 }}) {{ userErrors {{ message }} }} }}"
        )
        writer, reader = (served.headers(viewer)["Authorization"] for viewer in (staff(), counsellor()))
        follow = "subscription { reportTransmitted { cursor } }"
        told = await page.evaluate(FOLLOW, [served.url, writer, reader, follow, act])
        assert '"cursor":' in told


async def test_a_front_end_that_is_not_allowed_reads_nothing(front: tuple[str, Page], served: Served) -> None:
    _, page = front
    token = served.headers(staff())["Authorization"]
    refused = await page.evaluate(
        f"async (given) => {{ try {{ return await ({ASK})(given) }} catch (error) {{ return String(error) }} }}",
        [served.url, token, PLANS],
    )
    assert refused == "TypeError: Failed to fetch"
