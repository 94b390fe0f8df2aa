"""A plan that a feed moves to another organization."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.facts import Absence, PlanExit, PlanExitKind
from resolvers import attendance
from tests.factories import OTHER_SIRET, a_plan, an_organization, staff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from resolvers.services import Services

LEFT = PlanExit(kind=PlanExitKind.ABANDONMENT, last_day=date(2025, 10, 3), reason_code="SANTE")
AWAY = Absence(id="a-1", starts_on=date(2025, 9, 8), ends_on=date(2025, 9, 9), reason_code="MALADIE", hours=14)


async def written(services: Services) -> None:
    await attendance.record_absence(services, staff(), "P-1", AWAY)
    await attendance.record_plan_exit(services, staff(), "P-1", LEFT)


async def test_the_reasons_that_the_former_organization_wrote_do_not_follow_a_plan(
    services: Services, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    await written(services)

    await load(a_plan(organization=an_organization(OTHER_SIRET)))

    assert await services.plans.find(staff(), "P-1") is None
    moved = await services.plans.find(staff(OTHER_SIRET), "P-1")
    assert moved is not None
    assert moved.recorded_exit == LEFT.model_copy(update={"reason_code": None})
    assert moved.absences == (AWAY.model_copy(update={"reason_code": None}),)
    await load(a_plan())
    back = await services.plans.find(staff(), "P-1")
    assert back is not None
    assert back.recorded_exit is not None
    assert back.recorded_exit.reason_code is None


async def test_a_feed_that_tells_something_else_leaves_the_reasons(
    services: Services, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    await written(services)

    await load(a_plan(organization=an_organization(legal_name="Artois Compétences et fils")))

    kept = await services.plans.find(staff(), "P-1")
    assert kept is not None
    assert kept.organization.legal_name == "Artois Compétences et fils"
    assert kept.recorded_exit == LEFT
    assert kept.absences == (AWAY,)
