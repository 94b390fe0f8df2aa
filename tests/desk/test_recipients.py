"""Those who receive: a job seeker on a phone, an adviser who is told while the page is open."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from demo.story import JOB_SEEKER
from domain.calendar import paris_day
from resolvers import acts
from service.clock import present
from tests.desk.browsing import ADVISER, PHONE, SEEKER, STAFF, assert_sound, seated, submitted
from tests.factories import a_form, staff, trainee

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.service import Served


async def transmit(desk: Served, plan: str) -> None:
    now = present()
    form = a_form(
        certifying=False, certification_code=None, diploma_obtained=None, has_internship=False, internship=None
    )
    await acts.transmit_report(desk.running.services, staff(), plan, form, None, now=now, today=paris_day(now))


async def test_a_job_seeker_sees_what_is_awaited_then_reads_and_downloads(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, SEEKER, width=PHONE) as page:
        assert await page.inner_text("h1") == "2 formations dans mon suivi"
        assert "Votre bilan n’est pas encore arrivé." in await page.inner_text("main")
        assert "Formation en cours jusqu’au" in await page.inner_text("main")
        await transmit(desk, "P-ADAM")
        await page.reload()
        await assert_sound(page)
        link = await page.get_attribute("text=Télécharger mon bilan de formation", "href")
        answer = await page.context.request.get(f"{desk.url}{link}")
        assert answer.headers["content-type"] == "application/pdf"
        await page.click("text=Lire le bilan à l’écran")
        assert await page.inner_text("h1") == "Mon bilan de formation"
        assert "Brasage" in await page.inner_text("main")
        await assert_sound(page)


async def test_a_job_seeker_never_sees_that_there_is_a_draft(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, SEEKER) as page:
        before = await page.content()
        now = present()
        form = a_form(objective="Mot-secret")
        await acts.save_report_draft(
            desk.running.services, staff(), "P-ADAM", form, None, now=now, today=paris_day(now)
        )
        await page.reload()
        after = await page.content()
        assert "Mot-secret" not in after
        assert "DRAFT" not in after
        assert "Brouillon" not in after
        assert len(before) == len(after)


async def test_what_is_anothers_does_not_exist(browser: Browser, desk: Served) -> None:
    await transmit(desk, "P-GARCIA")
    found = await desk.ask(staff(), "{ transmittedReports { nodes { id } } }")
    report = found["transmittedReports"]["nodes"][0]["id"]
    assert trainee().key == JOB_SEEKER
    async with seated(browser, desk.url, SEEKER) as page:
        for address in (f"/mes-formations/{report}", f"/mes-formations/{report}/pdf", f"/recus/{report}"):
            answer = await page.goto(address)
            assert answer
            assert answer.status in (403, 404)


async def test_an_adviser_is_told_while_the_page_is_open_and_opening_is_reading(
    browser: Browser, desk: Served
) -> None:
    async with seated(browser, desk.url, ADVISER) as page:
        async with page.expect_response(lambda answer: answer.url.endswith("/recus/direct")):
            await page.goto("/recus")
        assert "ils arriveront ici d’eux-mêmes" in await page.inner_text("main")
        await transmit(desk, "P-GARCIA")
        line = page.get_by_role("status")
        await line.get_by_text("Nouveau bilan : GARCIA Inès").wait_for(timeout=10_000)
        await assert_sound(page)
        await page.goto("/recus")
        assert (await page.title()).startswith("1 bilan non lu")
        await page.click("tbody a >> nth=0")
        assert await page.inner_text("h1") == "Bilan de GARCIA Inès"
        async with asyncio.timeout(30):  # that it was read is written down a moment later
            while "Tous les bilans sont lus." not in await page.inner_text("main"):
                await page.goto("/recus?non-lus=1")


async def test_without_scripts_the_list_is_asked_again(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, ADVISER, scripts=False) as page:
        await transmit(desk, "P-GARCIA")
        await page.click("text=Actualiser")
        assert "GARCIA Inès" in await page.inner_text("tbody")
        await page.goto("/attendus")
        assert "BELKACEM Nadia" in await page.inner_text("tbody")


async def test_a_person_is_found_by_name_and_shows_what_is_to_do_and_done(browser: Browser, desk: Served) -> None:
    await transmit(desk, "P-GARCIA")
    for who in (STAFF, ADVISER):
        async with seated(browser, desk.url, who) as page:
            await page.goto("/demandeurs")
            await page.fill("#recherche", "inès garcia")
            await submitted(page, "main >> text=Rechercher >> nth=-1")
            assert "garcia" not in page.url.lower()
            await page.click("text=GARCIA Inès")
            assert "Transmis le" in await page.inner_text("main")
            await assert_sound(page)
