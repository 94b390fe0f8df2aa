"""The explorer, in a real browser: its files are those that were pinned, it asks in a name, and it follows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from demo.loading import story_plans
from domain.calendar import paris_day
from resolvers import acts
from service.clock import present
from tests.chromium import chromium
from tests.factories import a_form, counsellor, staff
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Page

    from pdf.printer import Printer
    from settings import Settings
    from tests.service import Served


async def run(page: Page) -> None:
    await page.click("button.graphiql-execute-button")


async def answered(page: Page, text: str) -> None:
    await page.locator(".result-window", has_text=text).wait_for()


@pytest.mark.external
async def test_it_asks_in_the_name_that_is_chosen_and_follows_a_subscription(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(*story_plans(present()))
    async with chromium() as browser:
        page, wrongs = await browser.new_page(), list[str]()
        page.on("pageerror", lambda error: wrongs.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(served.url) else wrongs.append(asked.url))
        await page.goto(f"{served.url}/explorer")
        await run(page)
        await answered(page, "fundedSessions")

        await page.select_option("#person", label="Claire Dubois, conseillère, agence 62001")
        await page.get_by_role("tab", name="Bilans").click()
        async with page.expect_response(lambda answer: "event-stream" in answer.headers.get("content-type", "")):
            await run(page)
        now = present()
        services = served.running.services
        form = a_form(certifying=False, certification_code=None, diploma_obtained=None, has_internship=False)
        form = form.model_copy(update={"internship": None})
        await acts.transmit_report(services, staff(), "P-GARCIA", form, None, now=now, today=paris_day(now))
        await answered(page, "GARCIA")
        assert not [wrong for wrong in wrongs if not wrong.startswith(("data:", "blob:"))]


async def test_its_files_are_named_with_their_hashes_and_stay_on_this_host(served: Served) -> None:
    page = await served.http.get("/explorer")
    assert page.text.count('integrity="sha384-') == 6
    assert "https://" not in page.text
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    for name in re.findall(r'(?:src|href)="(/explorer/[^"]+)"', page.text):
        assert (await served.http.get(name)).status_code == 200
    assert (await served.http.get("/explorer/../settings.py")).status_code == 404
    assert (await served.http.get("/explorer/settings.py")).status_code == 404


async def test_tokens_are_offered_on_this_machine_alone(served: Served) -> None:
    assert "eyJ" in (await served.http.get("/explorer")).text
    for headers in ({"X-Forwarded-For": "10.0.0.1"}, {"Host": "bilans.example"}):
        assert "eyJ" not in (await served.http.get("/explorer", headers=headers)).text


async def test_off_its_addresses_do_not_exist(settings: Settings, mongodb_url: str, printer: Printer) -> None:
    async with serving(settings.model_copy(update={"explorer": False}), mongodb_url, printer) as served:
        assert (await served.http.get("/explorer")).status_code == 404
        asked = {"query": "{ __schema { queryType { name } } }"}
        answer = await served.http.post("/graphql", json=asked, headers=served.headers(counsellor()))
        assert "errors" in answer.json()
