"""Plans to print: from a bare draft to everything at once."""

from datetime import UTC, date, datetime

from domain.facts import Absence, Facts, Funding, PlanExit, PlanExitKind, Session
from domain.form import Form, Internship, Period
from domain.nomenclature import Entry
from domain.people import Address, JobSeeker, Organization
from domain.plan import Plan
from domain.report import Correction, Report

SAVED = datetime(2026, 7, 2, 9, 41, 5, 120000, tzinfo=UTC)
SENT = datetime(2026, 7, 3, 12, 32, 8, 250000, tzinfo=UTC)

ORGANIZATION = Organization(
    siret="77567227221138",
    legal_name="GRETA de l'Oise – Lycée Jean-Mermoz",
    address=Address(street="12, rue de l'Abbé-Grégoire", postal_code="60200", city="Compiègne"),
    phone="03 44 92 21 00",
)
TRAINEE = JobSeeker(identifier="4410265K", last_name="ŒUVRARD-DA SILVA", first_name="Maëlys")
AIF = Funding(reference="41C25", scheme="AIF", employment_service_funded=True)
CERTIFICATION = Entry(code="RNCP37715", label="TP - Assistant de vie aux familles")
SESSION = Session(
    id="session-1",
    carif_number="00090512",
    agreement_number="41C25",
    title="Titre professionnel - Assistant de vie aux familles (ADVF)",
    starts_on=date(2026, 1, 12),
    ends_on=date(2026, 6, 26),
    city="Compiègne",
    funding=AIF,
    duration_hours=1120,
    formacode=Entry(code="44028", label="Auxiliaire vie sociale"),
    rome=Entry(code="K1302", label="Assistance auprès d'adultes"),
)
OBJECTIVE = (
    "Acquérir les compétences du titre professionnel : entretenir le logement et le linge d'un particulier ; "
    "accompagner la personne dans les actes essentiels du quotidien ; relayer les parents dans la prise en charge "
    "des enfants à leur domicile."
)
CONTENT = (
    "CCP 1 – Entretenir le logement et le linge d'un particulier (280 h)\n"
    "CCP 2 – Accompagner la personne dans les actes essentiels du quotidien (420 h)\n"
    "CCP 3 – Relayer les parents dans la prise en charge des enfants à leur domicile (210 h)\n\n"
    "Modules transversaux : « Sauveteur secouriste du travail », gestes et postures, droits et devoirs du salarié "
    "du particulier employeur, recherche d'emploi (CV, lettre, simulation d'entretien), usages du numérique."
)
FORM = Form(
    duration_hours=1120,
    teaching_mode=Entry(code="1", label="formation mixte"),
    certifying=True,
    certification=CERTIFICATION,
    exit_level=Entry(code="13", label="niveau 3 (CAP, BEP)"),
    has_internship=True,
    internship=Internship(
        company_name="ADMR du Compiégnois",
        siret="35600000000048",
        place="Margny-lès-Compiègne",
        periods=(Period(starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 27)),),
    ),
    objective=OBJECTIVE,
    content=CONTENT,
    diploma_obtained=True,
    exit_situation=Entry(code="EMPLOI_CDD_6M_PLUS", label="emploi en CDD de 6 mois ou plus"),
)


FACTS = Facts(
    starts_on=date(2026, 1, 12),
    ends_on=date(2026, 6, 26),
    funding=AIF,
    job_seeker=TRAINEE,
    organization=ORGANIZATION,
    session=SESSION,
)


def draft(form: Form = FORM) -> Report:
    return Report(version=3, created_at=SAVED, updated_at=SAVED, form=form)


def sent(form: Form = FORM) -> Report:
    return draft(form).transmitted(at=SENT, facts=FACTS)


def plan(report: Report | None = None, **changes: object) -> Plan:
    told = {"id": "6a1f3c52e4b0a7d9c8e51f07", "report": report or sent(), "report_version": 3}
    return Plan.model_validate({**dict(FACTS), **told, **changes})


def answering(**answers: object) -> Form:
    return FORM.model_copy(update=answers)


BARE = plan(draft(Form()))
ABANDONED = plan(
    recorded_exit=PlanExit(kind=PlanExitKind.ABANDONMENT, last_day=date(2026, 4, 17), reason_code="SANTE"),
    absences=(
        Absence(id="a", starts_on=date(2026, 2, 2), ends_on=date(2026, 2, 6), reason_code="MALADIE", hours=35),
        Absence(id="b", starts_on=date(2026, 3, 9), ends_on=date(2026, 3, 9), reason_code="TRANSPORT", hours=7),
    ),
    report=sent(answering(diploma_obtained=False, has_internship=False, internship=None)),
)
UNREFERENCED = plan(
    draft(answering(certifying=False, certification=None, diploma_obtained=None)),
    session=None,
    own_title="Permis C et FIMO marchandises",
    funding=Funding(scheme="AUTRES", employment_service_funded=False),
)
PERIODS = tuple(Period(starts_on=date(2026, month, 1), ends_on=date(2026, month, 12)) for month in range(1, 7))
SEVERAL_PERIODS = plan(
    sent(answering(internship=FORM.internship and FORM.internship.model_copy(update={"periods": PERIODS})))
)
LONG = plan(sent(answering(objective=((OBJECTIVE + " ") * 12)[:3000], content=((CONTENT + "\n\n") * 8)[:3000])))
EMOJI = plan(
    sent(
        answering(
            objective="Très motivée 😀👨‍👩‍👧 et 漢字, sonnerie \x07, œuvre à 12 € … et là-bas", content="a" * 3000
        )
    )
)
SCRIPTS = plan(
    sent(
        answering(
            objective="الحاسوب والشبكات\nעברית שלום\nГотовить и подавать · Μαγειρική τέχνη\nԽոհարար · მზარეული",
            content="हिन्दी · বাংলা · தமிழ் · ไทย · አማርኛ · Nguyễn Thị Hồng · 👍🏽 👨‍👩‍👧 ✓ ☎",
        )
    ),
    job_seeker=JobSeeker(identifier="4410265K", last_name="القادري", first_name="محمد"),
)
CORRECTED = sent().model_copy(
    update={
        "version": 4,
        "correction": Correction(
            reason=Entry(code="ERREUR_SAISIE", label="Erreur de saisie"),
            note="La durée comptait le stage deux fois.",
            replaces=3,
            replaces_transmitted_at=SENT,
        ),
    }
)
SAMPLES = {
    "bare": BARE, "draft": plan(draft()), "full": plan(), "abandoned": ABANDONED, "unreferenced": UNREFERENCED,
    "periods": SEVERAL_PERIODS, "long": LONG, "emoji": EMOJI, "scripts": SCRIPTS,
    "breaks": plan(sent(answering(content="a" + "\n" * 2998 + "b"))),
    "corrected": plan(CORRECTED),
    "lines": plan(sent(answering(content="a\n" * 1500))),
}  # fmt: skip
