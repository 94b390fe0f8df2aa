"""How the server reads lists in which plans count as one (sessions, people): by the index that has their order.

They are the exception to be honest about: DISTINCT_SCAN jumps from one session or person to the next in the index,
and what it gives, one row for each, is sorted again in memory, since the server does not know that it stands in
order. Searched sessions are read plan by plan in the order of the index, and grouped.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

from domain.pages import PageRequest
from storage import listings
from storage.plans import PlanRepository
from tests.factories import PAID, UNPAID, a_plan, a_session, an_organization
from tests.storage.every_list import ADVISER, STAFF, people, sessions, training_sessions
from tests.storage.explaining import steps_of_page
from tests.storage.worlds import FIRST, SIRETS, TODAY, keep

if TYPE_CHECKING:
    from domain.plan import Plan
    from storage.client import Database
    from storage.lists import Listing
    from tests.storage.worlds import World


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
