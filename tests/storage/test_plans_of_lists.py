"""How the server reads each list: by the index that has its order, from its scope, without a sort of plans.

Lists in which plans count as one (sessions, people) are the exception to be honest about: DISTINCT_SCAN jumps from
one session or person to the next in the index, and what it gives, one row for each, is sorted again in memory, since
the server does not know that it stands in order. Searched sessions are read plan by plan in the order of the index,
and grouped.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from domain.filters import AwaitedFilter, PlanFilter, PlanOrder, ReportFilter, SessionFilter, SessionOrder
from domain.lateness import LateFilter
from domain.pages import ANY_DAY, Days, PageRequest
from domain.report import UNSENT, ReportStatus
from storage import listings
from storage.client import aggregate
from storage.lists import PageRange
from storage.plans import PlanRepository
from tests.factories import PAID, UNPAID, a_plan, a_session, an_organization, counsellor, session_of, staff, trainee
from tests.storage.worlds import ADVISERS, FIRST, SIRETS, TODAY, keep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.access import Viewer
    from domain.plan import Plan
    from storage.client import Database, Document
    from storage.lists import Listing
    from tests.storage.worlds import World

STAFF, ADVISER = staff(SIRETS[0]), counsellor(ADVISERS[0])
ITS_SESSION = session_of(SIRETS[0], "S-2")
YES_NO_BOTH = (True, False, None)
SEARCHES = (None, "ad", "12", "no such thing")
DAYS = (ANY_DAY, Days(FIRST, TODAY))
LATE, NOT_LATE = LateFilter(wanted=True, before=TODAY), LateFilter(wanted=False, before=TODAY)
LATE_OF_SESSION = {True: "late", False: "pending_of_session"}
STATUSES = (None, *([status] for status in ReportStatus), [ReportStatus.NOT_OPEN, ReportStatus.DRAFT])


def pending_plans() -> Iterator[tuple[Listing, str]]:
    for funded, referenced, days, search in product(YES_NO_BOTH, YES_NO_BOTH, DAYS, SEARCHES):
        wanted = PlanFilter(None, funded, referenced, days, search)
        index = "pending_of_session" if referenced is False else "plans_by_last_day"
        yield listings.pending_plans(STAFF, wanted, TODAY), index
    for funded, days, search in product(YES_NO_BOTH, DAYS, SEARCHES):
        wanted = PlanFilter(ITS_SESSION, funded, None, days, search)
        yield listings.pending_plans(STAFF, wanted, TODAY), "pending_of_session"


def late_plans() -> Iterator[tuple[Listing, str]]:
    for statuses, days, search, funded in product((None, UNSENT), DAYS, SEARCHES, YES_NO_BOTH):
        wanted = PlanFilter(None, funded, None, days, search, statuses=statuses, late=LATE)
        yield listings.pending_plans(STAFF, wanted, TODAY), "late"
        on_time = listings.pending_plans(STAFF, replace(wanted, late=NOT_LATE), TODAY)
        yield on_time, "plans_by_last_day"
    for order in PlanOrder:
        if order is not PlanOrder.LAST_DAY:
            wanted = PlanFilter(order=order, late=LATE)
            yield listings.pending_plans(STAFF, wanted, TODAY), f"plans_by_{order.value}"
    for late in (LATE, NOT_LATE):
        yield listings.pending_plans(STAFF, PlanFilter(ITS_SESSION, late=late), TODAY), LATE_OF_SESSION[late.wanted]


def reports() -> Iterator[tuple[Listing, str]]:
    for days, search in product(DAYS, SEARCHES):
        yield listings.drafts(STAFF, ReportFilter(days, search)), "drafts"


def transmitted(viewer: Viewer) -> Iterator[tuple[Listing, str]]:
    for days, search in product(DAYS, SEARCHES):
        yield listings.transmitted(viewer, ReportFilter(days, search)), f"transmitted_{viewer.role.value.lower()}"


def plans_of_one(viewer: Viewer, identifier: str) -> Iterator[tuple[Listing, str]]:
    for statuses in STATUSES:
        yield listings.plans_of_session(viewer, ITS_SESSION, statuses, TODAY), "plans_of_session"
        yield listings.plans_of_person(viewer, identifier, statuses, TODAY), "plans_of_person"


def sessions(search: str | None) -> Iterator[tuple[Listing, str]]:
    for funded, days, order, descending in product(YES_NO_BOTH, DAYS, SessionOrder, (False, True)):
        wanted = SessionFilter(funded, days, search, order, descending)
        yield listings.sessions(STAFF, wanted, TODAY), f"sessions_{order.value}"
    for late, order in product((LATE, NOT_LATE), SessionOrder):
        wanted = SessionFilter(search=search, order=order, late=late)
        yield listings.sessions(STAFF, wanted, TODAY), f"sessions_{order.value}"


def people(viewer: Viewer) -> Iterator[tuple[Listing, str]]:
    role = viewer.role.value.lower()
    for search, index in (("", "people"), ("01", "identifiers")):
        yield listings.people(viewer, search), f"{index}_{role}"


def training_plans() -> Iterator[tuple[Listing, str]]:
    for standing, on, order, search in product(STATUSES, DAYS, PlanOrder, SEARCHES):
        wanted = PlanFilter(search=search, on=on, statuses=None if standing is None else tuple(standing), order=order)
        yield listings.training_plans(STAFF, wanted, TODAY), f"plans_by_{order.value}"


def training_sessions() -> Iterator[tuple[Listing, str]]:
    for standing, on, order in product(STATUSES, DAYS, SessionOrder):
        wanted = SessionFilter(statuses=None if standing is None else tuple(standing), on=on, order=order)
        yield listings.sessions(STAFF, wanted, TODAY), f"sessions_{order.value}"


def awaited(viewer: Viewer) -> Iterator[tuple[Listing, str]]:
    for required, days, siret, search, late in product(
        YES_NO_BOTH, DAYS, (None, SIRETS[0]), SEARCHES, (None, LATE, NOT_LATE)
    ):
        wanted = AwaitedFilter(required, days, search, organization=siret, late=late)
        yield listings.awaited(viewer, wanted, TODAY), f"awaited_{viewer.role.value.lower()}"


async def explained(world: World, pipeline: list[Document], index: str | None = None) -> Document:
    command: Document = {"aggregate": "plans", "pipeline": pipeline, "cursor": {}}
    if index:
        command["hint"] = index
    found: Document = await world.database.command({"explain": command, "verbosity": "queryPlanner"})
    return found


def steps(explanation: Document) -> Iterator[tuple[str, str | None]]:
    """The stages of the pipeline, and of the winning plan before them, each with its index."""
    for stage in explanation.get("stages", [{"$cursor": explanation}]):
        for name, inner in stage.items():
            if name.startswith("$"):
                yield name, None
                yield from winning(inner)


def winning(plan: Any) -> Iterator[tuple[str, str | None]]:
    """The stages of a plan; a FETCH that leaves plans out after it has read them is told apart."""
    if isinstance(plan, dict):
        if "stage" in plan:
            narrowing = plan["stage"] == "FETCH" and "filter" in plan
            yield "FETCH, filter" if narrowing else plan["stage"], plan.get("indexName")
        for name, inner in plan.items():
            if name not in ("rejectedPlans", "parsedQuery", "command"):
                yield from winning(inner)
    elif isinstance(plan, list):
        for inner in plan:
            yield from winning(inner)


async def steps_of_page(world: World, listing: Listing) -> list[tuple[str, str | None]]:
    after = await first_position(world, listing)
    first = list(steps(await explained(world, listing.pipeline(21), listing.index)))
    for span in (PageRange(after), PageRange(None, after, backward=True)):
        assert list(steps(await explained(world, listing.pipeline(21, span), listing.index))) == first
    return first


def plans_of_every_kind(copies: range) -> list[Plan]:
    """Of sessions whose plans are funded, not funded, or some of them; of all days, or none of them due."""
    days = FIRST - timedelta(1), FIRST, TODAY
    kinds = product(((PAID,), (UNPAID,), (PAID, UNPAID)), (days, (TODAY,)))
    return [
        a_plan(
            f"P-{number}-{funding.scheme}-{ends_on}-{copy}",
            starts_on=FIRST - timedelta(30),
            ends_on=ends_on,
            funding=funding,
            organization=an_organization(SIRETS[0]),
            session=a_session(f"S-{number}"),
        )
        for number, (fundings, days_of_kind) in enumerate(kinds)
        for funding, ends_on, copy in product(fundings, days_of_kind, copies)
    ]


async def examined(database: Database, wanted: list[Listing]) -> list[tuple[int, int]]:
    """Keys and documents that the server looked at to count all the lists together, then for a page of each."""
    repository = PlanRepository(database)
    await database.command("profile", 2)
    try:
        await repository.count({str(rank): listing for rank, listing in enumerate(wanted)})
        for listing in wanted:
            await repository.page(listing, PageRequest(2))
    finally:
        await database.command("profile", 0)
    seen = database["system.profile"].find({"command.aggregate": "plans"})
    noted = [(each["keysExamined"], each["docsExamined"]) async for each in seen]
    await database.drop_collection("system.profile")
    assert len(noted) == 1 + len(wanted)
    return noted


async def first_position(world: World, listing: Listing) -> str:
    cursor = await aggregate(world.database["plans"], listing.pipeline(1), index=listing.index)
    found = await cursor.to_list(None)
    return str(found[0]["keys"][listing.key.removeprefix("keys.")]) if found else "2025"


async def test_plans_are_read_in_the_order_of_their_index_and_never_sorted(world: World) -> None:
    person = trainee(world.people[0].identifier)
    cases = [*pending_plans(), *reports()]
    for viewer in (STAFF, ADVISER, person):
        cases += [*transmitted(viewer), *plans_of_one(viewer, person.key)]
    for listing, index in cases:
        if not listing.holds_nothing:
            found = await steps_of_page(world, listing)
            fetch = "FETCH, filter" if index in ("plans_of_session", "plans_of_person") else "FETCH"
            if listing.viewer is person:  # a person has a handful; which of them were withdrawn, no index tells
                fetch = found[2][0]
            assert found == [("$cursor", None), ("LIMIT", None), (fetch, None), ("IXSCAN", index)], listing


async def test_plans_wherever_their_reports_stand_are_read_in_the_order_of_their_index(world: World) -> None:
    for listing, index in training_plans():
        found = await steps_of_page(world, listing)
        names = [name for name, _ in found]
        assert {of for name, of in found if name == "IXSCAN"} == {index}, (listing, found)
        assert not {"SORT", "$sort", "COLLSCAN", "FETCH, filter"} & {*names}, (listing, found)


async def test_late_plans_are_read_in_the_order_of_their_index(world: World) -> None:
    for listing, index in late_plans():
        found = await steps_of_page(world, listing)
        names = [name for name, _ in found]
        assert {of for name, of in found if name == "IXSCAN"} == {index}, (listing, found)
        assert not {"SORT", "$sort", "COLLSCAN", "FETCH, filter"} & {*names}, (listing, found)


async def test_awaited_plans_are_read_in_the_order_of_their_index(world: World) -> None:
    for listing, index in awaited(ADVISER):
        found = await steps_of_page(world, listing)
        assert found == [("$cursor", None), ("LIMIT", None), ("FETCH", None), ("IXSCAN", index)], (listing, found)


async def test_sessions_wherever_their_reports_stand_are_jumped_through_in_their_index(world: World) -> None:
    for listing, index in training_sessions():
        found = await steps_of_page(world, listing)
        assert ("DISTINCT_SCAN", index) in found, (listing, found)
        assert not {"SORT", "COLLSCAN", "IXSCAN"} & {name for name, _ in found}, (listing, found)


async def test_sessions_and_people_are_jumped_through_in_their_index(world: World) -> None:
    cases = [*sessions(None)]
    for viewer in (STAFF, ADVISER):
        cases += people(viewer)
    for listing, index in cases:
        found = await steps_of_page(world, listing)
        names = [name for name, _ in found]
        assert ("DISTINCT_SCAN", index) in found, (listing, found)
        assert names[:3] == ["$cursor", "FETCH", "DISTINCT_SCAN"], found
        assert "SORT" not in names, found
        assert names.count("$sort") == 1, found


async def test_the_keys_read_for_sessions_do_not_grow_with_the_plans_of_each(database: Database) -> None:
    wanted = [listing for listing, _ in sessions(None) if "$not" not in listing.match.get("keys.owed", {})]
    await keep(database, plans_of_every_kind(range(2)))
    with_few = await examined(database, wanted)
    await keep(database, plans_of_every_kind(range(2, 20)))
    with_many = await examined(database, wanted)
    assert with_many == with_few
    assert min(keys for keys, _ in with_few) > 0


async def test_searched_sessions_and_people_are_read_in_the_order_of_their_index(world: World) -> None:
    people_called = [
        (listings.people(viewer, "ann ad"), f"people_{viewer.role.value.lower()}") for viewer in (STAFF, ADVISER)
    ]
    for listing, index in [*sessions("diplome etat"), *people_called]:
        found = await steps_of_page(world, listing)
        assert ("IXSCAN", index) in found, (listing, found)
        assert not {"SORT", "COLLSCAN"} & {name for name, _ in found}, found


async def test_a_page_is_read_as_explained(world: World) -> None:
    """What the server noted of the pages themselves, where it would have guessed otherwise."""
    rare = PlanFilter(search="no such name")
    wanted = [
        listings.pending_plans(STAFF, rare, TODAY),
        listings.plans_of_session(STAFF, ITS_SESSION, [ReportStatus.TO_ENTER], TODAY),
        listings.plans_of_session(trainee(world.people[0].identifier), ITS_SESSION, None, TODAY),
        listings.plans_of_person(ADVISER, world.people[0].identifier, None, TODAY),
    ]
    await world.database.command("profile", 2)
    try:
        for listing in wanted:
            await PlanRepository(world.database).page(listing, PageRequest(5))
    finally:
        await world.database.command("profile", 0)

    noted = [
        (each["planSummary"].partition(" { ")[2].rstrip(" }"), each.get("hasSortStage", False))
        async for each in world.database["system.profile"].find({"op": "command", "command.aggregate": "plans"})
    ]
    indexes = await world.database["plans"].index_information()
    assert noted == [
        (", ".join(f"{field}: 1" for field, _ in indexes[listing.index]["key"]), False) for listing in wanted
    ]


async def test_counting_reads_an_index_and_sorts_nothing(world: World) -> None:
    person = trainee(world.people[0].identifier)
    cases = [*pending_plans(), *reports(), *sessions(None), *sessions("lens"), *people(STAFF), *people(ADVISER)]
    for viewer in (STAFF, ADVISER, person):
        cases += [*transmitted(viewer), *plans_of_one(viewer, person.key)]
    for listing, _ in cases:
        if not listing.holds_nothing:
            names = {name for name, _ in steps(await explained(world, listing.count_pipeline("n")))}
            assert not {"SORT", "COLLSCAN", "$sort"} & names, (listing, names)
            assert {"IXSCAN", "COUNT_SCAN", "DISTINCT_SCAN"} & names, (listing, names)


@pytest.mark.parametrize("wanted", [PlanFilter("S-1", referenced=False), PlanFilter(search="x" * 1_001)])
async def test_a_list_that_can_hold_nothing_is_not_asked_for(wanted: PlanFilter) -> None:
    assert listings.pending_plans(STAFF, wanted, TODAY).holds_nothing
    assert listings.pending_plans(ADVISER, PlanFilter(), TODAY).holds_nothing
    assert not listings.pending_plans(STAFF, PlanFilter(), TODAY).holds_nothing
