"""Documents mended by hand into something impossible silence nobody: not the hub, not webhooks, at no restart."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from domain.access import Role
from domain.trail import DONE, Deed, Origin, Seen, TrailEntry
from domain.webhook import event_id
from storage.announcements import AnnouncementLog
from storage.fetches import FetchLog
from storage.hub import Hub
from storage.trail import Trail
from supervision.loops import Loops
from tests.delivery.desk import NOW, STAFF, adviser, desk_on, load, plan
from tests.webhooks.office import office_on, real_time
from tests.webhooks.receiver import receiving

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from domain.plan import Plan
    from pdf.printer import Printer
    from storage.client import Database

SECONDS = 20
IMPOSSIBLE: list[dict[str, Any]] = [
    {"starts_on": "2026-02-31"},
    {"job_seeker": None},
    {"report.form": 7},
    {"numbers": []},
    {"report.version": "one"},
    {"organization.siret": ["79455821300029"]},
]


async def transmitted_then_broken(database: Database, printer: Printer, change: dict[str, Any]) -> None:
    async with desk_on(database, printer) as desk:
        await desk.transmit("P-1")
    await database["plans"].update_one({"_id": "P-1"}, {"$set": change})


@pytest.mark.parametrize("change", IMPOSSIBLE, ids=str)
async def test_a_later_transmission_is_heard_and_sent_after_one_that_cannot_be_read(
    database: Database, printer: Printer, change: dict[str, Any]
) -> None:
    """By who follows, by who comes later with an old cursor, and by webhooks of a courier that has just begun."""
    await load(database, plan(1), plan(2))
    async with receiving() as receiver, office_on(database, printer, real_time()) as office:
        await office.registers(receiver.url)
        follower = office.desk.follow(adviser("A-1"), 0)
        await office.desk.transmit("P-1")
        await heard(follower, "P-1")
        await database["plans"].update_one({"_id": "P-1"}, {"$set": change})
        sent = await office.desk.transmit("P-2")
        await heard(follower, "P-2")
        await heard(office.desk.follow(adviser("A-1"), 0), "P-2")
        await office.courier.deliver_due()
        assert receiver.ids[-1] == event_id(sent)
        assert (await office.listed()).cursor == 2


async def heard(follower: AsyncGenerator[tuple[int, Plan], None], plan_id: str) -> None:
    """Wait for an event of a plan; one that is impossible and can be read all the same may be told before."""
    async with asyncio.timeout(SECONDS):
        while (await anext(follower))[1].id != plan_id:
            pass


async def test_a_plan_with_an_impossible_day_that_waits_is_passed_over_and_named_once(
    database: Database, printer: Printer
) -> None:
    await load(database, plan(1), plan(2))
    broken = {"starts_on": "2026-02-31", "to_announce": True}
    await transmitted_then_broken(database, printer, broken)
    await database["plans"].update_one({"_id": "P-1"}, {"$unset": {"sequence": "", "numbers": ""}})
    faults: list[str] = []
    named: list[str] = []
    loops = Loops(lambda name, *_: faults.append(name))
    log = AnnouncementLog(database, on_passed_over=lambda plan_id, _: named.append(plan_id))
    hub = Hub(database, log, pause_seconds=0.05)
    async with hub.running(loops), desk_on(database, printer) as desk, hub.subscribed(STAFF) as subscriber:
        await log.announce_waiting()
        await desk.transmit("P-2")
        assert (await asyncio.wait_for(subscriber.next(), SECONDS)).plan.id == "P-2"
        for _ in range(3):
            await hub.pull()
            await log.since(0)
    assert (faults, named) == ([], ["P-1"])


async def test_a_report_whose_number_cannot_be_written_is_named_and_the_others_get_theirs(
    database: Database, printer: Printer
) -> None:
    await load(database, plan(1), plan(2))
    await transmitted_then_broken(database, printer, {"numbers": "none", "to_announce": True})
    named: list[str] = []
    log = AnnouncementLog(database, on_passed_over=lambda plan_id, _: named.append(plan_id))
    async with desk_on(database, printer) as desk:
        await desk.transmit("P-2")
        assert await log.announce_waiting() == 1
        assert [each.id for _, each in await log.since(0)] == ["P-2"]
    assert named == ["P-1"]


async def test_a_hub_whose_turn_fails_follows_on(database: Database, printer: Printer) -> None:
    await load(database, plan(1), plan(2))
    faults: list[str] = []
    broken = [KeyError()]

    def on_announced() -> None:
        if broken:
            raise broken.pop()

    log = AnnouncementLog(database)
    hub = Hub(database, log, pause_seconds=60, on_announced=on_announced)
    loops = Loops(lambda name, *_: faults.append(name))
    async with hub.running(loops), desk_on(database, printer) as desk, hub.subscribed(STAFF) as subscriber:
        for plan_id in ("P-1", "P-2"):
            await desk.transmit(plan_id)
            assert (await asyncio.wait_for(subscriber.next(), SECONDS)).plan.id == plan_id
    assert faults == ["announcements"]


async def test_a_webhook_that_cannot_be_read_keeps_nobody_from_theirs(database: Database, printer: Printer) -> None:
    await load(database, plan(1))
    async with receiving() as receiver, office_on(database, printer, real_time()) as office:
        for viewer in (STAFF, adviser("A-1")):
            await office.registers(receiver.url, viewer)
        broken = {"state": "ACTIVE", "url": 7, "due_at": office.clock.now.replace(year=2020)}
        await database["webhooks"].update_one({"scope": {"$regex": STAFF.key}}, {"$set": broken})
        await office.desk.transmit("P-1")
        await office.courier.deliver_due()
        assert len(receiver.calls) == 1
        await database["webhooks"].update_one({"scope": {"$regex": STAFF.key}}, {"$set": {"due_at": "soon"}})
        async with office.courier.running():
            await office.desk.transmit("P-1")
            await office.courier.deliver_due()


async def test_an_entry_that_cannot_be_written_is_told_and_the_others_are_written(database: Database) -> None:
    def entry(account: str) -> TrailEntry:
        return TrailEntry(NOW, account, "ADVISER", Deed.READ, DONE, (Seen("1K", "P-1", report=True),), Origin())

    told: list[tuple[str, int]] = []
    trail = Trail(database, on_error=lambda *each: told.append(each))
    async with trail.running():
        trail.note([entry("adviser:1"), entry("adviser:\ud800"), entry("adviser:2")])
        await trail.write([entry("adviser:\udfff"), entry("adviser:3")])
    accounts = {each["account"] async for each in database["trail"].find()}
    assert accounts == {"adviser:1", "adviser:2", "adviser:3"}
    assert [number for _, number in told] == [1, 1]
    assert trail.waiting == 0


async def test_a_plan_that_takes_no_first_reading_keeps_none_from_being_noted(database: Database) -> None:
    await database["plans"].insert_many([{"_id": "P-1", "fetched": "never"}, {"_id": "P-2"}])
    told: list[tuple[str, int]] = []
    log = FetchLog(database, on_error=lambda *each: told.append(each))
    async with log.running():
        log.note(Role.ADVISER, [("P-1", 1), ("P-2", 1)], NOW)
    noted = await database["plans"].find_one({"_id": "P-2"})
    assert noted
    assert "fetched" in noted
    assert told == [("BulkWriteError", 1)]
