"""Every list holds what the domain says of the plans, in its order, page by page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from domain.filters import AwaitedFilter, PlanFilter, PlanOrder, ReportFilter, SessionFilter, SessionOrder
from domain.pages import Days, PageRequest
from domain.report import UNSENT, ReportStatus
from storage import listings
from storage.plans import PlanRepository
from tests.factories import staff, trainee
from tests.storage import oracle
from tests.storage.drawn import (
    IDENTIFIERS,
    PLANS,
    SESSIONS,
    a_broad_run,
    late_or_not,
    lengths,
    of_some_plan,
    searches,
    some_days,
    statuses,
    todays,
    viewers,
    yes_no_both,
)
from tests.storage.worlds import SIRETS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from domain.access import Viewer
    from domain.lateness import LateFilter
    from domain.plan import Plan
    from storage.lists import Listing
    from tests.storage.worlds import World

    Late = Callable[[date], LateFilter | None]


def plan_id(plan: Plan) -> str:
    return plan.id


def session_id(plan: Plan) -> str:
    return plan.session.id if plan.session else ""


def identifier(plan: Plan) -> str:
    return plan.job_seeker.identifier


async def holds(world: World, listing: Listing, expected: list[str], first: int, name: Callable[[Plan], str]) -> None:
    """Go through all pages, and count."""
    repository, found, after = PlanRepository(world.database), list[str](), None
    wanted = first if len(expected) <= 60 * first else 100
    while True:
        page = await repository.page(listing, PageRequest(wanted, after))
        found += [name(plan) for plan in page.items]
        assert len(page.items) <= wanted
        assert page.has_previous is (after is not None)
        assert page.items or not expected
        if not page.has_next:
            break
        after = page.cursor(page.positions[-1])
    assert found == expected
    assert await backward(repository, listing, wanted, name) == expected
    assert await page.count() == len(expected)
    assert await repository.count({"a": listing, "b": listing}) == {"a": len(expected), "b": len(expected)}


async def backward(repository: PlanRepository, listing: Listing, last: int, name: Callable[[Plan], str]) -> list[str]:
    """Go through all pages from the end of the list to its beginning."""
    found, before = list[str](), None
    while True:
        page = await repository.page(listing, PageRequest(last=last, before=before))
        found = [*(name(plan) for plan in page.items), *found]
        assert page.has_next is (before is not None)
        if not page.has_previous:
            return found
        before = page.cursor(page.positions[0])


@a_broad_run
@given(
    viewers,
    st.builds(
        PlanFilter,
        st.none() | st.sampled_from([*SESSIONS, "none"]),
        yes_no_both,
        yes_no_both,
        some_days,
        searches,
        statuses=st.sampled_from([None, (ReportStatus.TO_ENTER,), UNSENT]),
        descending=st.booleans(),
    ),
    todays,
    late_or_not,
    lengths,
)
async def test_plans_to_enter(
    world: World, viewer: Viewer, wanted: PlanFilter, today: date, late: Late, first: int
) -> None:
    wanted = replace(wanted, late=late(today))
    expected = oracle.pending_plans(PLANS, viewer, wanted, today)
    await holds(world, listings.pending_plans(viewer, wanted, today), expected, first, plan_id)


@a_broad_run
@given(
    viewers,
    st.builds(
        SessionFilter,
        yes_no_both,
        some_days,
        searches,
        st.sampled_from(SessionOrder),
        st.booleans(),
        st.sampled_from([(ReportStatus.TO_ENTER,), UNSENT]),
    ),
    todays,
    late_or_not,
    lengths,
)
async def test_sessions_with_plans_to_enter(
    world: World, viewer: Viewer, wanted: SessionFilter, today: date, late: Late, first: int
) -> None:
    wanted = replace(wanted, late=late(today))
    expected = oracle.pending_sessions(PLANS, viewer, wanted, today)
    await holds(world, listings.sessions(viewer, wanted, today), expected, first, session_id)


@a_broad_run
@given(
    viewers,
    st.builds(
        PlanFilter,
        st.none() | st.sampled_from([*SESSIONS, "none"]),
        yes_no_both,
        ends=some_days,
        search=searches,
        on=some_days,
        statuses=statuses.map(lambda wanted: wanted and tuple(wanted)),
        order=st.sampled_from(PlanOrder),
        descending=st.booleans(),
    ),
    todays,
    lengths,
)
async def test_plans_wherever_their_reports_stand(
    world: World, viewer: Viewer, wanted: PlanFilter, today: date, first: int
) -> None:
    expected = oracle.training_plans(PLANS, viewer, wanted, today)
    await holds(world, listings.training_plans(viewer, wanted, today), expected, first, plan_id)


@a_broad_run
@given(
    viewers,
    st.builds(
        SessionFilter,
        yes_no_both,
        some_days,
        searches,
        st.sampled_from(SessionOrder),
        st.booleans(),
        statuses.map(lambda wanted: wanted and tuple(wanted)),
        some_days,
        some_days,
    ),
    todays,
    lengths,
)
async def test_sessions_wherever_the_reports_of_their_plans_stand(
    world: World, viewer: Viewer, wanted: SessionFilter, today: date, first: int
) -> None:
    expected = oracle.training_sessions(PLANS, viewer, wanted, today)
    await holds(world, listings.sessions(viewer, wanted, today), expected, first, session_id)


@a_broad_run
@given(
    viewers,
    st.builds(
        AwaitedFilter,
        yes_no_both,
        some_days,
        searches,
        st.none() | st.sampled_from(IDENTIFIERS),
        st.none() | st.sampled_from(SIRETS),
        st.booleans(),
    ),
    todays,
    late_or_not,
    lengths,
)
async def test_plans_whose_report_is_awaited(
    world: World, viewer: Viewer, wanted: AwaitedFilter, today: date, late: Late, first: int
) -> None:
    wanted = replace(wanted, late=late(today))
    expected = oracle.awaited(PLANS, viewer, wanted, today)
    await holds(world, listings.awaited(viewer, wanted, today), expected, first, plan_id)


@a_broad_run
@given(viewers, some_days, searches, lengths)
async def test_drafts_and_transmitted_reports(
    world: World, viewer: Viewer, days: Days, search: str | None, first: int
) -> None:
    drafted = oracle.drafts(PLANS, viewer, days, search)
    await holds(world, listings.drafts(viewer, ReportFilter(days, search)), drafted, first, plan_id)
    sent = oracle.transmitted(PLANS, viewer, days, search)
    await holds(world, listings.transmitted(viewer, ReportFilter(days, search)), sent, first, plan_id)


@a_broad_run
@given(viewers, searches, lengths)
async def test_people(world: World, viewer: Viewer, search: str | None, first: int) -> None:
    expected = oracle.people(PLANS, viewer, search or "")
    await holds(world, listings.people(viewer, search or ""), expected, first, identifier)


@a_broad_run
@given(st.data(), of_some_plan, statuses, todays, lengths)
async def test_plans_of_a_session_and_of_a_person(
    world: World, data: st.DataObject, plan: Plan, wanted: list[ReportStatus] | None, today: date, first: int
) -> None:
    its_own = st.sampled_from([staff(plan.organization.siret), trainee(identifier(plan))])
    viewer = data.draw(st.one_of(its_own, its_own, viewers))
    of_session = oracle.plans_of_session(PLANS, viewer, plan.session_key or "none", wanted, today)
    listing = listings.plans_of_session(viewer, plan.session_key or "none", wanted, today)
    await holds(world, listing, of_session, first, plan_id)
    of_person = oracle.plans_of_person(PLANS, viewer, identifier(plan), wanted, today)
    await holds(world, listings.plans_of_person(viewer, identifier(plan), wanted, today), of_person, first, plan_id)
