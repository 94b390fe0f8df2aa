"""The keyboard alone: from signing in to the PDF, the focus seen at each step, and no way in that has no way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.desk.browsing import NARROW, STAFF, WIDE, seated
from tests.desk.places import link

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from tests.service import Served

FOCUSED = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  if (!at || at === document.body || at === document.documentElement) return null;
  const box = at.getClientRects()[0] ?? at.getBoundingClientRect();
  const bar = document.querySelector(".bar"), over = bar && !bar.contains(at) ? bar.getBoundingClientRect() : null;
  at.dataset.visited ??= String(document.querySelectorAll("[data-visited]").length);
  return {
    name: (at.ariaLabel || at.labels?.[0]?.textContent || at.textContent || "").replace(/\\s+/g, " ").trim(),
    key: at.type === "radio" ? at.name : at.dataset.visited,
    id: at.id,
    ringed: style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2 && style.boxShadow.includes("5px"),
    seen: box.width > 1 && box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth,
    covered: Boolean(over && over.top < box.bottom && over.bottom > box.top),
  };
}"""
MOST = 90


async def focused(page: Page) -> dict[str, Any] | None:
    """Say what has the focus, which must show."""
    found: dict[str, Any] | None = await page.evaluate(FOCUSED)
    if found and found["id"] not in {"page", "erreurs"}:
        assert found["ringed"], found
        assert found["seen"], found
        assert not found["covered"], found
    return found


async def tab_to(page: Page, words: str, key: str = "Tab") -> None:
    """Press the key until what has the focus is called so, or has this id."""
    for _ in range(MOST):
        await page.keyboard.press(key)
        found = await focused(page)
        if found and (words in found["name"] or words == f"#{found['id']}"):
            return
    pytest.fail(f"{words} is not reached by {key}")


async def enter(page: Page, words: str) -> None:
    """Go on from what is called so."""
    await tab_to(page, words)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def round_trip(page: Page, key: str) -> list[str]:
    """Go through the whole page and out of it; give what was met on the way."""
    met = list[str]()
    for _ in range(MOST):
        await page.keyboard.press(key)
        found = await focused(page)
        if found is None or (met and found["key"] == met[0]):
            return met
        if found["key"] not in met:
            met.append(found["key"])
    pytest.fail("the focus does not come out")


async def test_from_signing_in_to_the_document(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url) as page:
        await page.goto("/connexion")
        for words in (
            STAFF,
            "sessions de formation financées",
            "CQP Agent de Prévention",
            "Saisir le bilan de ADAM Zoé",
        ):
            await enter(page, words)
        await tab_to(page, "#stage-oui")
        await page.keyboard.press("ArrowRight")
        assert await page.is_checked("#stage-non")
        await tab_to(page, "#situation")
        await page.keyboard.type("En emploi : CDI")
        await tab_to(page, "#stage-non", "Shift+Tab")
        await enter(page, "Transmettre")
        assert page.url.endswith("/verifier")
        await enter(page, "Transmettre ce bilan")
        assert "/transmis?" in page.url
        await tab_to(page, "Télécharger le bilan")
        async with page.expect_response(lambda answer: answer.headers.get("content-type") == "application/pdf"):
            await page.keyboard.press("Enter")


@pytest.mark.parametrize(("width", "height"), [(WIDE, 700), (900, 600), (NARROW, 640)])
async def test_the_focus_goes_through_the_longest_pages_both_ways(
    browser: Browser, desk: Served, width: int, height: int
) -> None:
    async with seated(browser, desk.url, STAFF, width=width) as page:
        await page.set_viewport_size({"width": width, "height": height})
        await page.goto("/sessions?q=assistant+de+vie")
        await link("Assistant de vie")(page)
        session = page.url
        await link("Saisir le bilan")(page)
        for address in (page.url, f"{session}/saisie", "/statistiques"):
            await page.goto(address)
            there = await round_trip(page, "Tab")
            assert len(there) > 10
            await page.goto(address)
            back = await round_trip(page, "Shift+Tab")
            assert len(back) == len(there), address
