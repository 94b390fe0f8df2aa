"""Makes a picture of every page at two widths, from a service of its own with the demonstration: `just pictures`."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from playwright.async_api import async_playwright

from tests.desk.browsing import CHROMIUM, NO_BROWSER, PHONE, STAFF, WIDE, seated

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
FILLED = [
    "/sessions", "link:Assistant de vie", "link:Saisir le bilan",
    "fill:#situation=EMPLOI_CDI", "fill:#stage-non=", "button:Transmettre",
]  # fmt: skip
SHOWN = [
    ("connexion", None, ["/connexion"]),
    ("tableau-de-bord", STAFF, ["/tableau-de-bord"]),
    ("sessions", STAFF, ["/sessions?financement=oui"]),
    ("session", STAFF, ["/sessions", "link:Assistant de vie"]),
    ("sans-referencement", STAFF, ["/sans-referencement"]),
    ("brouillons", STAFF, ["/brouillons"]),
    ("statistiques", STAFF, ["/statistiques"]),
    ("bilan", STAFF, ["/sessions", "link:Assistant de vie", "link:Saisir le bilan"]),
    ("bilan-a-revoir", STAFF, ["/sans-referencement", "link:Saisir le bilan", "button:Transmettre"]),
    ("bilan-a-verifier", STAFF, [*FILLED]),
    ("bilan-transmis", STAFF, [*FILLED, "button:Transmettre ce bilan"]),
    ("bilan-a-corriger", STAFF, [*FILLED, "button:Transmettre ce bilan", "link:Corriger ce bilan"]),
]
"""The name of a picture, who looks, and the way there: addresses, links and buttons by their text, answers."""


async def take(browser: Browser, url: str, width: int) -> None:
    """Take all pictures at a width."""
    for name, who, way in SHOWN:
        async with seated(browser, url, who, width=width) as page:
            for step in way:
                await go(page, step)
            await page.wait_for_load_state("networkidle")
            await page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)


async def go(page: Page, step: str) -> None:
    """Take a step of a way."""
    kind, _, what = step.partition(":")
    if kind == "link":
        await page.click(f"a:has-text('{what}') >> nth=0")
    elif kind == "button":
        await page.click(f"main button:has-text('{what}') >> nth=-1")
        await page.wait_for_load_state("networkidle")
    elif kind == "fill":
        field, _, value = what.partition("=")
        await (page.select_option(field, value) if value else page.check(field))
    else:
        await page.goto(step)


async def main(url: str, width: int) -> None:
    """Open the browser and take them."""
    PICTURES.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        await take(browser, url, width)
        await browser.close()


def served(width: int) -> None:
    """Run a service of its own on a free port for the pictures of a width, which transmit reports."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "main.py"), "serve", "--demo", "--port", "0"]
        environment = {**os.environ, "BILANS_DATA_DIR": folder, "BILANS_LOG_FORMAT": "json"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as service:  # noqa: S603 - our own service
            try:
                told = next(line for line in service.stdout or () if "listens on" in line)
                found = re.search(r"http://[\d.:]+", told)
                asyncio.run(main(found[0] if found else told, width))
            finally:
                service.terminate()


if __name__ == "__main__":
    if not CHROMIUM:
        sys.exit(NO_BROWSER)
    for width in (WIDE, PHONE):
        served(width)
