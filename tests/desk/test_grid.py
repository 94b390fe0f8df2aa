"""A whole session written at once: by people with a keyboard, without scripts and with them."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from playwright.async_api import expect

from demo.loading import story_plans
from demo.story import ORGANIZATION
from desk.asking import read_operations
from desk.pages.session_grid import PAGE, batched
from resolvers import whole_session
from schema.ids import encode_id
from service.clock import present
from storage.loading import PlanLoader
from tables.template import ROWS
from tests.desk.browsing import STAFF, assert_sound, seated
from tests.desk.test_door import field, signed_in
from tests.factories import staff
from tests.whole_session.test_template import content_of, fill
from transport.options import Limits

if TYPE_CHECKING:
    import httpx
    from playwright.async_api import Browser, Page

    from tests.service import Served

PEOPLE = 3
ANSWERS: dict[str, Any] = {
    "durationHours": 258, "attendedHours": 250.5, "teachingModeCode": "0", "certifying": True,
    "certificationCode": "RNCP34159", "exitLevelCode": "13", "hasInternship": True, "objective": "Dépanner.",
    "content": "Braser.", "diplomaObtained": True, "exitSituationCode": "EMPLOI_CDI",
    "internship": {
        "companyName": "Froid du Nord", "siret": "35600000000048", "place": "Arras",
        "periods": [{"startsOn": "2025-10-06", "endsOn": "2025-10-17"}],
    },
}  # fmt: skip
"""Every answer that there is."""
COMMON = {
    "modalite": "0",
    "certifiante": "non",
    "niveau": "13",
    "stage": "non",
    "objectif": "Aider.",
    "contenu": "Lire.",
}


async def open_grid(page: Page) -> str:
    await page.goto("/sessions?q=assistant+de+vie")
    await page.click("tbody a >> nth=0")
    await page.click("text=Saisir toute la session")
    await expect(page.locator("h1")).to_have_text("Saisir toute la session")
    return page.url


async def answer_in_common(page: Page) -> None:
    details = page.locator(".common details")
    if await details.get_attribute("open") is None:
        await page.click(".common summary")
    await page.select_option("#modalite", index=1)
    await page.check("#certifiante-non")
    await page.select_option("#niveau", index=1)
    await page.check("#stage-non")
    await page.fill("#objectif", "Aider.")
    await page.fill("#contenu", "Lire.")


async def answer_each(page: Page, *numbers: int) -> None:
    for number in numbers:
        await page.fill(f"#duree-{number}", "600")
        await page.select_option(f"#situation-{number}", "EMPLOI_CDI")


async def grid_path(client: httpx.AsyncClient) -> str:
    sessions = await client.get("/sessions?q=assistant+de+vie")
    found = re.findall(r'href="(/sessions/[^"?]+)"', sessions.text)
    return f"{found[0]}/saisie"


async def fields_of(client: httpx.AsyncClient, path: str) -> dict[str, str]:
    """Read what a browser would send back of the grid, with all that is common answered."""
    html = (await client.get(path)).text
    found = dict(re.findall(r'<input(?! type="radio")[^>]*? name="([^"]+)" value="([^"]*)"', html))
    lists = re.findall(r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL)
    for name, options in lists:
        chosen = re.search(r'value="([^"]+)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found | {**COMMON, "modalite": found["modalite"] or "0"}


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
        await expect(page.locator("#etat-2 .mark")).to_have_text("1\N{NO-BREAK SPACE}réponse manquante")
        await answer_each(page, 2)
        await page.click(".bar >> text=Transmettre")
        await expect(page.locator("h1")).to_have_text("Vérifier avant de transmettre la session")
        await expect(page.locator("button.main")).to_have_text("Transmettre ces 2 bilans")


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


TRAINEES = 30


async def thirty(desk: Served, name: str) -> str:
    """Load a session of thirty; give the address of its grid."""
    known = next(plan for plan in story_plans(present()) if plan.id == "P-BELKACEM")
    assert known.session
    session = known.session.model_copy(update={"id": f"S-{name}", "carif_number": f"C-{name}", "title": name})
    people = [
        known.job_seeker.model_copy(update={"identifier": f"{2000000 + rank}A", "last_name": f"NOM{rank:02}"})
        for rank in range(TRAINEES)
    ]
    plans = [
        known.model_copy(update={"id": f"P-{name}-{rank:02}", "session": session, "job_seeker": person})
        for rank, person in enumerate(people)
    ]
    await PlanLoader(desk.running.database).load(plans)
    (node,) = (await desk.ask(staff(ORGANIZATION), FIND, search=name))["pendingSessions"]["nodes"]
    return f"/sessions/{node['id']}/saisie"


FIND = "query ($search: String!) { pendingSessions(search: $search) { nodes { id } } }"


async def forms_of(desk: Served, name: str) -> list[Any]:
    """What is kept of the answers, in the order of the trainees."""
    found = desk.running.database["plans"].find({"_id": {"$regex": f"^P-{name}-"}}).sort("_id", 1)
    return [each["report"]["form"] async for each in found]


async def test_thirty_by_the_grid_are_saved_the_wrong_line_told_and_the_complete_ones_transmitted(
    one_desk: Served,
) -> None:
    path = await thirty(one_desk, "GRILLE")
    async with signed_in(one_desk) as marie:
        typed = await fields_of(marie, path)
        typed |= {f"duree-{number}": "600" for number in range(1, TRAINEES + 1)}
        typed |= {f"situation-{number}": "EMPLOI_CDI" for number in (1, 2)}
        wrong = await marie.post(path, data=typed | {"duree-17": "beaucoup", "faire": "transmettre"})
        assert wrong.status_code == 422
        summary = wrong.text[wrong.text.index('id="erreurs"') :].partition("</ul>")[0]
        assert re.findall(r'href="#([^"]+)"', summary) == ["duree-17"]
        assert "NOM16" in summary
        assert len(await forms_of(one_desk, "GRILLE")) == TRAINEES, "the others are saved, and what is right of it"
        page = (await marie.get(path)).text
        assert "2\N{NO-BREAK SPACE}bilans complets, 28\N{NO-BREAK SPACE}à compléter" in page
        check = (await marie.get(f"{path}/verifier")).text
        names = [name for number in (1, 2) for name in (f"plan-{number}", f"version-{number}")]
        sent = await marie.post(f"{path}/verifier", data={name: field(check, name) for name in ("jeton", *names)})
        assert sent.headers["Location"].endswith("fait=transmis&n=2")
        assert "28\N{NO-BREAK SPACE}bilans à transmettre" in (await marie.get(path)).text


async def test_thirty_by_the_spreadsheet_are_the_same_reports_as_by_the_grid(one_desk: Served) -> None:
    by_grid, by_table = await thirty(one_desk, "SAISIE-MAIN"), await thirty(one_desk, "SAISIE-TABLEUR")
    async with signed_in(one_desk) as marie:
        typed = await fields_of(marie, by_grid)
        for number in range(1, TRAINEES + 1):
            typed |= {f"duree-{number}": str(400 + number), f"situation-{number}": "EMPLOI_CDI"}
            typed |= {f"diplome-{number}": "non"}
        assert (await marie.post(by_grid, data=typed | {"faire": "enregistrer"})).status_code == 303
        book = await template(marie, by_table)
        for number in range(1, TRAINEES + 1):
            fill(
                book[ROWS], number + 1, duration_hours=400 + number, exit_situation_code="EMPLOI_CDI",
                diploma_obtained="non", teaching_mode_code="0", certifying="non",
                certification_code="", exit_level_code="13", has_internship="non", objective="Aider.",
                content="Lire.",
            )  # fmt: skip
        given = await give_back(marie, by_table, content_of(book))
        assert given.headers["Location"].endswith(f"{by_table}?fait=tableur&n={TRAINEES}")
    assert await forms_of(one_desk, "SAISIE-TABLEUR") == await forms_of(one_desk, "SAISIE-MAIN")


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


async def template(client: httpx.AsyncClient, path: str) -> openpyxl.Workbook:
    answer = await client.get(f"{path}/modele", follow_redirects=True)
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


async def give_back(client: httpx.AsyncClient, path: str, content: bytes) -> httpx.Response:
    data = {"jeton": field((await client.get(path)).text, "jeton"), "faire": "deposer"}
    return await client.post(f"{path}/tableur", data=data, files={"fichier": ("modele.xlsx", content)})


async def test_a_spreadsheet_goes_out_and_comes_back_as_drafts(desk: Served) -> None:
    async with signed_in(desk) as marie:
        path = await grid_path(marie)
        book = await template(marie, path)
        for line in range(2, PEOPLE + 2):
            fill(book[ROWS], line, objective="Écrit dans le tableur.", exit_situation_code="EMPLOI_CDI")
        answer = await give_back(marie, path, content_of(book))
        assert answer.headers["Location"].endswith(f"{path}?fait=tableur&n={PEOPLE}")
        html = (await marie.get(answer.headers["Location"])).text
        assert html.count('<option value="EMPLOI_CDI" selected>') == PEOPLE
        assert "Écrit dans le tableur." in html
        assert "Rien n’est transmis" in html


async def test_wrong_lines_of_a_spreadsheet_are_told_and_the_right_ones_may_be_kept(
    browser: Browser, desk: Served
) -> None:
    async with signed_in(desk) as marie:
        book = await template(marie, await grid_path(marie))
    for line in range(2, PEOPLE + 2):
        fill(book[ROWS], line, objective="Souder.", exit_situation_code="EMPLOI_CDI")
    fill(book[ROWS], 3, duration_hours="beaucoup")
    async with seated(browser, desk.url, STAFF) as page:
        grid = await open_grid(page)
        file = {"name": "modele.xlsx", "mimeType": "application/octet-stream", "buffer": content_of(book)}
        await page.set_input_files("#fichier", file)  # type: ignore[arg-type]
        await page.click("text=Déposer le fichier")
        assert "Ligne 3" in await page.inner_text("tbody")
        assert "beaucoup" in await page.inner_text("tbody")
        await assert_sound(page)
        await page.click("text=Garder les 2 lignes justes")
        await expect(page.locator(".notice.news h2")).to_have_text("2\N{NO-BREAK SPACE}lignes reprises du tableur")
        assert await page.locator("select[id^=situation] option[value=EMPLOI_CDI][selected]").count() == PEOPLE - 1
        await page.goto(f"{grid}/tableur")
        await page.click("text=Déposer le fichier")
        await expect(page.locator("#erreurs h2")).to_have_text(
            "Aucun fichier n’est joint\N{NO-BREAK SPACE}: choisissez le modèle rempli."
        )


@pytest.mark.parametrize("operation", ["SaveReportDrafts", "TransmitReports"])
async def test_a_whole_page_of_people_with_every_answer_is_one_operation(served: Served, operation: str) -> None:
    form = {**ANSWERS, "internship": {**ANSWERS["internship"], "periods": 8 * ANSWERS["internship"]["periods"]}}
    rows = [
        {"trainingPlanId": encode_id("TrainingPlan", f"P-{number}"), "expectedVersion": 1, "form": form}
        for number in range(PAGE)
    ]
    data = await served.ask(staff(), read_operations()[operation], input={"common": ANSWERS, "reports": rows})
    assert len(next(iter(data.values()))["outcomes"]) == PAGE


def test_rows_with_long_texts_of_their_own_go_in_several_requests() -> None:
    rows = [{"trainingPlanId": str(number), "form": {"content": "é" * 3_000}} for number in range(PAGE)]
    parts = batched(rows)
    assert [row for part in parts for row in part] == rows
    assert len(parts) > 1
    assert all(len(json.dumps(part)) < Limits().body_bytes for part in parts)
    few: list[dict[str, Any]] = [{"trainingPlanId": "1"}] * PAGE
    assert batched(few) == [few]
