"""A whole session goes out as a spreadsheet and comes back as drafts; wrong lines are told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from playwright.async_api import expect

from tables.template import ROWS
from tests.desk.browsing import STAFF, assert_sound, seated
from tests.desk.grid import PEOPLE, give_back, grid_path, open_grid, template
from tests.desk.reports import SEEN
from tests.desk.test_door import signed_in
from tests.whole_session.workbook import content_of, fill

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.service import Served


async def test_a_spreadsheet_goes_out_and_comes_back_as_drafts(desk: Served) -> None:
    async with signed_in(desk) as marie:
        path = await grid_path(marie)
        book = await template(marie, path)
        for line in range(2, PEOPLE + 2):
            fill(book[ROWS], line, objective="Écrit dans le tableur.", exit_situation_code="EMPLOI_CDI")
        answer = await give_back(marie, path, content_of(book))
        assert answer.headers["Location"].endswith(f"{path}?fait=tableur&n={PEOPLE}")
        html = (await marie.get(answer.headers["Location"])).text
        assert html.count('<option value="EMPLOI_CDI" selected>') == PEOPLE
        assert "Écrit dans le tableur." in html
        assert "Rien n’est transmis" in html


async def test_how_much_of_a_file_has_left_is_seen(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        await open_grid(page)
        line = await page.context.new_cdp_session(page)
        slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
        await line.send("Network.enable")
        await line.send("Network.emulateNetworkConditions", slow)
        file = {"name": "modele.csv", "mimeType": "text/csv", "buffer": b"n;o\n" * 300_000}
        await page.set_input_files("#fichier", file)  # type: ignore[arg-type]
        await page.click("text=Déposer le fichier")
        bar = page.locator("progress[value]")
        async with asyncio.timeout(60):
            while not await bar.evaluate("bar => bar.value > 0 && bar.value < bar.max"):
                pass
        assert await page.inner_text(".upload [role=status]") == "Envoi du fichier…"
        await expect(page.locator("#erreurs h2")).to_contain_text("plus de 1000 lignes", timeout=SEEN)
        assert page.url.endswith("/saisie/tableur")
        await expect(page.locator("#erreurs")).to_be_focused()
        await assert_sound(page)
        await page.goto(page.url.removesuffix("/tableur"))
        await page.fill("#duree-1", "123")
        await page.set_input_files("#fichier", file)  # type: ignore[arg-type]
        for _ in range(2):
            async with page.expect_event("dialog") as asked:
                await page.click("text=Déposer le fichier", no_wait_after=True)
            await (await asked.value).dismiss()
            await expect(page.locator("button[form=depot]")).not_to_have_attribute("aria-disabled", "true")
            assert await page.input_value("#duree-1") == "123"


async def test_wrong_lines_of_a_spreadsheet_are_told_and_the_right_ones_may_be_kept(
    browser: Browser, desk: Served
) -> None:
    async with signed_in(desk) as marie:
        book = await template(marie, await grid_path(marie))
    for line in range(2, PEOPLE + 2):
        fill(book[ROWS], line, objective="Souder.", exit_situation_code="EMPLOI_CDI")
    fill(book[ROWS], 3, duration_hours="beaucoup")
    async with seated(browser, desk.url, STAFF) as page:
        grid = await open_grid(page)
        file = {"name": "modele.xlsx", "mimeType": "application/octet-stream", "buffer": content_of(book)}
        await page.set_input_files("#fichier", file)  # type: ignore[arg-type]
        await page.click("text=Déposer le fichier")
        await expect(page.locator("tbody")).to_contain_text("Ligne 3")
        await expect(page.locator("tbody")).to_contain_text("beaucoup")
        await assert_sound(page)
        await page.click("text=Garder les 2 lignes justes")
        await expect(page.locator(".notice.news h2")).to_have_text("2\N{NO-BREAK SPACE}lignes reprises du tableur")
        assert await page.locator("select[id^=situation] option[value=EMPLOI_CDI][selected]").count() == PEOPLE - 1
        await page.goto(f"{grid}/tableur")
        await page.click("text=Déposer le fichier")
        await expect(page.locator("#erreurs h2")).to_have_text(
            "Aucun fichier n’est joint\N{NO-BREAK SPACE}: choisissez le modèle rempli."
        )
