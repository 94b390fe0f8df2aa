"""The page on which a whole session is written: in a browser, as a form, as a spreadsheet."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import openpyxl
from playwright.async_api import expect

from tests.desk.test_door import field

if TYPE_CHECKING:
    import httpx
    from playwright.async_api import Page

PEOPLE = 3
COMMON = {
    "modalite": "0",
    "certifiante": "non",
    "niveau": "13",
    "stage": "non",
    "objectif": "Aider.",
    "contenu": "Lire.",
}


async def open_grid(page: Page) -> str:
    await page.goto("/sessions?q=assistant+de+vie")
    await page.click("tbody a >> nth=0")
    await page.click("text=Saisir toute la session")
    await expect(page.locator("h1")).to_have_text("Saisir toute la session")
    return page.url


async def answer_in_common(page: Page) -> None:
    details = page.locator(".common details")
    if await details.get_attribute("open") is None:
        await page.click(".common summary")
    await page.select_option("#modalite", index=1)
    await page.check("#certifiante-non")
    await page.select_option("#niveau", index=1)
    await page.check("#stage-non")
    await page.fill("#objectif", "Aider.")
    await page.fill("#contenu", "Lire.")


async def answer_each(page: Page, *numbers: int) -> None:
    for number in numbers:
        await page.fill(f"#duree-{number}", "600")
        await page.select_option(f"#situation-{number}", "EMPLOI_CDI")


async def grid_path(client: httpx.AsyncClient) -> str:
    sessions = await client.get("/sessions?q=assistant+de+vie")
    found = re.findall(r'href="(/sessions/[^"?]+)"', sessions.text)
    return f"{found[0]}/saisie"


async def fields_of(client: httpx.AsyncClient, path: str) -> dict[str, str]:
    """Read what a browser would send back of the grid, with all that is common answered."""
    html = (await client.get(path)).text
    found = dict(re.findall(r'<input(?! type="radio")[^>]*? name="([^"]+)" value="([^"]*)"', html))
    lists = re.findall(r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL)
    for name, options in lists:
        chosen = re.search(r'value="([^"]+)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found | {**COMMON, "modalite": found["modalite"] or "0"}


async def template(client: httpx.AsyncClient, path: str) -> openpyxl.Workbook:
    answer = await client.get(f"{path}/modele", follow_redirects=True)
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


async def give_back(client: httpx.AsyncClient, path: str, content: bytes) -> httpx.Response:
    data = {"jeton": field((await client.get(path)).text, "jeton"), "faire": "deposer"}
    return await client.post(f"{path}/tableur", data=data, files={"fichier": ("modele.xlsx", content)})
