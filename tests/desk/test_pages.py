"""Every page, in each of its states: what holds of all of them, at every width, with scripts and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.browsing import ADVISER, NARROW, PHONE, SEEKER, STAFF, WIDE, assert_sound, seated

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.service import Served

PAGES = [
    (None, "/connexion"),
    (None, "/deconnexion"),
    (STAFF, "/tableau-de-bord"),
    (STAFF, "/tableau-de-bord?plan-du=30/02/2026&brouillon-au=x"),
    (STAFF, "/tableau-de-bord?plan-du=01/01/2001&plan-au=02/01/2001"),
    (STAFF, "/sessions?financement=oui"),
    (STAFF, "/sessions?du=1/9/26&au=31.12.2026&tri=-ville"),
    (STAFF, "/sessions?du=30/02/2026&au=x"),
    (STAFF, "/sessions?q=rien-de-tel"),
    (STAFF, "/sans-referencement"),
    (STAFF, "/sans-referencement?du=1/1/2001&au=2/1/2001"),
    (STAFF, "/brouillons"),
    (STAFF, "/brouillons?du=hier"),
    (STAFF, "/rien-de-tel"),
    (SEEKER, "/tableau-de-bord"),
    (SEEKER, "/mes-formations"),
    (STAFF, "/demandeurs"),
    (STAFF, "/transmis"),
    (STAFF, "/transmis?du=demain"),
    (ADVISER, "/recus"),
    (ADVISER, "/recus?non-lus=1"),
    (ADVISER, "/attendus"),
    (ADVISER, "/attendus?obligatoires=oui&du=1/1/2001&au=2/1/2001"),
    (ADVISER, "/demandeurs"),
    (None, "/aide"),
    (None, "/accessibilite"),
    (None, "/donnees-personnelles"),
    (ADVISER, "/sessions"),
]
"""Who, and an address; a page that is added has its rows here, errors and emptiness included."""


@pytest.mark.parametrize("width", [WIDE, PHONE, NARROW])
async def test_every_page_is_sound(browser: Browser, desk: Served, width: int) -> None:
    for who in dict.fromkeys(who for who, _ in PAGES):
        async with seated(browser, desk.url, who, width=width) as page:
            for address in (address for whose, address in PAGES if whose == who):
                await page.goto(address)
                await assert_sound(page)


async def test_from_a_counter_to_the_people_of_a_session(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF, scripts=False) as page:
        await page.click("text=sessions de formation financées par France Travail")
        await page.fill("#q", "assistant de vie")
        await page.click("text=Appliquer")
        assert await page.locator("tbody tr").count() == 1
        await page.click("tbody a >> nth=0")
        assert await page.locator("tbody tr").count() == 3
        assert "BELKACEM Nadia" in await page.inner_text("tbody")


async def test_a_table_is_sorted_by_its_heads_and_says_so(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF, scripts=False) as page:
        await page.goto("/sessions")
        for direction in ("ascending", "descending"):
            await page.click("thead >> text=Ville")
            assert await page.get_attribute("th:has-text('Ville')", "aria-sort") == direction
            towns = await page.locator("td[data-label=Ville]").all_inner_texts()
            assert towns == sorted(towns, key=str.casefold, reverse=direction == "descending")


async def test_a_search_for_a_person_leaves_no_name_in_any_address(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        asked = list[str]()
        page.on("request", lambda request: asked.append(request.url))
        await page.goto("/sans-referencement")
        await page.fill("#recherche", "rouss")
        await page.click("text=Rechercher >> nth=-1")
        assert "ROUSSEL Amélie" in await page.inner_text("tbody")
        assert await page.locator("tbody tr").count() == 1
        assert await page.input_value("#recherche") == "rouss"
        assert not [address for address in asked if "rouss" in address.lower()]


async def test_a_wrong_day_is_shown_back_and_the_focus_goes_to_the_summary(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        await page.goto("/sessions")
        await page.fill("#du", "30/02/2026")
        await page.click("text=Appliquer")
        assert await page.input_value("#du") == "30/02/2026"
        assert (await page.title()).startswith("Erreur : ")
        assert await page.evaluate("document.activeElement.id") == "erreurs"
        await page.click("#erreurs a")
        assert await page.evaluate("document.activeElement.id") == "du"
