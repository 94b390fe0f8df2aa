"""A broad world of plans, made from a seed: organizations, people and advisers that meet in every way.

`oracle` says in terms of the domain alone what each list must hold, in its order: no database, no index.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from domain import acts
from domain.calendar import start_of_day
from domain.facts import Funding, PlanExit, PlanExitKind
from domain.form import Form
from storage.documents import to_document
from tests.factories import a_person, a_plan, a_session, an_adviser, an_organization

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.facts import Session
    from domain.people import JobSeeker
    from domain.plan import Plan
    from storage.client import Database

FIRST = date(2025, 6, 1)
TODAY = date(2025, 11, 24)
SIRETS = ("79455821300029", "38012986600014", "35600000000048")
ADVISERS = ("A-1", "A-2", "A-3")
TITLES = ("Soudeur assembleur", "Diplôme d'État (DEAES)", "Œnologie", "Anglais : niveau B1", "CQP Sécurité")
CITIES = ("Lens", "Compiègne", "Œting", "saint-omer", None)
LAST_NAMES = ("ADAM", "Adamski", "CŒUR", "KONÉ", "de la Tour", "O'Brien", "YANN", "(.*)", "Łuc")
FIRST_NAMES = ("Zoé", "Loïc", "Jean-Marc", "Ann")
SCHEMES = ("AIF", "AFC", "POEC", "CR")


class World:
    """Not a dataclass: hypothesis would print every plan of it."""

    def __init__(self, database: Database, people: Sequence[JobSeeker]) -> None:
        self.database = database
        self.people = people


def made_up(seed: int, size: int) -> tuple[Plan, ...]:
    """Plans in every state; the same for the same seed."""
    chance = Random(seed)  # noqa: S311 - a world, not a secret
    people = [_person(chance, number) for number in range(max(size // 3, 2))]
    sessions = [_session(chance, number) for number in range(max(size // 6, 2))]
    return tuple(_plan(chance, number, people, sessions) for number in range(size))


async def keep(database: Database, plans: Sequence[Plan]) -> World:
    """Write plans as the feed and the acts would have, numbered in the order they were transmitted."""
    documents = [{**to_document(plan), "_id": plan.id, "revision": 0} for plan in plans]
    sent = sorted((each for each in documents if "transmitted" in each["keys"]), key=_transmitted)
    for number, document in enumerate(sent, 1):
        document |= {"sequence": number, "numbers": [number], "unread": {"JOB_SEEKER": True}}
    await database["plans"].insert_many(documents)
    people = {plan.job_seeker.identifier: plan.job_seeker for plan in plans}
    return World(database, tuple(people.values()))


def _transmitted(document: dict[str, dict[str, str]]) -> str:
    return document["keys"]["transmitted"]


def _person(chance: Random, number: int) -> JobSeeker:
    identifier = f"{chance.randrange(100):03}{number:04}{chance.choice('KLM9')}"
    return a_person(identifier, chance.choice(LAST_NAMES), chance.choice(FIRST_NAMES))


def _day(chance: Random) -> date:
    return FIRST + timedelta(days=chance.randrange(200))


def _funding(chance: Random) -> Funding:
    scheme = chance.choice(SCHEMES)
    return Funding(reference="41C25", scheme=scheme, employment_service_funded=scheme != "CR")


def _session(chance: Random, number: int) -> Session:
    starts_on = _day(chance)
    return a_session(
        f"S-{number}",
        carif_number=f"{chance.randrange(3)}{number:04}",
        title=chance.choice(TITLES),
        city=chance.choice(CITIES),
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=chance.randrange(120)),
        funding=_funding(chance),
    )


def _plan(chance: Random, number: int, people: list[JobSeeker], sessions: list[Session]) -> Plan:
    rank = chance.randrange(len(sessions))
    session = sessions[rank] if chance.random() < 0.8 else None
    siret = SIRETS[rank % 2] if session else chance.choice(SIRETS)
    adviser = chance.choice((*ADVISERS, None))
    ends_on = _day(chance)
    plan = a_plan(
        f"P-{number}",
        starts_on=ends_on - timedelta(days=60),
        ends_on=ends_on,
        funding=_funding(chance),
        job_seeker=chance.choice(people),
        adviser=an_adviser(adviser) if adviser else None,
        organization=an_organization(siret),
        session=session,
        announced_exit=_exit(chance, ends_on),
    )
    return _acted_on(chance, plan)


def _exit(chance: Random, ends_on: date) -> PlanExit | None:
    if chance.random() < 0.8:
        return None
    kind = chance.choice(list(PlanExitKind))
    return PlanExit(kind=kind, last_day=ends_on - timedelta(days=chance.randrange(60)), reason_code="SANTE")


def _acted_on(chance: Random, plan: Plan) -> Plan:
    fate = chance.random()
    if fate < 0.5 or plan.opens_on > TODAY:
        return plan
    instant = _instant(chance, plan.opens_on)
    drafted = acts.save_draft(plan, Form(duration_hours=7), None, now=instant, today=TODAY)
    if fate < 0.7:
        return drafted
    later = instant + timedelta(minutes=chance.randrange(5_000))
    return acts.transmit(drafted, None, None, now=later, today=TODAY)


def _instant(chance: Random, opens_on: date) -> datetime:
    """Often at the very edge of a day in Paris."""
    day = opens_on + timedelta(days=chance.randrange(4))
    return start_of_day(day) + timedelta(milliseconds=chance.choice((0, 1, 86_399_999, chance.randrange(86_400_000))))
