"""Nothing typed is ever lost: whatever happens between the first letter and the last click."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack, asynccontextmanager
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from demo.loading import story_plans
from demo.story import OTHER_ORGANIZATION
from schema.ids import encode_id
from service.clock import present
from storage.loading import PlanLoader
from tests.desk.browsing import CHROMIUM, STAFF, assert_sound, seated
from tests.desk.test_door import field, signed_in
from tests.desk.test_report_form import ANSWERS, fields_of
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from playwright.async_api import Browser, BrowserContext, Page, Route

    from domain.plan import Plan
    from pdf.printer import Printer
    from settings import Settings
    from tests.service import Served

SEEN = 15_000
"""Milliseconds within which a page shows what became of an act, on a machine that does much else."""


async def new_plan(desk: Served, name: str, **facts: Any) -> str:
    """Load a plan of the test's own, which is like another of the demonstration; give its id."""
    known = next(plan for plan in story_plans(present()) if plan.id == "P-BELKACEM")
    plan: Plan = known.model_copy(update={"id": f"P-{name}", **facts})
    await PlanLoader(desk.running.database).load([plan])
    return plan.id


def form_of(plan: str) -> str:
    return f"/bilans/{encode_id('TrainingPlan', plan)}"


async def stored(desk: Served, plan: str) -> dict[str, Any]:
    found: dict[str, Any] | None = await desk.running.database["plans"].find_one({"_id": plan})
    assert found
    return found


async def written(page: Page, objective: str) -> None:
    await page.fill("#objectif", objective)


def posts(page: Page | BrowserContext) -> list[str]:
    """Note the forms that are sent from now on."""
    sent = list[str]()
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    return sent


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
            await plain.goto(form_of(other))
            await page.goto(form_of(plan))
            await first.aclose()
            await written(page, "Pendant la panne.")
            await page.click("text=Enregistrer brouillon")
            await expect(page.locator("#etat")).to_contain_text("Le service ne répond pas", timeout=SEEN)
            assert await page.input_value("#objectif") == "Pendant la panne."
            await written(plain, "Sans JavaScript.")
            async with plain.expect_event("requestfailed"):
                await plain.click("text=Enregistrer brouillon", no_wait_after=True)
            async with serving(settings, mongodb_url, printer, port=port):
                await page.clock.fast_forward(16_000)
                await expect(page.locator("#etat")).to_contain_text("Brouillon enregistré à", timeout=SEEN)
                assert (await stored(desk, plan))["report"]["form"]["objective"] == "Pendant la panne."
                await plain.reload()
                assert (await stored(desk, other))["report"]["form"]["objective"] == "Sans JavaScript."


async def test_a_session_that_ends_is_taken_up_by_itself_after_signing_in_again(
    browser: Browser, one_desk: Served
) -> None:
    plan = await new_plan(one_desk, "SIGNED-OUT")
    async with seated(browser, one_desk.url, STAFF) as page:
        await page.clock.install()
        await page.goto(form_of(plan))
        await page.context.clear_cookies()
        await written(page, "Une heure de travail.")
        await page.clock.fast_forward(11_000)
        await expect(page.locator("#etat")).to_contain_text("Votre session est terminée", timeout=SEEN)
        async with page.context.expect_page() as opened:
            await page.click("#etat a")
        tab = await opened.value
        await tab.click(f"button:has-text('{STAFF}')")
        await tab.wait_for_url(lambda at: "/connexion" not in at)
        await tab.close()
        await page.bring_to_front()
        await page.evaluate("dispatchEvent(new Event('focus'))")  # a headless browser has no window to come back to
        await expect(page.locator("#etat")).to_contain_text("Brouillon enregistré à", timeout=SEEN)
    assert (await stored(one_desk, plan))["report"]["form"]["objective"] == "Une heure de travail."


async def test_a_closed_laptop_saves_when_it_is_opened_again(browser: Browser, one_desk: Served) -> None:
    plan = await new_plan(one_desk, "LAPTOP")
    async with seated(browser, one_desk.url, STAFF) as page:
        await page.clock.install()
        await page.goto(form_of(plan))
        await page.context.set_offline(True)
        await written(page, "Dans le train.")
        await page.clock.fast_forward(11_000)
        await expect(page.locator("#etat")).to_contain_text("Hors connexion", timeout=SEEN)
        await page.clock.pause_at(
            present().replace(year=2030)
        )  # no timer runs from here: the line coming back does it
        await page.context.set_offline(False)
        await expect(page.locator("#etat")).to_contain_text("Brouillon enregistré à", timeout=SEEN)
    assert (await stored(one_desk, plan))["report"]["form"]["objective"] == "Dans le train."


async def test_two_clicks_save_once_and_transmit_once_and_a_reload_sends_nothing(
    browser: Browser, one_desk: Served
) -> None:
    for scripts in (True, False):
        plan = await new_plan(one_desk, f"TWICE-{scripts}")
        async with seated(browser, one_desk.url, STAFF, scripts=scripts) as page:
            sent = posts(page)
            await page.goto(form_of(plan))
            await written(page, "Deux fois.")
            await page.select_option("#situation", "EMPLOI_CDI")
            await page.check("#stage-non")
            await page.dblclick("text=Enregistrer brouillon")
            await expect(page.locator(".notice.news h2")).to_contain_text("Brouillon enregistré", timeout=SEEN)
            assert (await stored(one_desk, plan))["report"]["version"] == 1
            assert len(sent) == 1 or not scripts
            await page.click(".bar >> text=Transmettre")
            await expect(page.locator("h1")).to_have_text("Vérifier avant de transmettre", timeout=SEEN)
            sent.clear()
            await page.dblclick("text=Transmettre ce bilan")
            await expect(page.locator(".notice.good h2")).to_have_text("Bilan transmis", timeout=SEEN)
            assert len(sent) == 1 or not scripts
            sent.clear()
            await page.reload()
            await expect(page.locator(".notice.good h2")).to_have_text("Bilan transmis", timeout=SEEN)
            assert sent == []
        found = await stored(one_desk, plan)
        assert len(found["numbers"]) == 1, "transmitted, and announced, once"
        assert not found.get("earlier_reports")


async def test_of_two_tabs_the_second_shows_both_answers(browser: Browser, one_desk: Served) -> None:
    plan = await new_plan(one_desk, "TABS")
    async with seated(browser, one_desk.url, STAFF) as first:
        second = await first.context.new_page()
        await second.clock.install()
        await first.goto(form_of(plan))
        await second.goto(form_of(plan))
        await written(first, "Du premier onglet.")
        await first.click("text=Enregistrer brouillon")
        await expect(first.locator(".notice.news")).to_be_visible(timeout=SEEN)
        await written(second, "Du second.")
        await second.clock.fast_forward(11_000)
        await expect(second.locator("#etat")).to_contain_text("modifié entre-temps", timeout=SEEN)
        await second.click("text=Enregistrer brouillon")
        await expect(second.locator("h1")).to_have_text("Ce brouillon a été modifié entre-temps", timeout=SEEN)
        for text in ("Du premier onglet.", "Du second."):
            assert text in await second.inner_text("fieldset.difference")
        await second.click("text=Garder mes réponses")
        await expect(second.locator(".notice.news")).to_be_visible(timeout=SEEN)
    assert (await stored(one_desk, plan))["report"]["form"]["objective"] == "Du second."


async def test_back_shows_what_was_saved_and_saves_over_it(browser: Browser, one_desk: Served) -> None:
    plan = await new_plan(one_desk, "BACK")
    async with seated(browser, one_desk.url, STAFF) as page:
        await page.goto(form_of(plan))
        await written(page, "Avant.")
        await page.click("text=Enregistrer brouillon")
        await expect(page.locator(".notice.news")).to_be_visible(timeout=SEEN)
        await page.goto("/tableau-de-bord")
        await page.go_back()
        assert await page.input_value("#objectif") == "Avant."
        await page.go_back()
        assert await page.input_value("#objectif") == "Avant."
        assert await page.input_value("[name=version]") == "1"
        await written(page, "Après.")
        await page.click("text=Enregistrer brouillon")
        await expect(page.locator(".notice.news")).to_be_visible(timeout=SEEN)
    assert (await stored(one_desk, plan))["report"]["form"]["objective"] == "Après."


async def test_a_page_that_the_browser_kept_whole_is_asked_for_again(browser: Browser, one_desk: Served) -> None:
    plan = await new_plan(one_desk, "KEPT-WHOLE")
    keeping = await browser.browser_type.launch(
        executable_path=CHROMIUM, args=["--no-sandbox"], ignore_default_args=["--disable-back-forward-cache"]
    )
    async with signed_in(one_desk) as marie, seated(keeping, one_desk.url, STAFF) as page:
        said = list[str]()
        page.on("console", lambda line: said.append(line.text))
        await page.add_init_script("addEventListener('pageshow', (each) => console.log(`kept ${each.persisted}`))")
        await page.goto("/brouillons")
        await page.goto("/aide")
        path = form_of(plan)
        saved = await marie.post(path, data=await fields_of(marie, path) | {"faire": "enregistrer"})
        assert saved.status_code == 303
        await page.go_back()
        await expect(page.locator(f"a[href='{path}']")).to_be_visible(timeout=SEEN)
        assert "kept true" in said, "the browser brought back the page of before"
    await keeping.close()


async def test_what_is_being_saved_when_one_transmits_is_waited_for(browser: Browser, one_desk: Served) -> None:
    plan = await new_plan(one_desk, "MEANWHILE")
    held, go_on = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        if "application/json" in (route.request.headers.get("accept") or "") and not held.is_set():
            held.set()
            await go_on.wait()
        await route.continue_()

    async with seated(browser, one_desk.url, STAFF) as page:
        await page.clock.install()
        await page.goto(form_of(plan))
        await page.route("**/bilans/*", hold)
        await page.select_option("#situation", "EMPLOI_CDI")
        await page.check("#stage-non")
        await page.clock.fast_forward(11_000)
        await held.wait()
        await written(page, "Au dernier moment.")
        await page.click(".bar >> text=Transmettre")
        await expect(page.locator("#etat")).to_have_text("Envoi…", timeout=SEEN)
        go_on.set()
        await expect(page.locator("h1")).to_have_text("Vérifier avant de transmettre", timeout=SEEN)
        assert "Au dernier moment." in await page.inner_text("main")
    assert (await stored(one_desk, plan))["report"]["version"] == 2


async def test_a_plan_that_is_taken_away_meanwhile_gives_back_what_was_typed(
    browser: Browser, one_desk: Served
) -> None:
    plan = await new_plan(one_desk, "AWAY")
    theirs = next(each for each in story_plans(present()) if each.organization.siret == OTHER_ORGANIZATION)
    async with seated(browser, one_desk.url, STAFF) as page:
        await page.goto(form_of(plan))
        await new_plan(one_desk, "AWAY", organization=theirs.organization, session=theirs.session)
        await written(page, "Écrit pour rien ?")
        await page.click("text=Enregistrer brouillon")
        await expect(page.locator("h1")).to_have_text("Page introuvable", timeout=SEEN)
        assert "Écrit pour rien ?" in await page.inner_text("dl.answers")
        assert "Objectif de la formation" in await page.inner_text("dl.answers")
        await assert_sound(page)
        await new_plan(one_desk, "AWAY")
        await page.click("text=Renvoyer")
        await expect(page.locator(".notice.news")).to_be_visible(timeout=SEEN)
    assert (await stored(one_desk, plan))["report"]["form"]["objective"] == "Écrit pour rien ?"


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


async def test_days_are_shown_whole_and_a_file_with_its_size(browser: Browser, one_desk: Served) -> None:
    async with seated(browser, one_desk.url, STAFF) as page:
        await page.goto("/sessions")
        for typed, shown in (
            ("1/9/26", "01/09/2026"),
            ("01092026", "01/09/2026"),
            ("2026-09-01", "01/09/2026"),
            ("hier", "hier"),
        ):
            await page.fill("#du", typed)
            await page.press("#du", "Tab")
            assert await page.input_value("#du") == shown
        await page.goto("/sessions?q=frigoriste")
        await page.click("tbody a >> nth=0")
        await page.click("text=Saisir toute la session")
        await page.set_input_files("#fichier", {"name": "modele.csv", "mimeType": "text/csv", "buffer": b"x" * 3000})
        await expect(page.locator("#fichier + [role=status]")).to_have_text("modele.csv, 3\N{NO-BREAK SPACE}Ko")


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
