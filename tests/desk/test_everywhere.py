"""Every page in each of its states: held to axe, and to small screens, large letters and wide spacing."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

from demo.loading import story_plans, write_reports
from demo.story import lines
from service.clock import present
from tests.desk.browsing import NARROW, PHONE, WIDE, assert_fits, assert_sound
from tests.desk.places import walk

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Browser, Request

    from settings import Settings
    from tests.service import Served

SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-bottom: 2em !important; }"""
"""What a reader may ask for by SC 1.4.12."""
LETTERS = 16
LONG = 6
READERS = [
    ("large letters", WIDE, 800, 2 * LETTERS, ""),
    ("wide spacing", WIDE, 800, LETTERS, SPACING),
    ("a phone", PHONE, 667, LETTERS, ""),
    ("a phone, wide spacing", PHONE, 667, LETTERS, SPACING),
    ("1280 at 400 %", NARROW, 256, LETTERS, ""),
    ("a narrow screen, wide spacing", NARROW, 640, LETTERS, SPACING),
    ("a narrow screen", NARROW, 640, LETTERS, ""),
]
"""Width and height, the size of letters that the browser is set to, and a style of the reader's own."""
PERSONAL = re.compile(
    "|".join(
        text
        for line in lines(date(2026, 1, 1))
        for person in (line["jobSeeker"],)
        for text in (person["identifier"], *([person["lastName"]] if len(person["lastName"]) >= LONG else []))
    ),
    re.IGNORECASE,
)
"""Of the people of the story: their N° DE, and names too long to stand in sealed letters by chance."""
MANY = ("Page introuvable", "Bilan, ", "Code connu")
"""Titles of more than one address."""
WEAR = (
    "text => { const sheet = new CSSStyleSheet(); sheet.replaceSync(text); document.adoptedStyleSheets = [sheet]; }"
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A service that may be told to call this machine."""
    return settings.model_copy(update={"webhook_loopback": True})


@pytest.fixture
async def demonstration(served: Served, load: Callable[..., Awaitable[object]]) -> Served:
    """The demonstration as `./run` shows it: reports are transmitted, others begun."""
    now = present()
    await load(*story_plans(now))
    await write_reports(served.running.services, now)
    return served


@pytest.mark.timeout(900)
async def test_every_page_is_sound_in_every_state_and_fits_every_reader(
    browser: Browser, demonstration: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    wrongs, titles = list[str](), dict[tuple[str | None, str], str]()
    told, watched = list[str](), set[object]()

    async def held(check: Awaitable[None], where: str) -> None:
        try:
            await check
        except AssertionError as wrong:
            wrongs.append(f"{where}: {wrong}")

    def heard(request: Request) -> None:
        told.append(unquote(f"{request.url} {request.headers.get('referer', '')}"))

    async for place, page in walk(browser, demonstration.url):
        if page not in watched:
            watched.add(page)
            page.context.on("request", heard)
        title, path = await page.title(), re.sub(r"[\w-]{20,}", "{id}", urlsplit(page.url).path)
        told.append(title)
        if not title.startswith(MANY):
            assert titles.setdefault((place.who, title), path) == path, f"{title}: {path}"
        assert title.startswith("Erreur : ") or not await page.locator("#erreurs").count(), place.name
        await held(assert_sound(page), place.name)
        browser_of = await page.context.new_cdp_session(page)
        for reader, width, height, letters, style in READERS:
            await page.set_viewport_size({"width": width, "height": height})
            await browser_of.send("Page.setFontSizes", {"fontSizes": {"standard": letters}})
            await page.evaluate(WEAR, style)
            await held(assert_fits(page), f"{place.name}, {reader}")
        await held(assert_sound(page), f"{place.name}, {reader}")
        await page.set_viewport_size({"width": WIDE, "height": 800})
    assert not wrongs, "\n".join(wrongs)
    log = capsys.readouterr().out
    assert "page=bilans" in log
    for line in (*told, *log.splitlines()):
        assert not PERSONAL.search(line), line
