"""Signing in at the desk with a certified OpenID provider of the npm world, in a real browser."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from service.serving import open_listener
from settings import Settings
from tests.conftest import SECRET
from tests.external.test_npm import NPM, node
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

    from pdf.printer import Printer
    from storage.client import Database
    from tests.service import Served

__all__ = ["node"]
pytestmark = pytest.mark.external
AUDIENCE = "https://bilans.example.fr"
OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


@asynccontextmanager
async def provided(node: str, port: int, url: str) -> AsyncIterator[None]:
    """Run the provider for the time of the block."""
    back, out = f"{url}/connexion/oidc/retour", f"{url}/deconnexion"
    running = await asyncio.create_subprocess_exec(
        node, "provider.js", str(port), back, out, cwd=NPM,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert running.stdout
        while b"http://" not in await running.stdout.readline():
            assert running.returncode is None
        yield
    finally:
        running.terminate()
        await running.communicate()


@pytest.fixture
async def signing(node: str, database: Database, mongodb_url: str, printer: Printer) -> AsyncIterator[Served]:
    """The desk as a client of a provider, both running."""
    listener = open_listener("127.0.0.1", 0)
    port = listener.getsockname()[1]
    listener.close()
    issuer = f"http://127.0.0.1:{port}"
    settings = Settings(
        mongodb_database=database.name,
        link_secret=SECRET,
        oidc_issuer=issuer,
        oidc_audience=AUDIENCE,
        oidc_jwks_url=f"{issuer}/jwks",
        oidc_client_id="bureau",
        oidc_client_secret="of the tests",
    )
    async with serving(settings, mongodb_url, printer) as served, provided(node, port, served.url):
        yield served


async def come_in(page: Page, url: str) -> None:
    await page.goto(f"{url}/sessions?q=a")
    await page.click("text=Se connecter >> nth=-1")
    await page.fill("[name=login]", "marie")
    await page.fill("[name=password]", "anything")
    await page.click("button")
    await page.click("button:has-text('Continue')")
    await page.wait_for_url(f"{url}/sessions?q=a")


async def test_one_comes_in_at_the_provider_and_goes_out_there_too(browser: Browser, signing: Served) -> None:
    context = await browser.new_context(locale="fr-FR")
    page = await context.new_page()
    try:
        await come_in(page, signing.url)
        assert "Marie Lefebvre" in await page.inner_text("header")
        cookies = {each["name"]: each for each in await context.cookies(signing.url)}
        assert cookies["bureau"]["httpOnly"]
        assert cookies["bureau"]["sameSite"] == "Lax"
        await page.click("text=Se déconnecter")
        await page.click("button:has-text('Yes')")
        await page.wait_for_url(f"{signing.url}/deconnexion**")
        await page.goto(f"{signing.url}/sessions")
        assert "/connexion" in page.url
    finally:
        await context.close()


async def test_a_session_is_renewed_with_its_token(browser: Browser, signing: Served) -> None:
    context = await browser.new_context(locale="fr-FR")
    page = await context.new_page()
    try:
        await come_in(page, signing.url)
        former = next(each["value"] for each in await context.cookies() if each["name"] == "bureau")
        async with asyncio.timeout(30):
            renewed = former
            while renewed == former:  # it lives for 70 seconds, and is renewed in its last 60
                await page.goto(f"{signing.url}/tableau-de-bord")
                renewed = next(each["value"] for each in await context.cookies() if each["name"] == "bureau")
        assert "Marie Lefebvre" in await page.inner_text("header")
    finally:
        await context.close()


async def test_what_comes_back_from_elsewhere_signs_nobody_in(signing: Served) -> None:
    async with httpx.AsyncClient(base_url=signing.url, headers=OURS) as client:
        sent = await client.get("/connexion/oidc?retour=/sessions")
        asked = parse_qs(urlsplit(sent.headers["Location"]).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["resource"] == [AUDIENCE]
        state = asked["state"][0]
        for query in (
            "code=x&state=other",
            f"code=x&state={state}",
            f"code=x&state={state}&iss=https://elsewhere.example",
            f"error=access_denied&state={state}",
            "",
        ):
            answer = await client.get(f"/connexion/oidc/retour?{query}")
            assert answer.status_code == 403
            assert "La connexion n’a pas abouti" in answer.text
        client.cookies.clear()
        assert (await client.get(f"/connexion/oidc/retour?code=x&state={state}")).status_code == 400
        assert (await client.get("/connexion/other")).status_code == 404
        assert (await client.post("/connexion", data={"personne": "1"})).status_code == 404
