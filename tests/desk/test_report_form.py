"""Writing a report as a person does: by keyboard, with scripts and without, and never losing what was typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.desk.browsing import STAFF, assert_sound, seated
from tests.desk.test_door import field, signed_in

if TYPE_CHECKING:
    import httpx
    from playwright.async_api import Browser, Page

    from tests.service import Served

COURSE = "Assistant de vie"
ANSWERS = {"situation": "EMPLOI_CDI", "stage": "non", "diplome": "oui"}
PEOPLE = ("BELKACEM Nadia", "CŒUR François-Xavier", "DIALLO Aïssatou")


async def open_form(page: Page, who: str = PEOPLE[0]) -> str:
    await page.goto("/sessions?q=assistant+de+vie")
    await page.click("tbody a >> nth=0")
    await page.click(f"tr:has-text('{who}') a")
    await page.wait_for_load_state()
    return page.url


async def form_path(client: httpx.AsyncClient, who: str = PEOPLE[0]) -> str:
    sessions = await client.get("/sessions?q=assistant+de+vie")
    people = await client.get(re.findall(r'href="(/sessions/[^"?]+)"', sessions.text)[0])
    row = people.text[people.text.index(who) :]
    return str(re.findall(r'href="(/bilans/[^"]+)"', row)[0])


async def fields_of(client: httpx.AsyncClient, path: str) -> dict[str, str]:
    """Read the form as a browser does; radios and lists are added by the test."""
    html = (await client.get(path)).text
    found = dict(re.findall(r'<input(?! type="radio")[^>]*? name="([^"]+)" value="([^"]*)"', html))
    found |= {name: text.strip() for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n([^<]*)<', html)}
    lists = re.findall(r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL)
    for name, options in lists:
        chosen = re.search(r'value="([^"]+)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found | {"certifiante": "oui"}


async def test_a_report_is_transmitted_by_keyboard_alone(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF, scripts=False) as page:
        await open_form(page)
        await page.focus("#situation")
        await page.keyboard.type("En emploi : CDI")
        await page.focus("#stage-non")
        await page.keyboard.press("Space")
        await page.focus(".bar button.main")
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("Vérifier avant de transmettre")
        assert "Claire Dubois" in await page.inner_text("main")
        await page.focus("button.main")
        await page.keyboard.press("Enter")
        await expect(page.locator(".notice.good h2")).to_have_text("Bilan transmis")
        sent = page.url
        await page.reload()
        assert page.url == sent
        address = await page.get_attribute("a:has-text('Télécharger le bilan')", "href")
        paper = await page.context.request.get(f"{desk.url}{address}")
        assert (await paper.body()).startswith(b"%PDF")


async def test_all_that_is_wrong_is_told_at_once_with_links_to_the_fields(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        await open_form(page)
        await page.check("#stage-oui")
        for name, value in (("entreprise", "Aide 59"), ("lieu", "Lens"), ("siret", "123 456 789 01234")):
            await page.fill(f"#{name}", value)
        await page.fill("#periode-1-du", "1/9/26")
        await page.fill("#periode-1-au", "30/11/2027")
        await page.click(".bar >> text=Transmettre")
        await expect(page.locator("#erreurs-titre")).to_have_text(
            "Le bilan n’est pas transmis\N{NO-BREAK SPACE}: 3 réponses sont à revoir"
        )
        assert (await page.title()).startswith("Erreur : ")
        assert await page.evaluate("document.activeElement.id") == "erreurs"
        links = page.locator("#erreurs a")
        assert [await links.nth(at).get_attribute("href") for at in range(3)] == [
            "#siret",
            "#periode-1-au",
            "#situation",
        ]
        for at in range(3):
            words = await links.nth(at).inner_text()
            target = (await links.nth(at).get_attribute("href") or "").removeprefix("#")
            await links.nth(at).click()
            assert await page.evaluate("document.activeElement.id") == target
            assert await page.inner_text(f"#{target}-erreur") == words
        assert await page.input_value("#siret") == "123 456 789 01234"
        await assert_sound(page)


async def test_what_is_no_day_is_shown_back_and_the_rest_is_saved(desk: Served) -> None:
    async with signed_in(desk) as marie:
        path = await form_path(marie)
        typed = await fields_of(marie, path)
        typed |= ANSWERS | {
            "stage": "oui",
            "periode-1-du": "30/02/2026",
            "periode-1-au": "2026-09-01",
            "objectif": "Aider.",
        }
        answer = await marie.post(path, data=typed | {"faire": "enregistrer"})
        assert answer.status_code == 422
        assert field(answer.text, "periode-1-du") == "30/02/2026"
        assert "sauf ce qui est à revoir" in answer.text
        assert (await fields_of(marie, path))["objectif"] == "Aider."


@pytest.mark.parametrize(
    ("name", "typed", "shown"),
    [
        ("duree", "14,5", "14,5"),
        ("duree", "beaucoup", "beaucoup"),
        ("suivies", "x", "x"),
        ("duree", "9" * 40, "9" * 40),
    ],
)
async def test_what_is_no_number_of_hours_is_shown_back(desk: Served, name: str, typed: str, shown: str) -> None:
    async with signed_in(desk) as marie:
        path = await form_path(marie)
        answer = await marie.post(path, data=await fields_of(marie, path) | {name: typed, "faire": "enregistrer"})
        assert answer.status_code == 422
        assert field(answer.text, name) == shown


async def test_periods_are_added_and_taken_away_without_scripts(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF, scripts=False) as page:
        await open_form(page)
        await page.check("#stage-oui")
        await page.fill("#periode-1-du", "1/8/26")
        await page.click("text=Ajouter une période")
        await page.fill("#periode-2-du", "01/09/2026")
        await page.click("[value=retirer-periode-1]")
        assert await page.locator(".period").count() == 1
        assert await page.input_value("#periode-1-du") == "01/09/2026"


async def test_periods_are_added_and_taken_away_at_once_with_scripts(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        address = await open_form(page)
        await page.check("#stage-oui")
        await page.fill("#periode-1-du", "1/8/26")
        await page.click("text=Ajouter une période")
        assert await page.evaluate("document.activeElement.id") == "periode-2-du"
        await page.fill("#periode-2-du", "01/09/2026")
        await page.fill("#periode-2-au", "02/09/2026")
        await page.click("[value=retirer-periode-1]")
        assert await page.input_value("#periode-1-du") == "01/09/2026"
        await page.click("text=Enregistrer brouillon")
        await expect(page.locator(".notice.news")).to_be_visible()
        await page.goto(address)
        assert await page.input_value("#periode-1-au") == "02/09/2026"


async def test_a_certification_is_found_with_a_button_and_a_choice(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF, scripts=False) as page:
        await open_form(page)
        await page.fill("#certification", "frigoriste")
        await page.click("text=Chercher")
        await page.check(".matches input >> nth=0")
        await page.click("text=Enregistrer brouillon")
        assert "rigoriste" in await page.input_value("#certification")


async def test_a_certification_is_found_as_one_types(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        await open_form(page)
        assert not await page.is_visible("text=Chercher")
        await page.fill("#certification", "frigoriste")
        await expect(page.locator("[role=option]").first).to_be_visible()
        await assert_sound(page)
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        assert "rigoriste" in await page.input_value("#certification")
        assert (await page.input_value("[name=certification]")).startswith("RNCP")


async def test_a_draft_is_thrown_away_after_one_is_asked(desk: Served) -> None:
    async with signed_in(desk) as marie:
        path = await form_path(marie)
        await marie.post(path, data=await fields_of(marie, path) | {"objectif": "À jeter.", "faire": "enregistrer"})
        page = (await marie.get(f"{path}/supprimer")).text
        gone = await marie.post(
            f"{path}/supprimer", data={"jeton": field(page, "jeton"), "version": field(page, "version")}
        )
        assert gone.status_code == 303
        assert "À jeter." not in (await marie.get(path)).text
        assert (await marie.get(f"{path}/supprimer")).status_code == 404


async def test_the_pdf_of_what_stands_on_the_screen_is_given_without_saving(desk: Served) -> None:
    async with signed_in(desk) as marie:
        path = await form_path(marie)
        answer = await marie.post(path, data=await fields_of(marie, path) | {"objectif": "Aperçu.", "faire": "pdf"})
        assert answer.status_code == 303
        assert (await marie.get(answer.headers["Location"])).content.startswith(b"%PDF")
        assert "Aperçu." not in (await marie.get(path)).text


async def test_free_text_is_text(desk: Served) -> None:
    async with signed_in(desk) as marie:
        path = await form_path(marie)
        text = "</textarea><script>alert(1)</script>"
        await marie.post(
            path, data=await fields_of(marie, path) | ANSWERS | {"objectif": text, "faire": "enregistrer"}
        )
        for address in (path, f"{path}/verifier"):
            assert "<script>alert" not in (await marie.get(address)).text


async def test_reports_of_others_and_odd_forms_are_no_fault(desk: Served) -> None:
    async with signed_in(desk, "1") as marie, signed_in(desk, "2") as antoine:
        path = await form_path(marie)
        token = field((await antoine.get("/brouillons")).text, "jeton")
        for end in ("", "/verifier", "/transmis", "/supprimer", "/corriger", "/pdf"):
            assert (await antoine.get(path + end)).status_code == 404
            assert (await marie.get(f"/bilans/rien{end}")).status_code == 404
        assert (await antoine.post(path, data={"jeton": token, "faire": "enregistrer"})).status_code == 404
        good = field((await marie.get(path)).text, "jeton")
        for odd in (
            {"faire": "retirer-periode-9999999999"},
            {"faire": "rien", "version": "x" * 100},
            {"faire": "enregistrer", "certifiante": "peut-être", "periode-999-du": "x", "modalite": "é" * 500},
            {"faire": "chercher", "certification-recherche": "é" * 5000},
            {"faire": "transmettre", "version": "99999999999999"},
        ):
            answer = await marie.post(path, data={"jeton": good, **odd})
            assert answer.status_code in {200, 303, 409, 422}
