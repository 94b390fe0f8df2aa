"""Makes a picture of every page in each of its states, from a service of its own: `just pictures`.

All, at two widths, are left in `build/pictures`; those that the documentation shows are in `docs/pictures`.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PIL import Image
from playwright.async_api import async_playwright

from tests.desk.browsing import CHROMIUM, NO_BROWSER, PHONE, WIDE
from tests.desk.places import walk

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

ROOT = Path(__file__).parents[2]
ALL, KEPT = ROOT / "build" / "pictures", ROOT / "docs" / "pictures"
SHOWN = {
    *(
        f"{name}-{WIDE}"
        for name in ("tableau-de-bord", "bilan-a-revoir", "grille-enregistree", "statistiques", "recus")
    ),
    f"mes-formations-{PHONE}",
}
COLOURS = 128


async def take(browser: Browser, url: str, width: int) -> None:
    """Take all pictures at a width."""
    async for place, page in walk(browser, url, width=width):
        await page.wait_for_load_state("networkidle")
        await photograph(page, width, f"{place.name}-{width}")


async def photograph(page: Page, width: int, name: str) -> None:
    """Take a whole page, on a screen as high as it, so that what sticks to the foot of the screen is at its foot."""
    height = await page.evaluate("document.documentElement.scrollHeight")
    await page.set_viewport_size({"width": width, "height": height})
    await page.screenshot(path=ALL / f"{name}.png")
    await page.set_viewport_size({"width": width, "height": 800})
    if name in SHOWN:
        with Image.open(ALL / f"{name}.png") as picture:
            few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            few.save(KEPT / f"{name}.png", optimize=True)


async def main(url: str, width: int) -> None:
    """Open the browser and take them."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        await take(browser, url, width)
        await browser.close()


def served(width: int) -> None:
    """Run a service of its own on a free port for the pictures of a width, which transmit reports."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "main.py"), "serve", "--demo", "--port", "0"]
        told = {"BILANS_DATA_DIR": folder, "BILANS_LOG_FORMAT": "json", "BILANS_WEBHOOK_LOOPBACK": "true"}
        environment = {**os.environ, **told}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as service:  # noqa: S603 - our own service
            try:
                line = next(line for line in service.stdout or () if "listens on" in line)
                found = re.search(r"http://[\d.:]+", line)
                asyncio.run(main(found[0] if found else line, width))
            finally:
                service.terminate()


if __name__ == "__main__":
    if not CHROMIUM:
        sys.exit(NO_BROWSER)
    for folder in (ALL, KEPT):
        folder.mkdir(parents=True, exist_ok=True)
    for wanted in map(int, sys.argv[1:] or (str(WIDE), str(PHONE))):
        served(wanted)
