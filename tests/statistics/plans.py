"""Plans to be counted, made up or few, and the question that counts them."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from domain import acts
from domain.calendar import PARIS, paris_day
from domain.facts import PlanExit, PlanExitKind
from domain.lists import PACKAGED
from domain.nomenclature import ListedEntry, NomenclatureName
from resolvers.statistics import statistics
from storage.documents import to_document
from tests.factories import (
    OTHER_SIRET,
    PAID,
    UNPAID,
    a_form,
    a_person,
    a_plan,
    a_session,
    an_organization,
    staff,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from domain.access import Viewer
    from domain.plan import Plan
    from domain.statistics import Statistics, StatisticsFilter
    from resolvers.services import Services
    from storage.client import Database

TODAY = date(2025, 11, 24)
KNOWN = {(name, each.code): each for name, entries in PACKAGED.items() for each in entries}
KNOWN[NomenclatureName.CERTIFICATION, "RNCP34159"] = ListedEntry(code="RNCP34159", label="TP")
SITUATIONS = [each.code for each in PACKAGED[NomenclatureName.EXIT_SITUATION]]
SESSIONS = [a_session(), a_session("S-2"), a_session("S-3", title="Soudage : « niveau I »"), None]


def some_plan(rank: int, chance: Random) -> Plan:
    """A plan of these two years or to come: left early or not, reported or not, then or later."""
    ends_on = date(2024, 1, 1) + timedelta(chance.randrange(730))
    plan = a_plan(
        f"P-{rank}",
        job_seeker=a_person(f"{rank:07}A", f"N{rank}"),
        session=chance.choice(SESSIONS),
        funding=chance.choice([PAID, UNPAID]),
        starts_on=ends_on - timedelta(90),
        ends_on=ends_on,
        organization=an_organization(chance.choice([staff().key] * 5 + [OTHER_SIRET])),
    )
    if chance.random() < 0.3:
        exit_ = PlanExit(
            kind=chance.choice(list(PlanExitKind)),
            last_day=ends_on - timedelta(chance.randrange(60)),
            reason_code="SANTE",
        )
        plan = plan.model_copy(update={chance.choice(["recorded_exit", "announced_exit"]): exit_})
    if plan.opens_on > TODAY or chance.random() < 0.25:
        return plan
    return reported(plan, chance)


def reported(plan: Plan, chance: Random) -> Plan:
    """Its draft, or its report transmitted at any minute of a day on which it may be."""
    days = min(math.floor(chance.expovariate(1 / 15)), (TODAY - plan.opens_on).days)
    morning = datetime.combine(plan.opens_on + timedelta(days), datetime.min.time(), PARIS)
    now = (morning + timedelta(minutes=chance.randrange(24 * 60))).astimezone(UTC)
    certifying = chance.random() < 0.7
    form = a_form(
        certifying=certifying,
        certification_code="RNCP34159" if certifying else None,
        diploma_obtained=chance.choice([True, True, False, None]) if certifying else None,
        exit_situation_code=chance.choice(SITUATIONS),
    ).answered(KNOWN)
    if chance.random() < 0.2:
        return acts.drafted(plan, form, now)
    return acts.transmit(plan, form, None, now=now, today=paris_day(now))


async def keep(database: Database, plans: Iterable[Plan]) -> None:
    await database["plans"].insert_many([{**to_document(plan), "_id": plan.id, "revision": 0} for plan in plans])


async def asked(services: Services, viewer: Viewer, wanted: StatisticsFilter) -> Statistics:
    found = await statistics(services, viewer, wanted, today=TODAY)
    assert found is not None
    return found
