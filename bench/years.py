"""Ten years of plans: organizations of unlike sizes, classes of twelve, texts of unlike lengths, half reported.

The documents are those that the product writes (`to_document`), with what announcements and readings add to them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import count, islice
from random import Random
from typing import TYPE_CHECKING, Any

from domain.acts import frozen
from domain.facts import Funding, PlanExit, PlanExitKind, Session
from domain.form import Form
from domain.lists import PACKAGED
from domain.nomenclature import Entry, NomenclatureName
from domain.people import Address, Adviser, JobSeeker, Organization
from domain.plan import Plan
from domain.report import saved
from storage.documents import to_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.report import Report
    from storage.client import Database

TODAY = date(2026, 11, 26)
CLASS = 12
LARGE = 9
"""One class in nine is of the largest organization, number 0."""
OF_EACH = 2_000
"""Plans of each other organization."""
_DAYS = 3_650
_TO_COME = 60
_UNREFERENCED = 3
"""Last digit of the classes without a session."""
_LEFT, _TRANSMITTED, _DRAFTS = 0.08, 0.52, 0.53
_FORMS = 600
_BATCH = 2_000
_SENTENCES = (
    "Acquérir les gestes du métier et les règles de sécurité.",
    "Lire les plans, préparer et conduire un chantier.",
    "Réaliser un diagnostic, remettre en service une installation.",
    "Accueillir, conseiller, vendre ; tenir une caisse.",
    "Organiser son travail en équipe et rendre compte par écrit.",
    "Préparer la certification, le dossier professionnel et l'entretien avec le jury.",
)
_TRADES = ("Soudeur", "Frigoriste", "Vendeur conseil", "Secrétaire", "Conducteur d'engins", "Aide-soignant", "Maçon")
_NAMES = ("ADAM", "BERNARD", "DA SILVA", "DURAND", "LE GOFF", "MARTIN", "N'DIAYE", "PETIT", "ROUSSEL", "VAN DAMME")
_FIRST_NAMES = ("Camille", "Anne-Sophie", "Mehdi", "Zoé", "Jean-Baptiste", "Loïc", "Fatou", "Inès", "Paul", "Thuy")
_TOWNS = ("Arras", "Lens", "Saint-Étienne", "Dunkerque")
_SCHEMES = ("AFC", "AIF", "POEC", "CR")
_SITUATIONS = [Entry(code=each.code, label=each.label) for each in PACKAGED[NomenclatureName.EXIT_SITUATION]]
_CERTIFICATION = Entry(code="RNCP34567", label="Conducteur de travaux du bâtiment")


async def fill(database: Database, plans: int) -> None:
    """Fill a database up to so many plans, from where it was left; its indexes are better made afterwards."""
    collection = database["plans"]
    kept = await collection.estimated_document_count()
    sent = await collection.count_documents({"state": "TRANSMITTED"})
    made = documents(range(kept, plans), sent)
    while batch := list(islice(made, _BATCH)):
        await collection.insert_many(batch)


def documents(ranks: range, sent: int = 0) -> Iterator[dict[str, Any]]:
    """Give what a database of `ranks.stop` plans holds of those of these ranks; `sent` reports have their number."""
    numbers = count(sent + 1)
    for rank in ranks:
        plan = plan_of(rank, ranks.stop)
        document = {**to_document(plan), "_id": plan.id, "revision": 3, "digest": f"{rank:032x}"}
        if plan.report and plan.report.transmitted_at:
            number = next(numbers)
            document |= {"numbers": [number], "sequence": number, "unread": {} if rank % 8 else {"ADVISER": True}}
        yield document


def siret_of(organization: int) -> str:
    """Name an organization."""
    return f"{organization:014}"


def plan_of(rank: int, plans: int) -> Plan:
    """Make a plan by its rank among so many."""
    chance = Random(rank)  # noqa: S311 - the same plans each time
    group = rank // CLASS
    organization = 0 if group % LARGE == 0 else 1 + group % max(plans // OF_EACH, 20)
    ends_on = TODAY + timedelta(_TO_COME - group * 7919 % _DAYS)
    session = _session(group, organization, ends_on) if group % 10 != _UNREFERENCED else None
    plan = Plan(
        id=f"P-{rank}",
        starts_on=ends_on - timedelta(days=90),
        ends_on=ends_on,
        own_title=None if session else "Remise à niveau",
        funding=_funding(group % len(_SCHEMES)),
        job_seeker=JobSeeker(
            identifier=f"{rank:08}K",
            last_name=f"{chance.choice(_NAMES)} {rank % 997}",
            first_name=chance.choice(_FIRST_NAMES),
        ),
        adviser=_adviser(chance.randrange(max(plans // 500, 10))),
        organization=_organization(organization),
        session=session,
        recorded_exit=_exit(chance, ends_on),
    )
    return plan if plan.opens_on > TODAY else _written(plan, chance, rank)


def _exit(chance: Random, ends_on: date) -> PlanExit | None:
    if chance.random() > _LEFT:
        return None
    kind = chance.choice([*PlanExitKind])
    return PlanExit(kind=kind, last_day=ends_on - timedelta(chance.randrange(1, 60)), reason_code="EMPLOI")


def _written(plan: Plan, chance: Random, rank: int) -> Plan:
    drawn = chance.random()
    if drawn > _DRAFTS:
        return plan
    days = min(int(chance.expovariate(1 / 20)), (TODAY - plan.opens_on).days)
    at = datetime.combine(plan.opens_on, time(8), UTC) + timedelta(days, seconds=chance.randrange(36_000))
    draft = saved(None, _form(chance.randrange(_FORMS)), version=1, at=at)
    report = _sent(draft, plan, rank) if drawn < _TRANSMITTED else draft
    return plan.model_copy(update={"report": report, "report_version": 1})


def _sent(draft: Report, plan: Plan, rank: int) -> Report:
    told = {"sha256": f"{rank:064x}", "verification": f"{rank:012X}", "complete": True}
    return draft.transmitted(at=draft.created_at, facts=frozen(plan)).model_copy(update=told)


@cache
def _funding(number: int) -> Funding:
    scheme = _SCHEMES[number]
    return Funding(reference=f"41C{number:04}", scheme=scheme, employment_service_funded=scheme != "CR")


@cache
def _adviser(number: int) -> Adviser:
    return Adviser(id=f"A-{number}", name=f"Claire Dubois {number}", agency=f"62{number % 40:03}")


@cache
def _organization(number: int) -> Organization:
    address = Address(street="12 rue des Tisserands", postal_code="62223", city="Saint-Laurent-Blangy")
    name = f"Artois Compétences {number}"
    return Organization(siret=siret_of(number), legal_name=name, address=address, phone="03 21 00 00 00")


def _session(group: int, organization: int, ends_on: date) -> Session:
    """Make the session of a class, once for all of it."""
    if group not in _taught:
        _taught.clear()
        _taught[group] = _made(group, organization, ends_on)
    return _taught[group]


_taught: dict[int, Session] = {}


def _made(group: int, organization: int, ends_on: date) -> Session:
    chance = Random(-1 - group)  # noqa: S311 - as above
    course = chance.randrange(30 if organization else 400)
    certifying = course % 3 > 0
    return Session(
        id=f"S-{group}",
        carif_number=f"{group:08}",
        agreement_number=f"41C{course}-2026",
        title=f"{_TRADES[course % len(_TRADES)]}, parcours {course}",
        starts_on=ends_on - timedelta(days=90),
        ends_on=ends_on,
        city=chance.choice(_TOWNS),
        funding=_funding(group % len(_SCHEMES)),
        duration_hours=420,
        formacode=Entry(code="22254", label="Conduite de travaux"),
        rome=Entry(code="F1201", label="Conduite de travaux du BTP"),
        teaching_mode_code="0",
        certifying=certifying,
        certification=_CERTIFICATION if certifying else None,
        exit_level_code="15",
        objective=_text(chance, 6),
        content=_text(chance, 16),
    )


@cache
def _form(number: int) -> Form:
    chance = Random(number)  # noqa: S311 - as above
    certifying = number % 3 > 0
    return Form(
        duration_hours=420,
        teaching_mode=Entry(code="0", label="Formation entièrement présentielle"),
        certifying=certifying,
        certification=_CERTIFICATION if certifying else None,
        exit_level=Entry(code="15", label="Niveau 5 (BTS, DUT)"),
        has_internship=False,
        objective=_text(chance, 6),
        content=_text(chance, 16),
        diploma_obtained=chance.choice((True, True, False)) if certifying else None,
        exit_situation=chance.choice(_SITUATIONS),
    )


def _text(chance: Random, most: int) -> str:
    return " ".join(chance.choice(_SENTENCES) for _ in range(chance.randint(2, most)))
