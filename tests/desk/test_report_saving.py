"""A draft saved by itself, off line, by two people, over the quota: what was typed is never lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.desk.browsing import STAFF, seated
from tests.desk.test_door import field, signed_in
from tests.desk.test_report_form import ANSWERS, fields_of, form_path, open_form
from tests.service import serving

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from pdf.printer import Printer
    from settings import Settings
    from tests.service import Served


async def test_a_draft_is_saved_by_itself_and_never_transmitted(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        await page.clock.install()
        address = await open_form(page)
        await page.clock.fast_forward(60_000)
        assert await page.inner_text("#etat") == "Pensez à enregistrer."
        await page.fill("#objectif", "Écrit sans enregistrer.")
        await page.clock.fast_forward(11_000)
        await expect(page.locator("#etat")).to_contain_text("Brouillon enregistré à")
        await page.fill("#contenu", "Puis encore.")
        await page.clock.fast_forward(11_000)
        await expect(page.locator("[name=version]")).to_have_value("2")
        await page.goto(address)
        assert await page.input_value("#objectif") == "Écrit sans enregistrer."
        assert await page.input_value("#contenu") == "Puis encore."


async def test_off_line_what_was_typed_stays_and_is_saved_when_it_can_be(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        await page.clock.install()
        await open_form(page)
        await page.context.set_offline(True)
        await page.fill("#objectif", "Dans le train.")
        await page.clock.fast_forward(11_000)
        await expect(page.locator("#etat")).to_contain_text("Hors connexion")
        await page.click("text=Enregistrer brouillon")
        await expect(page.locator("#etat")).to_contain_text("Le service ne répond pas")
        assert await page.input_value("#objectif") == "Dans le train."
        await page.context.set_offline(False)
        await page.clock.fast_forward(20_000)
        await expect(page.locator("#etat")).to_contain_text("Brouillon enregistré à")


async def test_two_people_on_one_draft_see_both_answers_and_lose_none(desk: Served) -> None:
    async with signed_in(desk) as marie, signed_in(desk) as paul:
        path = await form_path(marie)
        hers, his = await fields_of(marie, path), await fields_of(paul, path)
        saved = await marie.post(
            path, data=hers | {"objectif": "De Marie.", "contenu": "Le même.", "faire": "enregistrer"}
        )
        assert saved.status_code == 303
        answer = await paul.post(
            path, data=his | {"objectif": "De Paul.", "contenu": "Le même.", "faire": "enregistrer"}
        )
        assert answer.status_code == 409
        assert "De Marie." in answer.text
        assert "De Paul." in answer.text
        assert answer.text.count("<fieldset") == 1
        kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
        for choices, expected in (
            ({"faire": "choix", "choix-objectif": "leurs"}, "De Marie."),
            ({"faire": "miennes"}, "De Paul."),
        ):
            chosen = await paul.post(f"{path}/comparer", data=kept | choices)
            assert chosen.status_code == 303
            assert (await fields_of(paul, path))["objectif"] == expected
            kept["version"] = (await fields_of(paul, path))["version"]


async def test_the_same_answers_saved_twice_are_no_conflict(desk: Served) -> None:
    async with signed_in(desk) as marie:
        path = await form_path(marie)
        typed = await fields_of(marie, path) | {"faire": "enregistrer"}
        for _ in range(2):
            assert (await marie.post(path, data=typed)).status_code == 303


async def test_a_report_transmitted_meanwhile_keeps_the_answers_for_a_correction(desk: Served) -> None:
    async with signed_in(desk) as marie, signed_in(desk) as paul:
        path = await form_path(marie)
        his = await fields_of(paul, path)
        await marie.post(path, data=await fields_of(marie, path) | ANSWERS | {"faire": "transmettre"})
        check = (await marie.get(f"{path}/verifier")).text
        sent = await marie.post(
            f"{path}/verifier", data={"jeton": field(check, "jeton"), "version": field(check, "version")}
        )
        assert sent.headers["Location"].endswith("/transmis?fait=transmis")
        again = await marie.post(
            f"{path}/verifier", data={"jeton": field(check, "jeton"), "version": field(check, "version")}
        )
        assert again.headers["Location"] == sent.headers["Location"]
        answer = await paul.post(path, data=his | ANSWERS | {"objectif": "De Paul.", "faire": "enregistrer"})
        assert answer.status_code == 409
        kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
        correcting = await paul.post(f"{path}/corriger", data=kept | {"faire": "reprendre"})
        assert "De Paul." in correcting.text
        fields = kept | ANSWERS | {"version": field(correcting.text, "version"), "faire": "transmettre"}
        refused = await paul.post(f"{path}/corriger", data=fields)
        assert refused.status_code == 422
        reason = re.findall(
            r'<option value="(ERREUR[^"]*|[A-Z_]+)"', refused.text[refused.text.index('id="motif"') :]
        )[0]
        done = await paul.post(f"{path}/corriger", data=fields | {"motif": reason, "precision": "Objectif."})
        assert done.headers["Location"].endswith("/transmis?fait=corrige")
        assert "Bilan corrigé transmis" in (await paul.get(done.headers["Location"])).text


async def test_a_draft_that_changed_after_it_was_read_is_read_again_before_it_is_sent(desk: Served) -> None:
    async with signed_in(desk) as marie:
        path = await form_path(marie)
        await marie.post(path, data=await fields_of(marie, path) | ANSWERS | {"faire": "transmettre"})
        check = (await marie.get(f"{path}/verifier")).text
        await marie.post(
            path, data=await fields_of(marie, path) | ANSWERS | {"objectif": "Autre.", "faire": "enregistrer"}
        )
        answer = await marie.post(
            f"{path}/verifier", data={"jeton": field(check, "jeton"), "version": field(check, "version")}
        )
        assert answer.status_code == 409
        assert "Autre." in answer.text


async def test_a_session_that_ends_in_the_middle_loses_nothing(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF, scripts=False) as page:
        address = await open_form(page)
        await page.fill("#objectif", "Une heure de travail.")
        await page.context.clear_cookies()
        await page.click("text=Enregistrer brouillon")
        await expect(page.locator("h1")).to_have_text("Reconnectez-vous pour enregistrer")
        async with page.context.expect_page() as opened:
            await page.click("text=Se reconnecter")
        tab = await opened.value
        await tab.click(f"button:has-text('{STAFF}')")
        await tab.wait_for_url(lambda at: "/connexion" not in at)
        await page.click("text=Renvoyer et enregistrer")
        await page.goto(address)
        assert await page.input_value("#objectif") == "Une heure de travail."


async def test_over_the_quota_what_was_typed_is_kept_and_the_hour_is_told(
    settings: Settings, mongodb_url: str, printer: Printer, desk: Served
) -> None:
    async with signed_in(desk) as marie:
        path = await form_path(marie)
    few = settings.model_copy(update={"persons_per_hour": 1})
    async with serving(few, mongodb_url, printer) as served, signed_in(served) as marie:
        refused = await marie.get(path)
        assert refused.status_code == 429
        assert "Réessayez à" in refused.text
        typed = {
            "objectif": "Gardé.",
            "duree": "x",
            "jeton": field((await marie.get("/brouillons?du=1/1/2001&au=1/1/2001")).text, "jeton"),
        }
        answer = await marie.post(path, data=typed | {"faire": "enregistrer"})
        assert answer.status_code == 429
        kept = field(answer.text, "garde")
    async with signed_in(desk) as marie:
        again = await marie.post(path, data={"garde": kept})
        assert again.status_code == 422
        assert "Gardé." in again.text
        assert field(again.text, "duree") == "x"
