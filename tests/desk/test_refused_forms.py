"""A form that is not taken is answered by a page in French, with what was typed on it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.desk.browsing import STAFF, seated
from tests.desk.reports import SEEN, form_of, new_plan, stored
from tests.desk.test_door import field, signed_in
from tests.desk.test_report_form import ANSWERS, fields_of

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.service import Served

FORMS = [
    ("/bilans/rien", {"objectif": "Mot-clef", "faire": "enregistrer"}),
    ("/bilans/rien/comparer", {"objectif": "Mot-clef", "faire": "miennes"}),
    ("/bilans/rien/corriger", {"objectif": "Mot-clef", "precision": "Mot-clef", "faire": "transmettre"}),
    ("/en-cours/rien", {"absence-du": "Mot-clef", "faire": "absence"}),
    ("/en-cours/rien", {"sortie-jour": "Mot-clef", "sortie-genre": "abandon", "faire": "sortie"}),
    ("/sessions/rien/saisie", {"objectif": "Mot-clef", "duree-1": "Mot-clef", "plan-1": "rien"}),
    ("/sessions/rien/saisie/verifier", {"plan-1": "rien", "version-1": "1", "note": "Mot-clef"}),
    ("/organisme", {"organisme": "Mot-clef"}),
]
"""Where forms are sent, to what is not there; what is typed in them."""


@pytest.mark.parametrize(("address", "typed"), FORMS, ids=[f"{path} {form.get('faire', '')}" for path, form in FORMS])
async def test_every_form_that_leads_nowhere_or_is_anothers_keeps_what_was_typed(
    one_desk: Served, address: str, typed: dict[str, str]
) -> None:
    async with signed_in(one_desk, "1") as marie, signed_in(one_desk, "2") as antoine:
        hers = field((await marie.get("/brouillons?x=1")).text, "jeton")
        nowhere = await marie.post(address, data={**typed, "jeton": hers})
        assert nowhere.status_code == 404
        for text in (nowhere.text, (await marie.post(address, data={"garde": field(nowhere.text, "garde")})).text):
            assert "Mot-clef" in text[text.index("Ce que vous avez écrit") :]
        anothers = await antoine.post(address, data={**typed, "jeton": hers})
        assert anothers.status_code == 403
        assert "Mot-clef" not in anothers.text, "what somebody else typed is theirs"
        back = await marie.post(address, data={"garde": field(anothers.text, "garde")})
        assert back.status_code == 404
        assert "Mot-clef" in back.text


async def test_a_fault_keeps_what_was_typed_and_takes_it_when_it_is_mended(desk: Served) -> None:
    plan = await new_plan(desk, "FAULT")
    plans, found = desk.running.database["plans"], await stored(desk, plan)
    async with signed_in(desk) as marie:
        typed = await fields_of(marie, form_of(plan)) | ANSWERS | {"objectif": "Mot-clef", "faire": "enregistrer"}
        await plans.update_one({"_id": plan}, {"$set": {"starts_on": "never"}})
        failed = await marie.post(form_of(plan), data=typed)
        assert failed.status_code == 500
        assert "Référence à citer" in failed.text
        assert "Mot-clef" in failed.text[failed.text.index("Ce que vous avez écrit") :]
        await plans.update_one({"_id": plan}, {"$set": {"starts_on": found["starts_on"]}})
        taken = await marie.post(form_of(plan), data={"garde": field(failed.text, "garde")})
        assert taken.status_code == 303
        assert "Mot-clef" in (await marie.get(form_of(plan))).text


async def test_an_address_to_be_called_is_kept_when_somebody_else_signed_in_meanwhile(one_desk: Served) -> None:
    async with signed_in(one_desk, "1") as marie, signed_in(one_desk, "2") as antoine:
        token = field((await marie.get("/notifications")).text, "jeton")
        typed = {"acte": "ajouter", "adresse": "http://elsewhere.example/", "jeton": token}
        refused = await antoine.post("/notifications", data=typed)
        assert refused.status_code == 403
        again = await marie.post("/notifications", data={"garde": field(refused.text, "garde")})
        assert again.status_code == 422
        assert 'value="http://elsewhere.example/"' in again.text


async def test_a_file_that_leads_nowhere_is_kept_and_given_again(one_desk: Served) -> None:
    async with signed_in(one_desk, "1") as marie:
        token = field((await marie.get("/brouillons?x=1")).text, "jeton")
        file = {"fichier": ("modele.csv", b"une;ligne\n")}
        address = re.findall(r'href="(/sessions/[^"?]+)"', (await marie.get("/sessions")).text)[0] + "/saisie/tableur"
        marie.cookies.clear()
        refused = await marie.post(address, data={"jeton": token, "faire": "deposer"}, files=file)
        assert refused.status_code == 401
        await marie.post("/connexion", data={"personne": "1"})
        again = await marie.post(address, data={"garde": field(refused.text, "garde")})
        assert again.status_code == 422
        assert "Aucun fichier" not in again.text, "the file came along"


async def test_a_form_that_is_far_too_long_is_answered_by_a_page_in_french(
    browser: Browser, one_desk: Served
) -> None:
    plan = await new_plan(one_desk, "LONG")
    async with seated(browser, one_desk.url, STAFF, scripts=False) as page:
        for size, shown in ((600_000, 1), (4_000_000, 0)):
            await page.goto(form_of(plan))
            await page.fill("#objectif", "a" * size)
            await page.click("text=Enregistrer brouillon")
            await expect(page.locator("h1")).to_have_text("Formulaire trop long", timeout=SEEN)
            assert await page.locator("dl.answers dd:has-text('aaaa')").count() == shown
            assert await page.get_attribute("html", "lang") == "fr"


async def test_what_is_no_form_is_answered_by_a_page_in_french(one_desk: Served) -> None:
    async with signed_in(one_desk) as marie:
        boundary = {"Content-Type": "multipart/form-data; boundary=x"}
        path = "/sessions/rien/saisie/tableur"
        answers = [
            await marie.post("/brouillons", json={"recherche": "x"}),
            await marie.post(
                "/brouillons", content=b"%", headers={"Content-Type": "application/x-www-form-urlencoded"}
            ),
            await marie.post(path, content=b"--y--", headers=boundary),
            await marie.post(path, content=b"", headers={"Content-Type": "multipart/form-data"}),
            await marie.post(
                path, content=b"\xff" * 100, headers={"Content-Type": "application/x-www-form-urlencoded"}
            ),
        ]
        for answer in answers:
            assert answer.status_code in {400, 403}
            assert answer.headers["Content-Type"].startswith("text/html")
            assert '<html lang="fr">' in answer.text


async def test_a_report_that_a_colleague_transmitted_does_not_swallow_what_was_typed_in_its_line(
    desk: Served,
) -> None:
    async with signed_in(desk) as marie, signed_in(desk) as paul:
        page = (await marie.get("/sessions?q=assistant+de+vie")).text
        session = re.findall(r'href="(/sessions/[^"?]+)"', page)[0]
        grid = (await paul.get(f"{session}/saisie")).text
        first = re.findall(r'href="(/bilans/[^"]+)"', grid)[0]
        await marie.post(first, data=await fields_of(marie, first) | ANSWERS | {"faire": "transmettre"})
        check = (await marie.get(f"{first}/verifier")).text
        sent = {"jeton": field(check, "jeton"), "version": field(check, "version")}
        assert (await marie.post(f"{first}/verifier", data=sent)).status_code == 303
        typed = await fields_of_grid(paul, f"{session}/saisie", grid)
        answer = await paul.post(f"{session}/saisie", data=typed | {"duree-1": "123", "faire": "enregistrer"})
        assert answer.status_code == 422
        assert "bilan transmis entre-temps. Vous aviez écrit" in answer.text
        assert "durée 123" in answer.text
        told = await paul.post(
            f"{session}/saisie",
            data=typed | {"duree-1": "123", "faire": "enregistrer"},
            headers={"Accept": "application/json"},
        )
        assert any("durée 123" in each["message"] for each in told.json()["problems"])


async def fields_of_grid(client: Any, path: str, html: str) -> dict[str, str]:
    """Read the grid as it was when it was opened."""
    del client, path
    found = dict(re.findall(r'<input(?! type="radio")[^>]*? name="([^"]+)" value="([^"]*)"', html))
    return found | {"objectif": "Aider.", "contenu": "Lire.", "stage": "non", "certifiante": "non"}
