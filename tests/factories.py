"""Plans, sessions, forms and viewers for tests: whole and valid, changed where a test says so.

Days lie in 2025, so that plans are over for tests that tell the time (`NOW`) and for those that ask the clock.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from domain.access import Role, Viewer
from domain.facts import Funding, Session, session_key
from domain.form import Internship, Period, TypedForm
from domain.nomenclature import Entry
from domain.people import Address, Adviser, JobSeeker, Organization
from domain.plan import Plan

NOW = datetime(2025, 11, 24, 9, 30, tzinfo=UTC)
TODAY = date(2025, 11, 24)

SIRET = "79455821300029"
OTHER_SIRET = "38012986600014"
IDENTIFIER = "1205012K"
ADVISER = "A-7"

PAID = Funding(reference="41C25", scheme="AFC", employment_service_funded=True)
UNPAID = Funding(reference="CR-88", scheme="CR", employment_service_funded=False)


def staff(siret: str = SIRET, *, account: str = "training_organization:1") -> Viewer:
    return Viewer(role=Role.TRAINING_ORGANIZATION, key=siret, name="Camille", account=account)


def trainee(identifier: str = IDENTIFIER) -> Viewer:
    return Viewer(role=Role.JOB_SEEKER, key=identifier, name="Zoé ADAM", account=f"job_seeker:{identifier}")


def counsellor(adviser_id: str = ADVISER) -> Viewer:
    return Viewer(role=Role.ADVISER, key=adviser_id, name="Claire Dubois", account=f"adviser:{adviser_id}")


def notifier(recipients: str = "job_seekers") -> Viewer:
    """A program that tells job seekers, or advisers, that something was transmitted."""
    return Viewer(role=Role.NOTIFIER, key=recipients, name="Ma formation", account=f"notifier:{recipients}")


def an_organization(siret: str = SIRET, **changes: Any) -> Organization:
    facts = {
        "siret": siret,
        "legal_name": "Artois Compétences",
        "address": Address(street="12 rue des Tisserands", postal_code="62223", city="Saint-Laurent-Blangy"),
        "phone": "03 21 00 00 00",
    }
    return Organization.model_validate(facts | changes)


def a_person(identifier: str = IDENTIFIER, last_name: str = "ADAM", first_name: str = "Zoé") -> JobSeeker:
    return JobSeeker(identifier=identifier, last_name=last_name, first_name=first_name)


def an_adviser(adviser_id: str = ADVISER) -> Adviser:
    return Adviser(id=adviser_id, name="Claire Dubois", agency="62001")


def session_of(siret: str = SIRET, session_id: str = "S-1") -> str:
    """Return the key of a session."""
    return session_key(session_id, siret)


def a_session(session_id: str = "S-1", **changes: Any) -> Session:
    facts = {
        "id": session_id,
        "carif_number": "00035125",
        "agreement_number": "41C25-2025",
        "title": "Titre Professionnel Monteur Dépanneur Frigoriste",
        "starts_on": date(2025, 9, 1),
        "ends_on": date(2025, 11, 19),
        "city": "Lens",
        "funding": PAID,
        "duration_hours": 258,
        "formacode": Entry(code="22685", label="Froid climatisation"),
        "rome": Entry(code="I1306", label="Installation et maintenance en froid"),
        "teaching_mode_code": "0",
        "certifying": True,
        "certification": Entry(code="RNCP34159", label="TP - Monteur dépanneur frigoriste"),
        "exit_level_code": "13",
        "objective": "Dépanner des équipements frigorifiques.",
        "content": "Brasage, circuits, fluides.",
    }
    return Session.model_validate(facts | changes)


def a_plan(plan_id: str = "P-1", **changes: Any) -> Plan:
    """A plan that is over, on a session; `session=None` for one without, which then has a title of its own."""
    facts = {
        "id": plan_id,
        "starts_on": date(2025, 9, 1),
        "ends_on": date(2025, 11, 19),
        "own_title": "Permis C" if changes.get("session", ...) is None else None,
        "funding": PAID,
        "job_seeker": a_person(),
        "adviser": an_adviser(),
        "organization": an_organization(),
        "session": a_session(),
    }
    return Plan.model_validate(facts | changes)


def a_form(**changes: Any) -> TypedForm:
    """A form that may be transmitted for `a_plan()`."""
    answers = {
        "duration_hours": 258,
        "teaching_mode_code": "0",
        "certifying": True,
        "certification_code": "RNCP34159",
        "exit_level_code": "13",
        "has_internship": True,
        "internship": an_internship(),
        "objective": "Dépanner des équipements frigorifiques.",
        "content": "Brasage, circuits, fluides.",
        "diploma_obtained": True,
        "exit_situation_code": "EMPLOI_CDI",
    }
    return TypedForm.model_validate(answers | changes)


def an_internship(**changes: Any) -> Internship:
    facts = {
        "company_name": "Froid du Nord",
        "siret": "35600000000048",
        "place": "Arras",
        "periods": (Period(starts_on=date(2025, 10, 6), ends_on=date(2025, 10, 17)),),
    }
    return Internship.model_validate(facts | changes)
