"""A real browser at the desk: who signs in, how wide the screen is, and what must hold of every page."""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from axe_playwright_python.base import AXE_SCRIPT as AXE
from playwright.async_api import Error as PlaywrightError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NO_BROWSER = "there is no Chromium here (apt-get install chromium): the pages are not tried in a browser"
WIDE, PHONE, NARROW = 1280, 375, 320
STAFF, OTHER_STAFF, SEEKER, ADVISER = "Marie Lefebvre", "Antoine Mercier", "Zoé ADAM", "Claire Dubois"
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
_RUN = """async rules => (await axe.run(document, rules)).violations
  .map(each => [each.id, each.nodes.map(node => node.html)])"""


@asynccontextmanager
async def seated(
    browser: Browser, url: str, who: str | None = None, *, width: int = WIDE, scripts: bool = True
) -> AsyncIterator[Page]:
    """Give a page of a browser of its own, signed in as a person of the demonstration.

    It ends with an error where a page asked another host, broke its policy or failed in a script.
    """
    context = await browser.new_context(
        base_url=url, viewport={"width": width, "height": 800}, java_script_enabled=scripts, locale="fr-FR"
    )
    page, wrongs = await context.new_page(), list[str]()
    page.on("pageerror", lambda error: wrongs.append(f"script: {error}"))
    page.on("request", lambda asked: None if asked.url.startswith((url, "data:")) else wrongs.append(asked.url))
    page.on("console", lambda said: wrongs.append(said.text) if "Content Security Policy" in said.text else None)
    try:
        if who:
            await sign_in(page, who)
        yield page
    finally:
        await context.close()
    assert not wrongs, wrongs


async def sign_in(page: Page, who: str) -> None:
    await page.goto("/connexion")
    await page.click(f"button:has-text('{who}')")
    await page.wait_for_url(lambda address: "/connexion" not in address)


async def _violations(page: Page) -> list[Any]:
    """Run axe on the page that a click has led to: begun on the one before, it is begun again."""
    while True:
        try:
            if await page.evaluate("typeof axe") == "undefined":
                await page.evaluate(AXE)
            found: list[Any] = await page.evaluate(_RUN, RULES)
        except PlaywrightError as error:
            if "context was destroyed" not in error.message:
                raise
            await page.wait_for_load_state()
        else:
            return found


_CUT = """() => [...document.querySelectorAll("body *")].filter(each => {
  const words = [...each.childNodes].some(part => part.nodeType === 3 && part.data.trim());
  const apart = each.closest(".unseen, .skip, [hidden], option, select, textarea");
  const { right, width } = each.getBoundingClientRect(), style = getComputedStyle(each);
  if (!words || apart || width <= 1) return false;
  const cut = style.overflowX !== "visible" || style.overflowY !== "visible";
  return right > innerWidth + 1 || (style.display !== "inline" && each.scrollWidth > each.clientWidth + 1)
    || (cut && each.scrollHeight > each.clientHeight + 1);
}).map(each => each.outerHTML.slice(0, 160))"""
"""Elements with words of their own that stand out of their box, of the screen, or are cut."""


async def assert_fits(page: Page) -> None:
    """Hold a page to the width of its screen: nothing to scroll sideways, no word cut."""
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, "it scrolls sideways"
    cut = await page.evaluate(_CUT)
    assert not cut, cut


async def submitted(page: Page, button: str) -> None:
    """Press the button of a form, and be on the page that answers; scripts ask first whether the service does."""
    async with page.expect_navigation():
        await page.click(button)


async def assert_sound(page: Page) -> None:
    """Hold a page to what every page is held to: axe, one heading, a title, its language, no scroll sideways."""
    violations = await _violations(page)
    assert not violations, f"{page.url}: {violations}"
    assert await page.locator("h1").count() == 1
    assert (await page.title()).endswith(" – Bilans de fin de formation")
    assert await page.get_attribute("html", "lang") == "fr"
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
