"""Every page of the desk in each of its states: who looks, and the way there as a person takes it."""

from __future__ import annotations

import io
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import openpyxl

from tables.template import ROWS
from tests.desk.browsing import ADVISER, OTHER_STAFF, SEEKER, STAFF, WIDE, seated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from playwright.async_api import Browser, Page

    Step = Callable[[Page], Awaitable[object]]


@dataclass(frozen=True)
class Place:
    """A page in a state; each stands on what was done at those before it."""

    name: str
    who: str | None
    way: tuple[Step, ...]


def place(name: str, who: str | None, *way: str | Step) -> Place:
    """Name a place; a way begins with an address."""
    return Place(name, who, tuple(at(step) if isinstance(step, str) else step for step in way))


async def walk(browser: Browser, url: str, *, width: int = WIDE) -> AsyncIterator[tuple[Place, Page]]:
    """Go to every place, each person in a browser of their own."""
    async with AsyncExitStack() as stack:
        pages: dict[str | None, Page] = {}
        for each in PLACES:
            if each.who not in pages:
                pages[each.who] = await stack.enter_async_context(seated(browser, url, each.who, width=width))
            for step in each.way:
                await step(pages[each.who])
            await pages[each.who].wait_for_load_state()
            yield each, pages[each.who]


def at(address: str) -> Step:
    return lambda page: page.goto(address)


def on(selector: str) -> Step:
    """Click, and be on the page that it leads to."""

    async def gone(page: Page) -> None:
        async with page.expect_navigation():
            await page.click(selector)

    return gone


def link(words: str) -> Step:
    return on(f"main a:has-text('{words}') >> nth=0")


def press(words: str) -> Step:
    return on(f"main button:has-text('{words}') >> nth=-1")


def answer(**answers: str) -> Step:
    """Answer fields by their id; `_` in a name stands for `-`."""

    async def answered(page: Page) -> None:
        for name, value in answers.items():
            field = page.locator(f"#{name.replace('_', '-')}")
            if await field.evaluate("field => field.matches('select')"):
                await field.select_option(value)
            elif await field.get_attribute("type") == "radio":
                await field.check()
            else:
                await field.fill(value)

    return answered


def meanwhile(**answers: str) -> Step:
    """Save other answers to the same draft in another tab."""

    async def done(page: Page) -> None:
        tab = await page.context.new_page()
        await tab.goto(page.url)
        await answer(**answers)(tab)
        await press("Enregistrer brouillon")(tab)
        await tab.close()

    return done


async def forget(page: Page) -> None:
    """Let the session end."""
    await page.context.clear_cookies()


async def unfold(page: Page) -> None:
    await page.click("main summary >> nth=0")


async def look_for(page: Page) -> None:
    """Type a word of a certification, and wait for what is proposed."""
    await page.fill("#certification", "frigoriste")
    await page.wait_for_selector("[role=option]")


async def give_back_wrong(page: Page) -> None:
    """Hand in the template of the grid with a line that is wrong."""
    given = await page.context.request.get(f"{page.url.partition('?')[0]}/modele")
    book, changed = openpyxl.load_workbook(io.BytesIO(await given.body())), io.BytesIO()
    for column, cell in enumerate(book[ROWS][1], 1):
        if "Durée" in str(cell.value):
            book[ROWS].cell(3, column).value = "beaucoup"
    book.save(changed)
    file = {"name": "modele.xlsx", "mimeType": "application/octet-stream", "buffer": changed.getvalue()}
    await page.set_input_files("#fichier", file)  # type: ignore[arg-type]
    await press("Déposer le fichier")(page)


def compared(digest: str) -> Step:
    async def asked(page: Page) -> None:
        await page.fill("#sha256", digest)
        await on("main button")(page)

    return asked


def sought(words: str) -> Step:
    async def found(page: Page) -> None:
        await page.fill("main #recherche", words)
        await on("main .person-search button")(page)

    return found


_CARE = ("/sessions?q=assistant+de+vie", link("Assistant de vie"))
_FORM = (*_CARE, link("Saisir le bilan"))
_JOLY = ("/sessions?q=bureautique", link("Bureautique"), link("Saisir le bilan de JOLY"))
_DONE = answer(situation="EMPLOI_CDI", stage_non="")
_AWAY = "/en-cours"
_WEBHOOK = answer(adresse="http://127.0.0.1:9/bilans")

PLACES = (
    place("connexion", None, "/connexion"),
    place("deconnexion", None, "/deconnexion"),
    place("aide", None, "/aide"),
    place("accessibilite", None, "/accessibilite"),
    place("donnees-personnelles", None, "/donnees-personnelles"),
    place("introuvable", None, "/rien-de-tel"),
    place("verification", None, "/verification"),
    place("verification-inconnue", None, "/verification/ABCD-EFGH-JKMN"),
    place("tableau-de-bord", STAFF, "/tableau-de-bord"),
    place("tableau-de-bord-erreur", STAFF, "/tableau-de-bord?plan-du=30/02/2026&brouillon-au=x"),
    place("tableau-de-bord-vide", STAFF, "/tableau-de-bord?plan-du=01/01/2001&plan-au=02/01/2001"),
    place("sessions", STAFF, "/sessions?financement=oui"),
    place("sessions-filtrees", STAFF, "/sessions?du=1/9/26&au=31.12.2026&tri=-ville"),
    place("sessions-erreur", STAFF, "/sessions?du=30/02/2026&au=x"),
    place("sessions-vide", STAFF, "/sessions?q=rien-de-tel"),
    place("session", STAFF, *_CARE),
    place("session-transmis-vide", STAFF, link("Transmis (")),
    place("sans-referencement", STAFF, "/sans-referencement"),
    place("sans-referencement-erreur", STAFF, "/sans-referencement?du=31/12/2026&au=1/1/2026"),
    place("sans-referencement-vide", STAFF, "/sans-referencement?du=1/1/2001&au=2/1/2001"),
    place("sessions-en-retard", STAFF, "/sessions?retard=oui"),
    place("sans-referencement-en-retard", STAFF, "/sans-referencement?retard=oui"),
    place("en-retard", STAFF, "/en-retard"),
    place("en-retard-vide", STAFF, "/en-retard?du=1/1/2001&au=2/1/2001"),
    place("en-retard-erreur", STAFF, "/en-retard?du=30/02/2026"),
    place("brouillons-vide", OTHER_STAFF, "/brouillons"),
    place("brouillons-erreur", STAFF, "/brouillons?du=hier"),
    place("demandeurs", STAFF, "/demandeurs"),
    place("demandeurs-vide", STAFF, "/demandeurs", sought("personne de ce nom")),
    place("demandeurs-trouves", STAFF, "/demandeurs", sought("ga")),
    place("demandeur", STAFF, "/demandeurs", sought("adam"), link("ADAM Zoé")),
    place("en-cours", STAFF, _AWAY),
    place("en-cours-vide", STAFF, _AWAY, sought("personne de ce nom")),
    place("absences", STAFF, _AWAY, link("Absences et sortie de MOREL")),
    place(
        "absences-erreur",
        STAFF,
        answer(absence_du="30/02/2026", absence_heures="beaucoup"),
        press("Enregistrer l’absence"),
    ),
    place("sortie-erreur", STAFF, _AWAY, link("Absences et sortie de MOREL"), press("Enregistrer la sortie")),
    place("transmis-vide", OTHER_STAFF, "/transmis"),
    place("transmis-erreur", STAFF, "/transmis?du=demain"),
    place("statistiques-vide", STAFF, "/statistiques?du=1/1/2001&au=2/1/2001"),
    place("statistiques-erreur", STAFF, "/statistiques?du=30/02/2026&par=annee"),
    place("notifications-vide", STAFF, "/notifications"),
    place("notifications-erreur", STAFF, answer(adresse="ftp://ailleurs"), press("Ajouter une adresse")),
    place("notifications-secret", STAFF, _WEBHOOK, press("Ajouter une adresse")),
    place("notifications", STAFF, "/notifications"),
    place("notifications-essai", STAFF, press("Essayer")),
    place("notifications-changer", STAFF, press("Changer le secret")),
    place("notifications-retirer", STAFF, "/notifications", press("Retirer")),
    place("reservee", STAFF, "/recus"),
    place("session-introuvable", STAFF, "/sessions/rien-de-tel"),
    place("grille-introuvable", STAFF, "/sessions/rien-de-tel/saisie"),
    place("reservee-au-conseiller", ADVISER, "/sessions"),
    place("bilan", STAFF, *_FORM),
    place("bilan-certification", STAFF, look_for),
    place(
        "bilan-a-revoir",
        STAFF,
        *_FORM,
        answer(
            stage_oui="",
            siret="123 456 789 01234",
            entreprise="Aide 59",
            lieu="Lens",
            periode_1_du="1/9/26",
            periode_1_au="30/11/2027",
        ),
        press("Transmettre"),
    ),
    place("bilan-brouillon", STAFF, press("Enregistrer brouillon")),
    place("bilan-supprimer", STAFF, link("Supprimer")),
    place(
        "bilan-conflit",
        STAFF,
        *_CARE,
        link("Reprendre le bilan"),
        answer(objectif="De Marie."),
        meanwhile(objectif="De Paul."),
        press("Enregistrer brouillon"),
    ),
    place(
        "bilan-reconnexion",
        STAFF,
        *_CARE,
        link("Reprendre le bilan"),
        answer(objectif="Avant la fin."),
        forget,
        press("Enregistrer brouillon"),
    ),
    place("grille", STAFF, "/connexion", press(STAFF), *_CARE, link("Saisir toute la session")),
    place("tableur-a-revoir", STAFF, give_back_wrong),
    place("tableur", STAFF, *_CARE, link("Saisir toute la session"), lambda page: page.goto(f"{page.url}/tableur")),
    place(
        "grille-a-revoir",
        STAFF,
        *_CARE,
        link("Saisir toute la session"),
        unfold,
        answer(duree_1="six cents"),
        press("Transmettre"),
    ),
    place(
        "grille-enregistree",
        STAFF,
        unfold,
        answer(stage_non="", duree_1="600", situation_2="EMPLOI_CDI", situation_3="EMPLOI_CDI"),
        press("Enregistrer les"),
    ),
    place("grille-a-verifier", STAFF, press("Transmettre les")),
    place("session-entamee", STAFF, link("Assistant de vie")),
    place("brouillons", STAFF, "/brouillons"),
    place("attendus", ADVISER, "/attendus"),
    place("attendus-en-retard", ADVISER, "/attendus?obligatoires=retard"),
    place("attendus-vide", ADVISER, "/attendus?obligatoires=oui&du=1/1/2001&au=2/1/2001"),
    place("attendus-erreur", ADVISER, "/attendus?du=hier"),
    place("bilan-a-verifier", STAFF, *_JOLY, _DONE, press("Transmettre")),
    place("bilan-transmis", STAFF, press("Transmettre ce bilan")),
    place("verification-connue", STAFF, link("page de vérification")),
    place("verification-autre-document", STAFF, compared("0" * 64)),
    place("bilan-a-corriger", STAFF, "/transmis", link("Voir le bilan de ADAM"), link("Corriger ce bilan")),
    place("bilan-a-corriger-a-revoir", STAFF, press("Transmettre le bilan corrigé")),
    place("mes-formations", SEEKER, "/mes-formations"),
    place("mon-bilan", SEEKER, link("Lire le bilan")),
    place(
        "bilan-corrige",
        STAFF,
        answer(motif="ERREUR_SAISIE", objectif="Protéger des personnes et des biens."),
        press("Transmettre le bilan corrigé"),
    ),
    place("mon-bilan-remplace", SEEKER, lambda page: page.reload()),
    place("transmis", STAFF, "/transmis"),
    place("transmis-filtres", STAFF, "/transmis?lecture=conseiller"),
    place("transmis-filtres-vide", STAFF, "/transmis?lecture=conseiller&session=rien-de-tel"),
    place("statistiques", STAFF, "/statistiques"),
    place("recus", ADVISER, "/recus"),
    place("recu", ADVISER, link("ADAM")),
    place("recus-non-lus", ADVISER, "/recus?non-lus=1"),
    place("demandeur-suivi", ADVISER, "/demandeurs", sought("adam"), link("ADAM Zoé")),
)
