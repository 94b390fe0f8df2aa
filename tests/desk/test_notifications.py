"""Notifications automatiques: an address is added, tried, given a new secret and removed; a secret is shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.browsing import PHONE, STAFF, assert_sound, seated, submitted
from tests.webhooks.receiver import receiving

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from settings import Settings
    from tests.service import Served


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A service that may call the receiver, which is on this machine."""
    return settings.model_copy(update={"webhook_loopback": True})


async def test_an_address_is_added_tried_renewed_and_removed(browser: Browser, desk: Served) -> None:
    async with receiving() as receiver, seated(browser, desk.url, STAFF, width=PHONE) as page:
        await page.goto("/transmis")
        await page.click("text=Notifications automatiques")
        assert "Aucune adresse." in await page.inner_text("main")
        await page.fill("#adresse", "ftp://ailleurs")
        await submitted(page, "main button:has-text('Ajouter une adresse')")
        assert await page.input_value("#adresse") == "ftp://ailleurs"
        assert (await page.title()).startswith("Erreur : ")
        await assert_sound(page)
        await page.fill("#adresse", receiver.url)
        await page.uncheck("label:has-text('Bilan transmis') input")
        await submitted(page, "main button:has-text('Ajouter une adresse')")
        assert "Choisissez au moins un événement." in await page.inner_text("#evenements")
        await assert_sound(page)
        await page.check("label:has-text('Bilan en retard') input")
        await submitted(page, "main button:has-text('Ajouter une adresse')")
        assert "bilan en retard" in await page.inner_text("tbody")
        secret = await page.input_value("#nouveau-secret")
        assert secret.startswith("whsec_")
        await assert_sound(page)
        await submitted(page, "button:has-text('Essayer')")
        assert "L’essai a abouti" in await page.inner_text("main")
        assert secret not in await page.content()
        (await receiver.next()).verified(secret)
        await submitted(page, "button:has-text('Changer le secret')")
        await assert_sound(page)
        await submitted(page, "main button:has-text('Changer le secret')")
        assert await page.input_value("#nouveau-secret") != secret
        await submitted(page, "button:has-text('Retirer')")
        await submitted(page, "main button:has-text('Retirer')")
        await page.goto("/notifications")
        assert "Aucune adresse." in await page.inner_text("main")
