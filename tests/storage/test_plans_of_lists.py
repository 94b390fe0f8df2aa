"""How the server reads each list of plans: by the index that has its order, from its scope, without a sort."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.filters import PlanFilter
from domain.pages import PageRequest
from domain.report import ReportStatus
from storage import listings
from storage.plans import PlanRepository
from tests.factories import trainee
from tests.storage.every_list import (
    ADVISER,
    ITS_SESSION,
    STAFF,
    awaited,
    late_plans,
    pending_plans,
    people,
    plans_of_one,
    reports,
    sessions,
    training_plans,
    transmitted,
)
from tests.storage.explaining import explained, steps, steps_of_page
from tests.storage.worlds import TODAY

if TYPE_CHECKING:
    from tests.storage.worlds import World


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
