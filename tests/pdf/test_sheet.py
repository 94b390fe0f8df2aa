"""What the paper says, read back from the PDF."""

from datetime import timedelta

from domain.facts import PlanExit, PlanExitKind
from pdf.ink import MISSING
from pdf.printer import Printer
from tests.pdf.conftest import paper, read, text
from tests.pdf.plans import ABANDONED, BARE, SCRIPTS, SEVERAL_PERIODS, UNREFERENCED, answering, draft, plan, sent


def in_order(text: str, *expected: str) -> bool:
    position = 0
    for words in expected:
        position = text.find(words, position)
        if position < 0:
            return False
        position += len(words)
    return True


async def test_a_transmitted_report_says_everything_in_the_order_of_the_form(shared: Printer) -> None:
    said = await text(shared, plan())
    assert in_order(
        said,
        *(
            "GRETA de l’Oise – Lycée Jean-Mermoz",
            "775 672 272 21138",
            "12, rue de l’Abbé-Grégoire",
            "60200 Compiègne",
        ),
        *("03 44 92 21 00", "Transmis le 03/07/2026 à 14:32", "Bilan de fin de formation"),
        *("ŒUVRARD-DA SILVA Maëlys", "4410265K", "00090512", "41C25", "Assistant de vie aux familles (ADVF)"),
        *("du 12/01/2026 au 26/06/2026", "AIF (aide individuelle à la formation), réf. 41C25", "1 120 h"),
        *("44028 – Auxiliaire vie sociale", "K1302 – Assistance auprès d’adultes", "Formation mixte"),
        *("Formation certifiante Oui", "RNCP37715", "Niveau 3 (CAP, BEP)", "Stage effectué Oui"),
        *("ADMR du Compiégnois", "356 000 000 00048", "du 02/03/2026 au 27/03/2026", "Margny-lès-Compiègne"),
        *("Objectif de la formation", "Acquérir les compétences", "Contenu de la formation", "CCP 1 – Entretenir"),
        *("Diplôme obtenu Oui", "Situation à la sortie Emploi en CDD de 6 mois ou plus"),
    ), said


async def test_a_normal_report_holds_on_one_page(shared: Printer) -> None:
    assert len((await paper(shared, plan())).pages) == 1


async def test_a_draft_is_marked_on_every_page_and_says_that_it_was_not_transmitted(shared: Printer) -> None:
    long = answering(objective="Savoir faire. " * 200, content="Savoir être. " * 200)
    pages = (await paper(shared, plan(draft(long)))).pages
    assert len(pages) > 1
    assert all("BROUILLON – NON TRANSMIS" in page.extract_text() for page in pages)
    assert "Non transmis, état du 02/07/2026 à 11:41" in await text(shared, plan(draft(long)))
    assert "Transmis le" not in await text(shared, plan(draft(long)))


async def test_a_preview_that_was_never_saved_says_so_and_has_no_version(shared: Printer) -> None:
    unsaved = draft().model_copy(update={"version": 0})
    said = await text(shared, plan(unsaved))
    assert "Non transmis, aperçu non enregistré du 02/07/2026" in said
    assert "version" not in said


async def test_names_and_texts_of_other_scripts_are_printed(shared: Printer) -> None:
    document = await shared.print(SCRIPTS)
    letters = set("".join(page.extract_text() for page in read(document.content).pages))
    assert document.replaced == ()
    assert MISSING not in letters
    for some in ("القدريمح", "שלום", "Готви", "Μαγειρκή", "Խհար", "მზარეული", "தமழ", "ไท", "አማ", "ồễ", "✓☎"):
        assert set(some) <= letters, some


async def test_a_transmitted_report_is_not_marked(shared: Printer) -> None:
    assert "brouillon" not in (await text(shared, plan())).casefold()


async def test_what_was_not_answered_is_said_not_to_be(shared: Printer) -> None:
    said = await text(shared, BARE)
    for label in ("Durée", "Modalité d’enseignement", "Formation certifiante", "Niveau de sortie", "Stage effectué"):
        assert f"{label} Non renseigné" in said
    for label in ("Objectif de la formation", "Contenu de la formation", "Diplôme obtenu", "Situation à la sortie"):
        assert f"{label} Non renseigné" in said


async def test_an_abandonment_is_dated_and_its_reason_is_nowhere(shared: Printer) -> None:
    said = await text(shared, ABANDONED)
    attached = b"".join((await paper(shared, ABANDONED)).attachments["bilan.json"]).decode()
    assert "Abandon le 17/04/2026" in said
    assert not [secret for secret in ("SANTE", "MALADIE", "TRANSPORT") if secret in said + attached]


async def test_hours_missed_are_taken_off_the_length_of_the_training(shared: Printer) -> None:
    missed = plan(absences=ABANDONED.absences)
    assert in_order(await text(shared, missed), "Durée 1 120 h", "Heures suivies 1 078 h")
    assert "Heures suivies" not in await text(shared, plan())


async def test_hours_attended_that_are_not_known_are_not_printed_and_those_that_are_given_are(
    shared: Printer,
) -> None:
    assert "Heures suivies" not in await text(shared, ABANDONED)
    given = ABANDONED.with_report(sent(answering(attended_hours=472.5)))
    assert in_order(await text(shared, given), "Durée 1 120 h", "Heures suivies 472 h 30")


async def test_of_somebody_who_never_came_no_day_is_printed(shared: Printer) -> None:
    eve = PlanExit(
        kind=PlanExitKind.ABANDONMENT, last_day=plan().starts_on - timedelta(1), reason_code="NON_PRESENTE"
    )
    absent = await text(shared, plan(recorded_exit=eve))
    assert in_order(absent, "Abandon, aucun jour de présence", "Heures suivies 0 h")


async def test_a_plan_without_a_session_says_so(shared: Printer) -> None:
    said = await text(shared, UNREFERENCED)
    assert in_order(said, "N° CARIF Sans référencement", "N° de convention Non renseigné", "Permis C et FIMO")
    assert "Sans objet (formation non certifiante)" in said


async def test_each_period_of_an_internship_is_there(shared: Printer) -> None:
    said = await text(shared, SEVERAL_PERIODS)
    assert all(f"du 01/{month:02}/2026 au 12/{month:02}/2026" in said for month in range(1, 7))


async def test_a_list_keeps_its_lines_and_one_blank_line_parts_paragraphs(shared: Printer) -> None:
    form = answering(content="Modules :\n- accueil\n- caisse\n\n\n\nExamen blanc")
    pages = (await paper(shared, plan(sent(form)))).pages
    lines = [" ".join(line.split()) for line in pages[0].extract_text().splitlines()]
    assert [line for line in lines if line in ("• accueil", "• caisse", "Examen blanc")] == [
        "• accueil",
        "• caisse",
        "Examen blanc",
    ]


async def test_the_code_and_the_address_of_verification_are_printed_when_given(shared: Printer) -> None:
    address = "https://bilans.example.fr/v/7KQ4-M2XD"
    document = await shared.print(plan(), verification="7KQ4-M2XD", verification_url=address)
    said = " ".join(read(document.content).pages[0].extract_text().split())
    assert in_order(said, "Code de vérification : 7KQ4-M2XD", address)
    assert "vérification" not in await text(shared, plan())


async def test_every_page_names_the_plan_its_version_and_its_number_once(shared: Printer) -> None:
    long = answering(objective="Savoir faire. " * 200, content="Savoir être. " * 200)
    pages = (await paper(shared, plan(sent(long)))).pages
    for number, page in enumerate(pages, start=1):
        said = " ".join(page.extract_text().split())
        assert said.count("Plan 6a1f3c52e4b0a7d9c8e51f07, version 3") == 1
        assert f"Page {number}/{len(pages)}" in said
