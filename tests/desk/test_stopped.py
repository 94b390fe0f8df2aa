"""Pages that few see: who may not go on for now, too many verifications, the choice of an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt
import pytest
from playwright.async_api import expect

from credentials.sessions import Sessions, SignedIn
from demo.story import ORGANIZATION, OTHER_ORGANIZATION
from service.clock import present
from tests.conftest import SECRET
from tests.desk.browsing import NARROW, STAFF, WIDE, assert_fits, assert_sound, seated
from tests.desk.test_recipients import transmit

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from settings import Settings
    from tests.service import Served


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A service in which an account may read few people, and an address verify few codes, within the hour."""
    return settings.model_copy(update={"persons_per_hour": 4, "verifications_per_hour": 1})


async def assert_sound_on_both(page: Page) -> None:
    """Hold the page to soundness on a wide screen and on a narrow one."""
    await assert_sound(page)
    await page.set_viewport_size({"width": NARROW, "height": 640})
    await assert_fits(page)
    await assert_sound(page)
    await page.set_viewport_size({"width": WIDE, "height": 800})


async def test_one_who_read_much_is_told_when_to_go_on_and_keeps_what_was_typed(
    browser: Browser, desk: Served
) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        await page.goto("/sessions?q=assistant+de+vie")
        await page.click("tbody a >> nth=0")
        await page.goto("/sans-referencement")
        await page.goto("/en-cours")
        await expect(page.locator("h1")).to_have_text("Beaucoup de dossiers consultés")
        await assert_sound_on_both(page)


async def test_a_verification_is_sound_with_its_paper_without_and_when_there_were_too_many(
    browser: Browser, desk: Served
) -> None:
    await transmit(desk, "P-GARCIA")
    async with seated(browser, desk.url) as page:
        for words in ("Aucun bilan transmis", "Trop de vérifications"):
            await page.goto("/verification/ABCD-EFGH-JKMN")
            await expect(page.locator("h2").first).to_contain_text(words)
            await assert_sound_on_both(page)


async def test_the_choice_of_an_organization_is_sound(browser: Browser, desk: Served) -> None:
    claims: dict[str, object] = {"sub": "paul", "name": "Paul", "role": "training_organization"}
    claims |= {"organization": [ORGANIZATION, OTHER_ORGANIZATION], "exp": int(present().timestamp()) + 600}
    session = SignedIn(
        jwt.encode(claims, SECRET, "HS256"), present().timestamp() + 600, "paul", "TRAINING_ORGANIZATION", "Paul",
        organization=ORGANIZATION,
    )  # fmt: skip
    async with seated(browser, desk.url) as page:
        cookies = Sessions(SECRET.encode()).cookies("bureau", session)
        await page.context.add_cookies(
            [{"name": name, "value": value, "url": desk.url} for name, value in cookies.items()]
        )
        await page.goto("/organisme")
        await expect(page.locator("h1")).to_have_text("Choisir un organisme")
        await assert_sound_on_both(page)
