"""Formations en cours: an absence, a wrong one, a correction, an exit, and taking them back; without scripts too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.story import lines
from domain.calendar import paris_day
from service.clock import present
from tests.desk.browsing import STAFF, assert_sound, seated, submitted

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.service import Served


def first_day() -> str:
    line = next(each for each in lines(paris_day(present())) if each["id"] == "P-MOREL")
    year, month, day = line["startsOn"].split("-")
    return f"{day}/{month}/{year}"


async def test_an_absence_is_entered_corrected_and_withdrawn(browser: Browser, desk: Served) -> None:
    day = first_day()
    async with seated(browser, desk.url, STAFF) as page:
        await page.click("nav >> text=Formations en cours")
        await page.click("tr:has-text('MOREL') >> text=Absences et sortie")
        await page.fill("#absence-du", day)
        await page.fill("#absence-au", "30/02/2026")
        await page.fill("#absence-heures", "beaucoup")
        await submitted(page, "text=Enregistrer l’absence")
        assert (await page.title()).startswith("Erreur : ")
        assert await page.input_value("#absence-au") == "30/02/2026"
        assert await page.locator("#erreurs a").count() == 2
        await assert_sound(page)

        await page.fill("#absence-au", day)
        await page.fill("#absence-heures", "3,5")
        await submitted(page, "text=Enregistrer l’absence")
        assert "L’absence est enregistrée." in await page.inner_text("main")
        assert f"Absence le {day}, 3,5" in await page.inner_text("main")
        await assert_sound(page)

        await page.click("main >> text=Corriger >> nth=0")
        assert await page.input_value("#absence-heures") == "3,5"
        await page.fill("#absence-heures", "7")
        await submitted(page, "button:has-text('Corriger l’absence')")
        assert "L’absence est corrigée." in await page.inner_text("main")
        await submitted(page, "button:has-text('Retirer')")
        assert "Aucune absence." in await page.inner_text("main")


async def test_an_exit_opens_the_report_and_is_withdrawn(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF, scripts=False) as page:
        await page.goto("/en-cours")
        await page.click("tr:has-text('MOREL') >> text=Absences et sortie")
        await submitted(page, "text=Enregistrer la sortie")
        assert await page.locator("#erreurs li").count() == 2
        await page.select_option("#sortie-genre", "abandon")
        await page.fill("#sortie-jour", first_day())
        await submitted(page, "text=Enregistrer la sortie")
        assert f"Abandon le {first_day()}" in await page.inner_text("main")
        assert await page.locator("main >> text=Saisir le bilan").count() == 1
        await submitted(page, "text=Retirer la sortie")
        assert "La formation va à son terme." in await page.inner_text("main")
