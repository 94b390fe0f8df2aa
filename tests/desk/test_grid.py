"""A whole session written at once: by people with a keyboard, without scripts and with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from resolvers import whole_session
from tests.desk.browsing import STAFF, assert_sound, seated
from tests.desk.grid import COMMON, PEOPLE, answer_each, answer_in_common, fields_of, grid_path, open_grid
from tests.desk.test_door import field, signed_in

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.service import Served


@pytest.mark.parametrize("scripts", [False, True])
async def test_a_session_is_saved_and_transmitted(browser: Browser, desk: Served, *, scripts: bool) -> None:
    async with seated(browser, desk.url, STAFF, scripts=scripts) as page:
        await open_grid(page)
        await answer_in_common(page)
        await answer_each(page, 1, 2)
        await page.focus("#duree-3")
        await page.keyboard.press("Enter")
        await expect(page.locator(".notice.news h2")).to_have_text("3\N{NO-BREAK SPACE}brouillons enregistrés")
        marks = await page.locator("td[data-label=État] .mark").all_inner_texts()
        assert marks == ["Complet", "Complet", "1\N{NO-BREAK SPACE}réponse manquante"]
        await page.click("text=Transmettre les 2 bilans complets…")
        await expect(page.locator("h1")).to_have_text("Vérifier avant de transmettre la session")
        assert "BELKACEM Nadia" in await page.inner_text("main")
        await page.click("text=Transmettre ces 2 bilans")
        await expect(page.locator(".notice.good h2")).to_have_text("2\N{NO-BREAK SPACE}bilans transmis")
        assert await page.locator(".by-person tbody tr").count() == 1
        await page.reload()
        await answer_each(page, 1)
        await page.click(".bar >> text=Transmettre")
        await page.click("text=Transmettre ce bilan")
        await expect(page.locator("main")).to_contain_text("Aucun bilan n’est à saisir pour cette session.")


async def test_a_wrong_line_is_told_and_the_others_are_saved(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        await open_grid(page)
        await answer_in_common(page)
        await answer_each(page, 1, 2, 3)
        await page.fill("#duree-2", "six cents")
        await page.click(".bar >> text=Transmettre")
        await expect(page.locator("#erreurs a")).to_have_count(1)
        assert await page.evaluate("document.activeElement.id") == "erreurs"
        assert await page.get_attribute("#erreurs a", "href") == "#duree-2"
        assert await page.input_value("#duree-2") == "six cents"
        assert await page.locator(".mark.good").count() == PEOPLE - 1
        await assert_sound(page)
        await page.fill("#duree-2", "600")
        await page.click(".bar >> text=Enregistrer")
        await expect(page.locator(".mark.good")).to_have_count(PEOPLE)


async def test_rows_by_keyboard_and_what_is_saved_by_itself(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        await page.clock.install()
        await open_grid(page)
        await answer_in_common(page)
        await page.focus("#situation-1")
        await page.keyboard.press("Alt+ArrowDown")
        assert await page.evaluate("document.activeElement.id") == "situation-2"
        await page.keyboard.press("Alt+ArrowUp")
        await page.keyboard.type("En emploi : CDI")
        await page.clock.fast_forward(11_000)
        await expect(page.locator("#etat-1 .mark")).to_have_text("Complet")
        assert await page.inner_text("#etat-2 .mark") == "À saisir", "no draft is made of what nobody typed in"
        await page.fill("#objectif", "Accompagner.")
        await page.focus("#duree-3")
        await page.keyboard.type("0")
        await page.clock.fast_forward(11_000)
        await expect(page.locator("#etat-3 .mark")).not_to_have_text("À saisir")
        assert await page.inner_text("#etat-2 .mark") == "À saisir"
        await page.fill("#contenu", "Lire et aider.")
        await answer_each(page, 2)
        await page.click(".bar >> text=Transmettre")
        await expect(page.locator("h1")).to_have_text("Vérifier avant de transmettre la session")
        await expect(page.locator("button.main")).to_have_text("Transmettre ces 2 bilans")
        await page.go_back()
        for address in await page.locator("a[id^=ouvrir-]").evaluate_all("links => links.map(link => link.href)"):
            await page.goto(address)
            said = [await page.input_value(name) for name in ("#objectif", "#contenu")]
            assert said == ["Accompagner.", "Lire et aider."], "what is common goes to all, whenever each was saved"


async def test_what_is_common_alone_is_kept_in_one_draft(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        await page.clock.install()
        await open_grid(page)
        await answer_in_common(page)
        await page.clock.fast_forward(11_000)
        await expect(page.locator("#etat")).to_contain_text("Brouillon enregistré")
        marks = await page.locator("td[data-label=État] .mark").all_inner_texts()
        assert marks[1:] == ["À saisir"] * (PEOPLE - 1)
        assert marks[0] != "À saisir"


@pytest.mark.parametrize("scripts", [False, True])
async def test_a_column_is_filled_down_and_each_is_counted(browser: Browser, desk: Served, *, scripts: bool) -> None:
    async with seated(browser, desk.url, STAFF, scripts=scripts) as page:
        await open_grid(page)
        for number in (1, 2, 3):
            await page.fill(f"#duree-{number}", "")
        await page.fill("#duree-1", "600")
        await page.fill("#duree-3", "420")
        await page.select_option("#diplome-1", "oui")
        await page.click("[value=recopier-duree]")
        assert [await page.input_value(f"#duree-{number}") for number in (1, 2, 3)] == ["600", "600", "420"]
        await page.click("[value=recopier-diplome]")
        assert await page.inner_text("#total-duree") == "3 sur 3"
        assert await page.inner_text("#total-diplome") == "3 oui, 0 non"
        assert await page.inner_text("#total-situation") == "0 sur 3"
        if scripts:
            await page.select_option("#situation-1", "EMPLOI_CDI")
            await page.focus("#situation-2")
            await page.keyboard.press("Control+d")
            assert await page.input_value("#situation-2") == "EMPLOI_CDI"
            assert await page.input_value("#situation-3") == ""
            assert await page.inner_text("#total-situation") == "2 sur 3"
        await page.click(".bar >> text=Enregistrer")
        await expect(page.locator(".notice.news")).to_be_visible()
        assert [await page.input_value(f"#duree-{number}") for number in (1, 2, 3)] == ["600", "600", "420"]


async def test_what_is_common_goes_to_all_but_where_a_report_says_otherwise(desk: Served) -> None:
    async with signed_in(desk) as marie:
        path = await grid_path(marie)
        await marie.post(path, data=await fields_of(marie, path) | {"faire": "enregistrer"})
        html = (await marie.get(path)).text
        form = re.findall(r'href="(/bilans/[^"]+)"', html)[1]
        page = (await marie.get(form)).text
        own = {"jeton": field(page, "jeton"), "version": field(page, "version"), **COMMON, "duree": "600"}
        await marie.post(form, data=own | {"objectif": "Tout autre chose.", "faire": "enregistrer"})
        again = await fields_of(marie, path) | {"objectif": "Accompagner.", "faire": "enregistrer"}
        assert (await marie.post(path, data=again)).status_code == 303
        texts = [(await marie.get(each)).text for each in re.findall(r'href="(/bilans/[^"]+)"', html)]
        said = [re.findall(r'<textarea id="objectif"[^>]*>\n([^<]*)<', text)[0] for text in texts]
        assert said == ["Accompagner.", "Tout autre chose.", "Accompagner."]


async def test_a_line_that_somebody_changed_is_to_be_read_again(desk: Served) -> None:
    async with signed_in(desk) as marie:
        path = await grid_path(marie)
        typed = await fields_of(marie, path)
        first = typed | {"duree-1": "500", "faire": "enregistrer"}
        assert (await marie.post(path, data=first)).status_code == 303
        assert (await marie.post(path, data=first)).status_code == 303, "the same again is no conflict"
        stale = await marie.post(path, data=typed | {"duree-1": "400", "faire": "transmettre"})
        assert stale.status_code == 422
        assert "À relire" in stale.text
        assert field(stale.text, "version-1") == "1"
        assert re.search(r'name="duree-1" value="400"', stale.text)
        kept = typed | {"duree-1": "400"}
        kept |= {f"version-{number}": field(stale.text, f"version-{number}") for number in (1, 2, 3)}
        assert (await marie.post(path, data=kept | {"faire": "enregistrer"})).status_code == 303
        assert re.search(r'name="duree-1" value="400"', (await marie.get(path)).text)


async def test_nothing_complete_says_what_is_missing(desk: Served) -> None:
    async with signed_in(desk) as marie:
        path = await grid_path(marie)
        answer = await marie.post(path, data=await fields_of(marie, path) | {"faire": "transmettre"})
        assert answer.status_code == 422
        assert "Aucun bilan n’est encore complet" in answer.text
        assert 'href="#situation-3"' in answer.text
        assert (await marie.get(f"{path}/verifier")).headers["Location"].endswith(path)


async def test_what_was_not_reached_is_sent_again(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async with signed_in(desk) as marie:
        path = await grid_path(marie)
        typed = await fields_of(marie, path) | {f"situation-{number}": "EMPLOI_CDI" for number in (1, 2, 3)}
        answer = await marie.post(path, data=typed | {"faire": "transmettre"})
        assert answer.headers["Location"].endswith("/verifier")
        html = (await marie.get(f"{path}/verifier")).text
        names = [name for number in (1, 2, 3) for name in (f"plan-{number}", f"version-{number}")]
        sent = {name: field(html, name) for name in ("jeton", *names)}
        monkeypatch.setattr(whole_session, "PRINTING_SECONDS", 0.0)
        part = await marie.post(f"{path}/verifier", data=sent)
        assert "Continuer" in part.text
        monkeypatch.undo()
        again = {name: field(part.text, name) for name in ("jeton", *names)}
        assert {name: again[name] for name in names} == {name: sent[name] for name in names}
        while (answer := await marie.post(f"{path}/verifier", data=again)).status_code == 200:
            pass
        assert answer.headers["Location"].endswith("fait=transmis&n=3")
        assert "Aucun bilan n’est à saisir" in (await marie.get(path)).text
