"""The stock that is measured: plans of many organizations, among them one whose desk is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from domain.acts import frozen
from domain.facts import Funding, Session
from domain.form import Form
from domain.nomenclature import Entry
from domain.people import Address, Adviser, JobSeeker, Organization
from domain.plan import Plan
from domain.report import saved
from storage.documents import to_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.client import Database

EDITION = 4
"""Grows when the stock changes: a database of another edition is not measured."""
UNREFERENCED = 8
"""Last digit of the classes without a session."""
LARGE = 10
"""One plan in ten is of the large organization, whose desk is asked."""
ORGANIZATIONS = 100
CLASS = 50
"""Plans of a session."""
TODAY = date(2026, 1, 15)
NOW = datetime(2026, 1, 15, 10, tzinfo=UTC)
ASKED = "00000000000000"
DRAFTED = frozenset({0, 10, 20})
"""Classes that have drafts: as many as connections that save them."""
TYPICAL_NUMBER, TYPICAL_PLANS, TYPICAL_CLASS = 100, 200, 16
TYPICAL = f"{TYPICAL_NUMBER:014}"
"""An organization as nearly all are: two hundred plans, twelve sessions."""
_BATCH = 2_000
_TEXT = "Acquérir les gestes du métier, les règles de sécurité et la lecture des plans ; conduire un chantier. "


async def seed(database: Database, plans: int) -> None:
    """Fill an empty database; one that holds as many plans is left as it is."""
    collection = database["plans"]
    if await collection.estimated_document_count() == plans + TYPICAL_PLANS:
        return
    await collection.delete_many({})
    batch: list[dict[str, Any]] = []
    for plan in chain(stock(plans), typical(plans)):
        document = {**to_document(plan), "_id": plan.id, "revision": 0}
        batch.append(document)
        if len(batch) == _BATCH:
            await collection.insert_many(batch, ordered=False)
            batch = []
    if batch:
        await collection.insert_many(batch, ordered=False)


def stock(plans: int, organizations: int = ORGANIZATIONS) -> Iterator[Plan]:
    """Make plans: of an organization's classes of 50, the even ones are pending and the odd ones transmitted.

    Some classes have drafts instead.
    """
    for number in range(plans):
        if number % LARGE == 0:
            yield plan_of(number, 0, number // LARGE)
        else:
            yield plan_of(number, number % organizations, number // organizations)


def typical(begin: int) -> Iterator[Plan]:
    """Make the plans of the typical organization, numbered from `begin`."""
    for rank in range(TYPICAL_PLANS):
        yield plan_of(begin + rank, TYPICAL_NUMBER, rank, TYPICAL_CLASS)


def plan_of(number: int, organization: int, rank: int, size: int = CLASS) -> Plan:
    """Make a plan by its number, the `rank`th of its organization, whose classes are of that size."""
    course = rank // size
    ends_on = TODAY - timedelta(days=1 + course % 300)
    siret = f"{organization:014}"
    session = _session(f"S-{organization}-{course}", course, ends_on) if course % 10 != UNREFERENCED else None
    plan = Plan(
        id=f"P-{number}",
        starts_on=ends_on - timedelta(days=90),
        ends_on=ends_on,
        own_title="Remise à niveau",
        funding=_funding(course),
        job_seeker=JobSeeker(identifier=f"{number:07}A", last_name=f"Durand{number % 977}", first_name="Camille"),
        adviser=Adviser(id=f"A-{number % 991}", name="Claire Dubois", agency="62001"),
        organization=_organization(siret, organization),
        session=session,
    )
    if course % 2 == 0 and course not in DRAFTED:
        return plan
    draft = saved(None, _form(), version=1, at=NOW - timedelta(days=1 + course % 300, seconds=number % 86_400))
    if course not in DRAFTED:
        draft = draft.transmitted(at=draft.created_at, facts=frozen(plan)).model_copy(
            update={"sha256": f"{number:064x}"}
        )
    return plan.model_copy(update={"report": draft, "report_version": 1})


def _funding(course: int) -> Funding:
    return Funding(
        reference=f"41C{course:04}", scheme="AFC" if course % 3 else "CR", employment_service_funded=course % 3 > 0
    )


def _organization(siret: str, number: int) -> Organization:
    address = Address(street="12 rue des Tisserands", postal_code="62223", city="Saint-Laurent-Blangy")
    return Organization(
        siret=siret, legal_name=f"Artois Compétences {number}", address=address, phone="03 21 00 00 00"
    )


def _session(key: str, course: int, ends_on: date) -> Session:
    return Session(
        id=key,
        carif_number=f"{course:08}",
        agreement_number=f"41C{course}-2026",
        title=f"Conducteur de travaux, niveau {course}",
        starts_on=ends_on - timedelta(days=90),
        ends_on=ends_on,
        city="Arras",
        funding=_funding(course),
        duration_hours=420,
        formacode=Entry(code="22254", label="Conduite de travaux"),
        rome=Entry(code="F1201", label="Conduite de travaux du BTP"),
        teaching_mode_code="0",
        certifying=True,
        certification=Entry(code="RNCP34567", label="Conducteur de travaux du bâtiment"),
        exit_level_code="15",
        objective=_TEXT,
        content=_TEXT * 5,
    )


def _form() -> Form:
    return Form(
        duration_hours=420,
        teaching_mode=Entry(code="0", label="Formation entièrement présentielle"),
        certifying=True,
        certification=Entry(code="RNCP34567", label="Conducteur de travaux du bâtiment"),
        exit_level=Entry(code="15", label="Niveau 5 (BTS, DUT)"),
        has_internship=False,
        objective=_TEXT,
        content=_TEXT * 5,
        diploma_obtained=True,
        exit_situation=Entry(code="EMPLOI_CDI", label="Emploi en CDI"),
    )
