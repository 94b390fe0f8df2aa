"""Nothing typed on a page is ever lost: whatever happens between the first letter and the last click."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from playwright.async_api import expect

from demo.loading import story_plans
from demo.story import OTHER_ORGANIZATION
from service.clock import present
from tests.desk.browsing import CHROMIUM, STAFF, assert_sound, seated
from tests.desk.reports import SEEN, form_of, new_plan, posts, stored, written
from tests.desk.test_door import signed_in
from tests.desk.test_report_form import fields_of

if TYPE_CHECKING:
    from playwright.async_api import Browser, Route

    from tests.service import Served


async def test_a_session_that_ends_is_taken_up_by_itself_after_signing_in_again(
    browser: Browser, one_desk: Served
) -> None:
    plan = await new_plan(one_desk, "SIGNED-OUT")
    async with seated(browser, one_desk.url, STAFF) as page:
        await page.clock.install()
        await page.goto(form_of(plan))
        await page.context.clear_cookies()
        await written(page, "Une heure de travail.")
        await page.clock.fast_forward(11_000)
        await expect(page.locator("#etat")).to_contain_text("Votre session est terminée", timeout=SEEN)
        async with page.context.expect_page() as opened:
            await page.click("#etat a")
        tab = await opened.value
        await tab.click(f"button:has-text('{STAFF}')")
        await tab.wait_for_url(lambda at: "/connexion" not in at)
        await tab.close()
        await page.bring_to_front()
        await page.evaluate("dispatchEvent(new Event('focus'))")  # a headless browser has no window to come back to
        await expect(page.locator("#etat")).to_contain_text("Brouillon enregistré à", timeout=SEEN)
    assert (await stored(one_desk, plan))["report"]["form"]["objective"] == "Une heure de travail."


async def test_a_closed_laptop_saves_when_it_is_opened_again(browser: Browser, one_desk: Served) -> None:
    plan = await new_plan(one_desk, "LAPTOP")
    async with seated(browser, one_desk.url, STAFF) as page:
        await page.clock.install()
        await page.goto(form_of(plan))
        await page.context.set_offline(True)
        await written(page, "Dans le train.")
        await page.clock.fast_forward(11_000)
        await expect(page.locator("#etat")).to_contain_text("Hors connexion", timeout=SEEN)
        await page.clock.pause_at(
            present().replace(year=2030)
        )  # no timer runs from here: the line coming back does it
        await page.context.set_offline(False)
        await expect(page.locator("#etat")).to_contain_text("Brouillon enregistré à", timeout=SEEN)
    assert (await stored(one_desk, plan))["report"]["form"]["objective"] == "Dans le train."


async def test_two_clicks_save_once_and_transmit_once_and_a_reload_sends_nothing(
    browser: Browser, one_desk: Served
) -> None:
    for scripts in (True, False):
        plan = await new_plan(one_desk, f"TWICE-{scripts}")
        async with seated(browser, one_desk.url, STAFF, scripts=scripts) as page:
            sent = posts(page)
            await page.goto(form_of(plan))
            await written(page, "Deux fois.")
            await page.select_option("#situation", "EMPLOI_CDI")
            await page.check("#stage-non")
            await page.dblclick("text=Enregistrer brouillon")
            await expect(page.locator(".notice.news h2")).to_contain_text("Brouillon enregistré", timeout=SEEN)
            assert (await stored(one_desk, plan))["report"]["version"] == 1
            assert len(sent) == 1 or not scripts
            await page.click(".bar >> text=Transmettre")
            await expect(page.locator("h1")).to_have_text("Vérifier avant de transmettre", timeout=SEEN)
            sent.clear()
            await page.dblclick("text=Transmettre ce bilan")
            await expect(page.locator(".notice.good h2")).to_have_text("Bilan transmis", timeout=SEEN)
            assert len(sent) == 1 or not scripts
            sent.clear()
            await page.reload()
            await expect(page.locator(".notice.good h2")).to_have_text("Bilan transmis", timeout=SEEN)
            assert sent == []
        found = await stored(one_desk, plan)
        assert len(found["numbers"]) == 1, "transmitted, and announced, once"
        assert not found.get("earlier_reports")


async def test_of_two_tabs_the_second_shows_both_answers(browser: Browser, one_desk: Served) -> None:
    plan = await new_plan(one_desk, "TABS")
    async with seated(browser, one_desk.url, STAFF) as first:
        second = await first.context.new_page()
        await second.clock.install()
        await first.goto(form_of(plan))
        await second.goto(form_of(plan))
        await written(first, "Du premier onglet.")
        await first.click("text=Enregistrer brouillon")
        await expect(first.locator(".notice.news")).to_be_visible(timeout=SEEN)
        await written(second, "Du second.")
        await second.clock.fast_forward(11_000)
        await expect(second.locator("#etat")).to_contain_text("modifié entre-temps", timeout=SEEN)
        await second.click("text=Enregistrer brouillon")
        await expect(second.locator("h1")).to_have_text("Ce brouillon a été modifié entre-temps", timeout=SEEN)
        for text in ("Du premier onglet.", "Du second."):
            assert text in await second.inner_text("fieldset.difference")
        await second.click("text=Garder mes réponses")
        await expect(second.locator(".notice.news")).to_be_visible(timeout=SEEN)
    assert (await stored(one_desk, plan))["report"]["form"]["objective"] == "Du second."


async def test_back_shows_what_was_saved_and_saves_over_it(browser: Browser, one_desk: Served) -> None:
    plan = await new_plan(one_desk, "BACK")
    async with seated(browser, one_desk.url, STAFF) as page:
        await page.goto(form_of(plan))
        await written(page, "Avant.")
        await page.click("text=Enregistrer brouillon")
        await expect(page.locator(".notice.news")).to_be_visible(timeout=SEEN)
        await page.goto("/tableau-de-bord")
        await page.go_back()
        assert await page.input_value("#objectif") == "Avant."
        await page.go_back()
        assert await page.input_value("#objectif") == "Avant."
        assert await page.input_value("[name=version]") == "1"
        await written(page, "Après.")
        await page.click("text=Enregistrer brouillon")
        await expect(page.locator(".notice.news")).to_be_visible(timeout=SEEN)
    assert (await stored(one_desk, plan))["report"]["form"]["objective"] == "Après."


async def test_a_page_that_the_browser_kept_whole_is_asked_for_again(browser: Browser, one_desk: Served) -> None:
    plan = await new_plan(one_desk, "KEPT-WHOLE")
    keeping = await browser.browser_type.launch(
        executable_path=CHROMIUM, args=["--no-sandbox"], ignore_default_args=["--disable-back-forward-cache"]
    )
    async with signed_in(one_desk) as marie, seated(keeping, one_desk.url, STAFF) as page:
        said = list[str]()
        page.on("console", lambda line: said.append(line.text))
        await page.add_init_script("addEventListener('pageshow', (each) => console.log(`kept ${each.persisted}`))")
        await page.goto("/brouillons")
        await page.goto("/aide")
        path = form_of(plan)
        saved = await marie.post(path, data=await fields_of(marie, path) | {"faire": "enregistrer"})
        assert saved.status_code == 303
        await page.go_back()
        await expect(page.locator(f"a[href='{path}']")).to_be_visible(timeout=SEEN)
        assert "kept true" in said, "the browser brought back the page of before"
    await keeping.close()


async def test_what_is_being_saved_when_one_transmits_is_waited_for(browser: Browser, one_desk: Served) -> None:
    plan = await new_plan(one_desk, "MEANWHILE")
    held, go_on = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        if "application/json" in (route.request.headers.get("accept") or "") and not held.is_set():
            held.set()
            await go_on.wait()
        await route.continue_()

    async with seated(browser, one_desk.url, STAFF) as page:
        await page.clock.install()
        await page.goto(form_of(plan))
        await page.route("**/bilans/*", hold)
        await page.select_option("#situation", "EMPLOI_CDI")
        await page.check("#stage-non")
        await page.clock.fast_forward(11_000)
        await held.wait()
        await written(page, "Au dernier moment.")
        await page.click(".bar >> text=Transmettre")
        await expect(page.locator("#etat")).to_have_text("Envoi…", timeout=SEEN)
        go_on.set()
        await expect(page.locator("h1")).to_have_text("Vérifier avant de transmettre", timeout=SEEN)
        assert "Au dernier moment." in await page.inner_text("main")
    assert (await stored(one_desk, plan))["report"]["version"] == 2


async def test_a_plan_that_is_taken_away_meanwhile_gives_back_what_was_typed(
    browser: Browser, one_desk: Served
) -> None:
    plan = await new_plan(one_desk, "AWAY")
    theirs = next(each for each in story_plans(present()) if each.organization.siret == OTHER_ORGANIZATION)
    async with seated(browser, one_desk.url, STAFF) as page:
        await page.goto(form_of(plan))
        await new_plan(one_desk, "AWAY", organization=theirs.organization, session=theirs.session)
        await written(page, "Écrit pour rien ?")
        await page.click("text=Enregistrer brouillon")
        await expect(page.locator("h1")).to_have_text("Page introuvable", timeout=SEEN)
        assert "Écrit pour rien ?" in await page.inner_text("dl.answers")
        assert "Objectif de la formation" in await page.inner_text("dl.answers")
        await assert_sound(page)
        await new_plan(one_desk, "AWAY")
        await page.click("text=Renvoyer")
        await expect(page.locator(".notice.news")).to_be_visible(timeout=SEEN)
    assert (await stored(one_desk, plan))["report"]["form"]["objective"] == "Écrit pour rien ?"


async def test_days_are_shown_whole_and_a_file_with_its_size(browser: Browser, one_desk: Served) -> None:
    async with seated(browser, one_desk.url, STAFF) as page:
        await page.goto("/sessions")
        for typed, shown in (
            ("1/9/26", "01/09/2026"),
            ("01092026", "01/09/2026"),
            ("2026-09-01", "01/09/2026"),
            ("hier", "hier"),
        ):
            await page.fill("#du", typed)
            await page.press("#du", "Tab")
            assert await page.input_value("#du") == shown
        await page.goto("/sessions?q=frigoriste")
        await page.click("tbody a >> nth=0")
        await page.click("text=Saisir toute la session")
        await page.set_input_files("#fichier", {"name": "modele.csv", "mimeType": "text/csv", "buffer": b"x" * 3000})
        await expect(page.locator("#fichier + [role=status]")).to_have_text("modele.csv, 3\N{NO-BREAK SPACE}Ko")
