"""Plans that a feed cancels: what was written on them stays, and comes back with them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import Refused
from domain.filters import PlanFilter, ReportFilter
from domain.people import Following
from domain.plan import Withdrawn
from resolvers import acts, attendance
from storage import listings
from storage.loading import PlanLoader
from storage.portfolios import Portfolios
from tests.factories import (
    IDENTIFIER,
    NOW,
    OTHER_SIRET,
    TODAY,
    a_form,
    a_plan,
    an_adviser,
    counsellor,
    staff,
    trainee,
)
from tests.storage.moving import AWAY, drafted, of, titles, transmitted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.loading import Written
    from domain.plan import Plan
    from resolvers.services import Services
    from storage.client import Database

    Load = Callable[..., Awaitable[Written]]


def cancelled(**changes: Any) -> Plan:
    return a_plan(**changes).model_copy(update={"withdrawn": Withdrawn.CANCELLED})


async def test_a_cancelled_plan_on_which_nothing_was_written_is_gone_until_it_is_told_again(
    services: Services, load: Load
) -> None:
    await load(cancelled())
    assert await services.plans.find(staff(), "P-1") is None
    await load(a_plan())
    await load(cancelled())
    assert await services.plans.find(staff(), "P-1") is None
    await load(a_plan())
    assert await titles(services, listings.pending_plans(staff(), PlanFilter(), TODAY)) == ["P-1"]


async def test_a_draft_of_a_cancelled_plan_is_read_and_not_transmitted_and_comes_back_with_the_plan(
    services: Services, load: Load
) -> None:
    await load(a_plan())
    await drafted(services)
    await load(cancelled())
    assert await titles(services, listings.drafts(staff(), ReportFilter())) == ["P-1"]
    assert await services.plans.find(trainee(), "P-1") is None
    with pytest.raises(Refused, match="NOT_ALLOWED"):
        await acts.transmit_report(services, staff(), "P-1", a_form(), 1, now=NOW, today=TODAY)
    await load(a_plan())
    sent = await acts.transmit_report(services, staff(), "P-1", a_form(), 1, now=NOW, today=TODAY)
    assert sent.report is not None


async def test_whoever_follows_a_person_does_not_follow_plans_that_were_withdrawn(
    services: Services, load: Load, database: Database
) -> None:
    await load(a_plan(adviser=None))
    await drafted(services)
    await load(of(OTHER_SIRET).model_copy(update={"adviser": None}))
    following = Following(identifier=IDENTIFIER, adviser=an_adviser("A-9"), since=date(2025, 1, 1))
    await Portfolios(database).load([following])
    await PlanLoader(database).complete_advisers([IDENTIFIER])
    assert await titles(services, listings.plans_of_person(counsellor("A-9"), IDENTIFIER, None, TODAY)) == ["P-1"]
    seen = await services.plans.find(counsellor("A-9"), "P-1")
    assert seen is not None
    assert seen.organization.siret == OTHER_SIRET
    await PlanLoader(database).load([of(OTHER_SIRET).model_copy(update={"withdrawn": Withdrawn.CANCELLED})])
    assert await titles(services, listings.plans_of_person(counsellor("A-9"), IDENTIFIER, None, TODAY)) == []


async def test_a_cancelled_plan_keeps_what_was_recorded_and_asks_for_no_report(
    services: Services, load: Load
) -> None:
    await load(a_plan())
    await attendance.record_absence(services, staff(), "P-1", AWAY)
    await load(cancelled())
    assert await titles(services, listings.pending_plans(staff(), PlanFilter(), TODAY)) == []
    kept = await services.plans.find(staff(), "P-1")
    assert kept is not None
    assert kept.absences == (AWAY,)


async def test_a_report_that_was_transmitted_is_not_withdrawn_by_a_cancellation(
    services: Services, load: Load
) -> None:
    await load(a_plan())
    await transmitted(services)
    await load(cancelled())
    for viewer in (staff(), trainee(), counsellor()):
        assert await services.plans.find(viewer, "P-1")
