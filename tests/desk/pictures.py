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
    from playwright.async_api import Browser

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
SHOWN = [
    ("connexion", None, ["/connexion"]),
    ("tableau-de-bord", STAFF, ["/tableau-de-bord"]),
    ("sessions", STAFF, ["/sessions?financement=oui"]),
    ("session", STAFF, ["/sessions", "link:Assistant de vie"]),
    ("sans-referencement", STAFF, ["/sans-referencement"]),
    ("brouillons", STAFF, ["/brouillons"]),
]
"""The name of a picture, who looks, and the way there: addresses, and links by their text."""


async def take(browser: Browser, url: str, width: int) -> None:
    """Take all pictures at a width."""
    for name, who, way in SHOWN:
        async with seated(browser, url, who, width=width) as page:
            for step in way:
                if step.startswith("link:"):
                    await page.click(f"a:has-text('{step.removeprefix('link:')}') >> nth=0")
                else:
                    await page.goto(step)
            await page.wait_for_load_state("networkidle")
            await page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)


async def main(url: str) -> None:
    """Open the browser and take them."""
    PICTURES.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for width in (WIDE, PHONE):
            await take(browser, url, width)
        await browser.close()


def served() -> None:
    """Run the service on a free port for the time of the pictures."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "main.py"), "serve", "--demo", "--port", "0"]
        environment = {**os.environ, "BILANS_DATA_DIR": folder, "BILANS_LOG_FORMAT": "json"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as service:  # noqa: S603 - our own service
            try:
                told = next(line for line in service.stdout or () if "listens on" in line)
                found = re.search(r"http://[\d.:]+", told)
                asyncio.run(main(found[0] if found else told))
            finally:
                service.terminate()


if __name__ == "__main__":
    if not CHROMIUM:
        sys.exit(NO_BROWSER)
    served()
