"""An act whose answer was lost is UNKNOWN in the trail, never FAILED, until it is certain whether it was written."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from domain.acts import drafted
from domain.errors import Unavailable
from domain.form import TypedForm
from domain.trail import UNKNOWN, Deed, Origin, TrailEntry
from resolvers import acts, unknown
from resolvers.unknown import UnknownActs
from resolvers.visits import Watch
from service.clock import present
from storage.fetches import FetchLog
from storage.plans import PlanRepository
from storage.quota import PersonQuota
from storage.trail import Trail
from supervision.loops import Loops
from tests.delivery.desk import NOW, STAFF, TODAY, desk_on, load, plan

if TYPE_CHECKING:
    from domain.access import Viewer
    from domain.plan import Plan
    from pdf.printer import Printer
    from storage.client import Database

SECONDS = 20


class CutOff(PlanRepository):
    """A database whose answer to a write is lost, before or after it has written."""

    def __init__(self, database: Database, *, written: bool) -> None:
        super().__init__(database)
        self._reaches = written

    async def replace(self, viewer: Viewer, before: Plan, after: Plan) -> bool:
        if self._reaches:
            await super().replace(viewer, before, after)
        raise Unavailable


async def outcomes(database: Database, number: int) -> list[str]:
    """Wait for entries of the act; their outcomes in order."""
    async with asyncio.timeout(SECONDS):
        while True:
            found = [each["outcome"] async for each in database["trail"].find({"deed": "SAVE_DRAFT"}).sort("at", 1)]
            if len(found) >= number:
                return found
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(("written", "settled"), [(True, "DONE"), (False, "NOT_DONE")])
async def test_what_was_lost_on_its_way_is_settled(
    database: Database, printer: Printer, *, written: bool, settled: str
) -> None:
    await load(database, plan(1))
    async with desk_on(database, printer) as desk, Trail(database).running():
        trail = Trail(database)
        plans = PlanRepository(database)
        finder = UnknownActs(plans, trail, present, certain_seconds=0.2, look_seconds=0.05)
        watch = Watch(trail, PersonQuota(database, 100), FetchLog(database), present, finder)
        async with trail.running(), finder.running():
            cut_off = replace(desk.services, plans=CutOff(database, written=written))
            visit_services = replace(watch.begin(desk.services, STAFF, Origin()), plans=cut_off.plans)
            with pytest.raises(Unavailable):
                await acts.save_report_draft(
                    visit_services, STAFF, "P-1", TypedForm(objective="Souder."), None, now=NOW, today=TODAY
                )
            assert visit_services.visit
            watch.abandon(visit_services.visit)
            assert await outcomes(database, 2) == ["UNKNOWN", settled]


async def test_a_plan_that_cannot_be_read_leaves_its_act_unknown_and_holds_up_no_other(
    database: Database, printer: Printer
) -> None:
    await load(database, plan(1), plan(2))
    async with desk_on(database, printer) as desk:
        trail, faults = Trail(database), list[str]()
        finder = UnknownActs(PlanRepository(database), trail, present, look_seconds=0.05)
        watch = Watch(trail, PersonQuota(database, 100), FetchLog(database), present, finder)
        async with trail.running():
            for plan_id in ("P-1", "P-2"):
                services = watch.begin(desk.services, STAFF, Origin())
                services = replace(services, plans=CutOff(database, written=True))
                with pytest.raises(Unavailable):
                    await acts.save_report_draft(
                        services, STAFF, plan_id, TypedForm(objective="Souder."), None, now=NOW, today=TODAY
                    )
                assert services.visit
                watch.abandon(services.visit)
            await database["plans"].update_one({"_id": "P-1"}, {"$set": {"starts_on": "2026-02-31"}})
            async with finder.running(Loops(lambda name, *_: faults.append(name))):
                assert await outcomes(database, 3) == ["UNKNOWN", "UNKNOWN", "DONE"]
    assert faults == ["unknown acts"]


async def test_an_act_that_can_never_be_found_out_makes_room_for_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody wrote twice on the plan since: whether it was written in between, nobody can tell."""
    monkeypatch.setattr(unknown, "ROOM", 1)
    await load(database, plan(1), plan(2))
    plans, trail = PlanRepository(database), Trail(database)
    first, second = [found for number in (1, 2) if (found := await plans.find(STAFF, f"P-{number}"))]
    await database["plans"].update_one({"_id": "P-1"}, {"$inc": {"revision": 2}})
    entry = TrailEntry(NOW, "organization:1", "TRAINING_ORGANIZATION", Deed.SAVE_DRAFT, UNKNOWN, (), Origin())
    finder = UnknownActs(plans, trail, present, certain_seconds=0.1, look_seconds=0.05)
    finder.add(entry, STAFF, first, drafted(first, TypedForm(objective="Souder.").answered({}), NOW))
    async with finder.running(), asyncio.timeout(SECONDS):
        while not await database["trail"].find_one({"outcome": "NOT_DONE"}):
            finder.add(entry, STAFF, second, drafted(second, TypedForm().answered({}), NOW))
            await asyncio.sleep(0.05)


async def test_an_act_that_was_never_sent_has_failed(database: Database, printer: Printer) -> None:
    await load(database, plan(1))
    async with desk_on(database, printer) as desk:
        trail = Trail(database)
        watch = Watch(trail, PersonQuota(database, 100), FetchLog(database), present)
        async with trail.running():
            services = watch.begin(desk.services, STAFF, Origin())
            await database["plans"].update_one({"_id": "P-1"}, {"$set": {"starts_on": "2026-02-31"}})
            with pytest.raises(ValueError, match="day"):
                await acts.save_report_draft(
                    services, STAFF, "P-1", TypedForm(objective="Souder."), None, now=NOW, today=TODAY
                )
            assert services.visit
            watch.abandon(services.visit)
            assert await outcomes(database, 1) == ["FAILED"]
