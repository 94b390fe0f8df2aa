"""What is printed of a page: all that is read, nothing that is pressed, and by whom and when."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pypdf import PdfReader

from tests.desk.browsing import STAFF, seated
from tests.desk.places import link

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from tests.service import Served

LISTS = ("/sessions", "/sans-referencement", "/brouillons", "/en-cours", "/transmis", "/statistiques")
PRESSED = "button, .button, header, footer, .trail, .filter, .exports, .bar, .action"
SHOWN = """pressed => [...document.querySelectorAll(pressed)]
  .filter(each => each.checkVisibility()).map(each => each.outerHTML.slice(0, 120))"""
SPLIT = """() => [...document.querySelectorAll("tr")]
  .filter(each => getComputedStyle(each).breakInside !== "avoid").length"""


async def printed(page: Page) -> list[str]:
    """Print as the browser does; the text of each sheet."""
    sheets = PdfReader(io.BytesIO(await page.pdf(format="A4"))).pages
    return [" ".join(sheet.extract_text().split()) for sheet in sheets]


async def test_lists_are_printed_as_tables_without_what_is_pressed(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        for address in LISTS:
            await page.goto(address)
            await page.emulate_media(media="print")
            assert await page.evaluate(SHOWN, PRESSED) == [], address
            assert await page.evaluate(SPLIT) == 0
            heads = page.locator("thead")
            for at in range(await heads.count()):
                assert await heads.nth(at).evaluate("each => getComputedStyle(each).display") == "table-header-group"
            text = " ".join(await printed(page))
            assert "Édité le " in text
            assert "par Marie Lefebvre, Artois Compétences" in text
            assert "http" not in text
            await page.emulate_media(media="screen")


async def test_heads_stand_on_each_sheet(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        await page.goto("/sessions")
        await page.evaluate("""() => {
          const body = document.querySelector("tbody"), rows = [...body.children];
          for (let times = 0; times < 20; times += 1) body.append(...rows.map(row => row.cloneNode(true)));
        }""")
        sheets = await printed(page)
        assert len(sheets) > 2
        assert all("Intitulé de la formation" in sheet for sheet in sheets[:-1]), "the last may hold the foot alone"


async def test_a_form_is_printed_with_its_folded_parts(browser: Browser, desk: Served) -> None:
    for scripts in (True, False):
        async with seated(browser, desk.url, STAFF, scripts=scripts) as page:
            await page.goto("/sessions?q=assistant+de+vie")
            await link("Assistant de vie")(page)
            await link("Saisir le bilan")(page)
            assert not await page.is_visible("text=Raison sociale")
            text = " ".join(await printed(page))
            assert "Raison sociale" in text
            assert "Saint-Laurent-Blangy" in text
            assert "Enregistrer brouillon" not in text
            assert "Masquer" not in text
