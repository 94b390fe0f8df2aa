"""Every list holds what the domain says of the plans, in its order, page by page; every counter counts it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.errors import BadRequest
from domain.filters import AwaitedFilter, PlanFilter, PlanOrder, ReportFilter, SessionFilter, SessionOrder
from domain.lateness import late_filter
from domain.pages import Days, PageRequest
from domain.report import UNSENT, ReportStatus
from storage import listings
from storage.lists import Listing, PageRange
from storage.plans import PlanRepository
from tests.factories import counsellor, session_of, staff, trainee
from tests.storage import oracle
from tests.storage.conftest import SEED, SIZE
from tests.storage.worlds import FIRST, SIRETS, TODAY, made_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.access import Viewer
    from domain.lateness import LateFilter
    from domain.plan import Plan
    from tests.storage.worlds import World

    Late = Callable[[date], LateFilter | None]

PLANS = made_up(SEED, SIZE)
IDENTIFIERS = sorted({plan.job_seeker.identifier for plan in PLANS})
SESSIONS = sorted({plan.session_key for plan in PLANS if plan.session_key})
DAY = st.none() | st.dates(FIRST - timedelta(30), TODAY + timedelta(60))
some_days = st.builds(Days, DAY, DAY) | st.sampled_from([Days(date.min, date.max), Days(TODAY, FIRST)])
yes_no_both = st.sampled_from([True, False, None])
SEARCHED = (
    "adam|ADAM|adam z|coeur|Œ|koné|de la|o'b|(.*)|.*|$|^|\\|luc|0|1|00|10|soud|assembleur soudeur|etat|d'Etat|lens"
    "|zoe adam|marc jean|jean-marc|st|o`brien|oʼbrien"
)
searches = st.one_of(
    st.sampled_from([None, "", " ", "oeting", "SAINT-O", "l", "niveau: b1", *SEARCHED.split("|")]),
    st.sampled_from(IDENTIFIERS).map(str.lower),
    st.sampled_from(IDENTIFIERS).map(lambda identifier: identifier[:3]),
)
of_some_plan = st.integers(0, SIZE - 1).map(lambda number: PLANS[number])
viewers = st.one_of(
    of_some_plan.map(lambda plan: staff(plan.organization.siret)),
    of_some_plan.map(lambda plan: staff(plan.organization.siret)),
    of_some_plan.map(lambda plan: counsellor(plan.adviser.id if plan.adviser else "none")),
    of_some_plan.map(lambda plan: trainee(plan.job_seeker.identifier)),
)
todays = st.just(TODAY) | st.dates(FIRST, TODAY + timedelta(60))
statuses = st.none() | st.lists(st.sampled_from(ReportStatus), unique=True)
late_or_not = st.builds(
    lambda wanted, days: lambda today: late_filter(wanted, today, days), yes_no_both, st.sampled_from([1, 30, 100])
)
lengths = st.sampled_from([1, 3, 20, 100])
a_broad_run = settings(
    max_examples=80,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""Without the search for the smallest example: each costs the server a list read to its end."""


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


async def test_the_counters_of_the_desk_count_what_its_lists_list(world: World) -> None:
    viewer, ends, created = staff(SIRETS[0]), Days(FIRST, TODAY - timedelta(9)), Days(None, TODAY - timedelta(20))
    funded, other = SessionFilter(funded=True, ends=ends), SessionFilter(funded=False, ends=ends)
    unreferenced = PlanFilter(referenced=False, ends=ends)
    late = PlanFilter(ends=ends, statuses=UNSENT, late=late_filter(wanted=True, today=TODAY, after_days=30))
    counted = await PlanRepository(world.database).count(
        {
            "funded": listings.sessions(viewer, funded, TODAY),
            "other": listings.sessions(viewer, other, TODAY),
            "unreferenced": listings.pending_plans(viewer, unreferenced, TODAY),
            "drafts": listings.drafts(viewer, ReportFilter(created)),
            "late": listings.pending_plans(viewer, late, TODAY),
            "nothing": listings.drafts(counsellor(), ReportFilter(created)),
        }
    )
    expected = {
        "funded": len(oracle.pending_sessions(PLANS, viewer, funded, TODAY)),
        "other": len(oracle.pending_sessions(PLANS, viewer, other, TODAY)),
        "unreferenced": len(oracle.pending_plans(PLANS, viewer, unreferenced, TODAY)),
        "drafts": len(oracle.drafts(PLANS, viewer, created, None)),
        "late": len(oracle.pending_plans(PLANS, viewer, late, TODAY)),
        "nothing": 0,
    }
    assert counted == expected
    assert min(count for name, count in expected.items() if name != "nothing") > 0


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", "AAAA", "=", "a" * 10_000, "\x00", "\ud800", "eyIkbmUiOm51bGx9", "a2V5cy5kdWUf"]
)
async def test_what_is_no_cursor_is_refused(world: World, cursor: str) -> None:
    listing = listings.pending_plans(staff(SIRETS[0]), PlanFilter(), TODAY)
    with pytest.raises(BadRequest):
        await PlanRepository(world.database).page(listing, PageRequest(1, cursor))


async def test_a_cursor_of_another_list_or_order_is_refused(world: World) -> None:
    viewer, repository = staff(SIRETS[0]), PlanRepository(world.database)
    others = [
        listings.pending_plans(viewer, PlanFilter(), TODAY),
        listings.drafts(viewer, ReportFilter()),
        listings.transmitted(viewer, ReportFilter()),
        listings.people(viewer, ""),
        listings.plans_of_session(viewer, session_of(SIRETS[0], "S-2"), None, TODAY),
        *(listings.sessions(viewer, SessionFilter(order=order), TODAY) for order in SessionOrder),
    ]
    for one in others:
        page = await repository.page(one, PageRequest(1))
        for other in others:
            if other is not one:
                with pytest.raises(BadRequest):
                    await repository.page(other, PageRequest(1, page.cursor(page.positions[0])))


def test_a_cursor_from_beyond_the_days_asked_for_widens_no_list() -> None:
    listing = Listing(staff(), {}, "keys.due", "due", low="b", high="m")
    latest_first = replace(listing, descending=True)
    for cursor, high in (("f", "f"), ("z", "m")):
        for found in (listing.selection(PageRange(before=cursor)), latest_first.selection(PageRange(after=cursor))):
            assert found == {"keys.due": {"$gte": "b", "$lt": high}}
