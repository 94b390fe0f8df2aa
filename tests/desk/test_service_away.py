"""Nothing typed is lost while the service, or its database, is away."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack, asynccontextmanager
from html import unescape
from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.desk.browsing import STAFF, seated
from tests.desk.reports import SEEN, form_of, new_plan, stored, written
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from playwright.async_api import Browser, BrowserContext, Page

    from pdf.printer import Printer
    from settings import Settings
    from tests.service import Served


SHORT = [
    ("/notifications", "#adresse", "ftp://ailleurs"),
    ("/transmis", "main #recherche", "personne de ce nom"),
]
"""Forms in which little is typed: where they stand, a field of theirs, and what is typed in it."""


async def opened(context: BrowserContext, address: str) -> Page:
    tab = await context.new_page()
    await tab.goto(address)
    return tab


async def test_a_service_that_stops_and_comes_back_finds_what_was_typed(
    browser: Browser, desk: Served, settings: Settings, mongodb_url: str, printer: Printer
) -> None:
    plan = await new_plan(desk, "STOPPED")
    async with AsyncExitStack() as first:
        served = await first.enter_async_context(serving(settings, mongodb_url, printer))
        port = int(served.url.rpartition(":")[2])
        async with (
            seated(browser, served.url, STAFF) as page,
            seated(browser, served.url, STAFF, scripts=False) as plain,
        ):
            await page.clock.install()
            other = await new_plan(desk, "STOPPED-PLAIN")
            tabs = [await opened(page.context, address) for address, _, _ in SHORT]
            await plain.goto(form_of(other))
            await page.goto(form_of(plan))
            await first.aclose()
            await written(page, "Pendant la panne.")
            await page.click("text=Enregistrer brouillon")
            await expect(page.locator("#etat")).to_contain_text("Le service ne répond pas", timeout=SEEN)
            assert await page.input_value("#objectif") == "Pendant la panne."
            for tab, (_, field, typed) in zip(tabs, SHORT, strict=True):
                await tab.fill(field, typed)
                await tab.press(field, "Enter")
                await expect(tab.locator(".told")).to_contain_text("Le service ne répond pas", timeout=SEEN)
                assert await tab.input_value(field) == typed
            await written(plain, "Sans JavaScript.")
            async with plain.expect_event("requestfailed"):
                await plain.click("text=Enregistrer brouillon", no_wait_after=True)
            async with serving(settings, mongodb_url, printer, port=port):
                await page.clock.fast_forward(16_000)
                await expect(page.locator("#etat")).to_contain_text("Brouillon enregistré à", timeout=SEEN)
                assert (await stored(desk, plan))["report"]["form"]["objective"] == "Pendant la panne."
                await plain.reload()
                assert (await stored(desk, other))["report"]["form"]["objective"] == "Sans JavaScript."
                for tab, (_, field, _) in zip(tabs, SHORT, strict=True):
                    async with tab.expect_navigation():
                        await tab.press(field, "Enter")


@asynccontextmanager
async def line_to(
    url: str,
) -> AsyncIterator[tuple[str, Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]]]:
    """Give an address that leads to a database over a line; a way to cut the line; a way to mend it."""
    socket = unescape(re.findall(r"//([^/?]+)", url)[0]).replace("%2F", "/").replace("%2f", "/")
    open_now, tasks = set[asyncio.StreamWriter](), set[asyncio.Task[None]]()

    async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(65536):
                writer.write(piece)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, onward = await asyncio.open_unix_connection(socket)
        open_now.update((writer, onward))
        tasks.update(asyncio.create_task(passed(*pair)) for pair in ((reader, onward), (there, writer)))

    server = await asyncio.start_server(taken, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]

    async def cut() -> None:
        server.close()
        for writer in open_now:
            writer.close()
        open_now.clear()

    async def mend() -> None:
        nonlocal server
        server = await asyncio.start_server(taken, "127.0.0.1", port)

    yield f"mongodb://127.0.0.1:{port}/?directConnection=true", cut, mend
    await cut()


async def test_while_the_database_is_away_a_form_is_kept_and_sent_again(
    browser: Browser, desk: Served, settings: Settings, mongodb_url: str, printer: Printer
) -> None:
    plan = await new_plan(desk, "OUTAGE")
    async with (
        line_to(mongodb_url) as (url, cut, mend),
        serving(settings, url, printer) as served,
        seated(browser, served.url, STAFF, scripts=False) as page,
    ):
        await page.goto(form_of(plan))
        await written(page, "Rien n’est perdu.")
        await cut()
        await page.click("text=Enregistrer brouillon", timeout=60_000)
        await expect(page.locator("h1")).to_have_text("Service momentanément indisponible", timeout=60_000)
        assert "Rien n’est perdu." in await page.inner_text("dl.answers")
        await mend()
        async with asyncio.timeout(60):
            while not await page.locator(".notice.news").count():
                await page.click("text=Renvoyer", timeout=60_000)
        assert (await stored(desk, plan))["report"]["form"]["objective"] == "Rien n’est perdu."
