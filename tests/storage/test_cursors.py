"""A cursor is taken by the list that gave it, in its order and within its days; anything else is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from domain.errors import BadRequest
from domain.filters import PlanFilter, ReportFilter, SessionFilter, SessionOrder
from domain.pages import PageRequest
from storage import listings
from storage.lists import Listing, PageRange
from storage.plans import PlanRepository
from tests.factories import session_of, staff
from tests.storage.worlds import SIRETS, TODAY

if TYPE_CHECKING:
    from tests.storage.worlds import World


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
