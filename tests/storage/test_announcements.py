"""Numbers of announcements, and two hubs on one database that tell the same in the same order."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain import acts
from domain.form import Form
from resolvers.following import report_transmitted
from storage.announcements import AnnouncementLog
from storage.client import close_database, open_database
from storage.documents import to_document
from storage.hub import Hub
from storage.verify import problems_of
from tests import DRIVER
from tests.factories import NOW, TODAY, a_person, a_plan, an_adviser, an_organization, counsellor, staff, trainee

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.access import Viewer
    from domain.plan import Plan
    from resolvers.services import Services
    from storage.client import Database
    from storage.hub import Subscriber

SECONDS = 20


def sent(number: int, *, now: datetime = NOW, **changes: Any) -> Plan:
    plan = a_plan(f"P-{number}", job_seeker=a_person(f"{number:07}K"), **changes)
    return acts.transmit(plan, Form(), None, now=now, today=TODAY)


async def keep(database: Database, *plans: Plan) -> None:
    """Write transmitted reports whose writer did not live to announce them."""
    documents = [{**to_document(plan), "_id": plan.id, "revision": 0, "to_announce": True} for plan in plans]
    await database["plans"].insert_many(documents)


@asynccontextmanager
async def process(mongodb_url: str, name: str) -> AsyncIterator[tuple[AnnouncementLog, Hub]]:
    database = open_database(mongodb_url, name, driver=DRIVER)
    log = AnnouncementLog(database)
    hub = Hub(database, log, pause_seconds=0.2)
    try:
        async with hub.running():
            yield log, hub
    finally:
        await close_database(database)


async def told(subscriber: Subscriber, count: int) -> list[tuple[int, str]]:
    async with asyncio.timeout(SECONDS):
        return [(number, plan.id) for number, plan, _ in [await subscriber.next() for _ in range(count)]]


async def test_numbers_follow_each_other_and_a_report_has_one_for_ever(database: Database) -> None:
    log = AnnouncementLog(database)
    await keep(database, *(sent(number) for number in range(1, 4)))
    assert await log.head() == 0

    for plan_id in ("P-2", "P-1", "P-2", "P-3", "P-1", "P-9"):
        await log.announce(plan_id)

    assert [(number, plan.id) for number, plan in await log.since(0)] == [(1, "P-2"), (2, "P-1"), (3, "P-3")]
    assert [number for number, _ in await log.since(2)] == [3]
    assert (await log.head(), await log.since(3)) == (3, [])


async def test_a_draft_is_never_announced(database: Database) -> None:
    log = AnnouncementLog(database)
    draft = acts.save_draft(a_plan(), Form(), None, now=NOW, today=TODAY)
    await database["plans"].insert_one({**to_document(draft), "_id": draft.id, "revision": 0})

    await log.announce(draft.id)

    assert (await log.announce_waiting(), await log.head()) == (0, 0)


async def test_two_processes_that_announce_the_same_reports_give_each_one_number(
    mongodb_url: str, database: Database
) -> None:
    await keep(database, *(sent(number) for number in range(1, 13)))
    async with process(mongodb_url, database.name) as (one, _), process(mongodb_url, database.name) as (other, __):
        await asyncio.gather(one.announce_waiting(), other.announce_waiting(), one.announce("P-5"))
        announced = await one.since(0)

    assert [number for number, _ in announced] == list(range(1, 13))
    assert len({plan.id for _, plan in announced}) == 12


async def test_two_processes_tell_each_recipient_the_same_in_the_same_order(
    mongodb_url: str, database: Database
) -> None:
    async with AsyncExitStack() as stack:
        processes = [await stack.enter_async_context(process(mongodb_url, database.name)) for _ in range(2)]
        viewers = [staff(), counsellor(), trainee("0000003K")]
        heard = [
            [await stack.enter_async_context(hub.subscribed(viewer)) for _, hub in processes] for viewer in viewers
        ]
        await keep(database, *(sent(number) for number in range(1, 7)))
        await asyncio.gather(*(processes[number % 2][0].announce(f"P-{number}") for number in (3, 1, 6, 2, 5, 4)))

        everything = [(number, plan.id) for number, plan in await processes[0][0].since(0)]
        assert [number for number, _ in everything] == [1, 2, 3, 4, 5, 6]
        for subscribers, own in zip(heard, ("P-", "P-", "P-3"), strict=True):
            expected = [each for each in everything if each[1].startswith(own)]
            one, other = [await told(subscriber, len(expected)) for subscriber in subscribers]
            assert one == other == expected


async def test_what_was_missed_is_replayed_whole_however_much_it_is(services: Services, database: Database) -> None:
    """More than a batch, with those of others in between."""
    own = [number for number in range(1, 251) if number % 10]
    other: dict[str, Any] = {"organization": an_organization("38012986600014"), "adviser": None}
    plans = [sent(number) if number % 10 else sent(number, **other) for number in range(1, 251)]
    documents = [
        {**to_document(plan), "_id": plan.id, "revision": 0, "sequence": number, "numbers": [number]}
        for number, plan in enumerate(plans, 1)
    ]
    await database["plans"].insert_many(documents)

    for viewer in (staff(), counsellor()):
        for after in (0, 99, 100, 101, 230):
            expected = [number for number in own if number > after]
            assert await replayed(services, viewer, after, len(expected)) == expected


async def replayed(services: Services, viewer: Viewer, after: int, count: int) -> list[int]:
    stream = report_transmitted(services, viewer, after, None)
    async with asyncio.timeout(SECONDS):
        numbers = [(await anext(stream))[0] for _ in range(count)]
    await stream.aclose()
    return numbers


async def test_a_plan_whose_adviser_changes_tells_the_one_it_has_when_it_is_announced(
    services: Services, database: Database
) -> None:
    await keep(database, sent(1, adviser=an_adviser("A-8")), sent(2))
    async with services.hub.subscribed(counsellor("A-8")) as new, services.hub.subscribed(counsellor()) as old:
        await services.log.announce_waiting()
        assert [plan_id for _, plan_id in await told(new, 1)] == ["P-1"]
        assert [plan_id for _, plan_id in await told(old, 1)] == ["P-2"]


async def test_what_got_a_number_again_after_a_restore_is_told_under_another(
    database: Database,
) -> None:
    log = AnnouncementLog(database)
    hub = Hub(database, log)
    minutes = [NOW + timedelta(minutes=number) for number in range(6)]

    async def announce(*numbers: int) -> None:
        await keep(database, *(sent(number, now=minutes[number]) for number in numbers))
        for number in numbers:
            await log.announce(f"P-{number}")

    async with hub.subscribed(counsellor()) as subscriber:
        await announce(1, 2)
        await hub.pull()
        assert await told(subscriber, 2) == [(1, "P-1"), (2, "P-2")]
        await database["plans"].delete_one({"_id": "P-2"})  # a backup that does not have it is restored
        await announce(3, 4)
        assert await numbers_of(database) == {"P-1": [1], "P-3": [2], "P-4": [3]}

        await hub.pull()
        await announce(5)
        await hub.pull()

        assert await told(subscriber, 3) == [(3, "P-4"), (4, "P-3"), (5, "P-5")]
    assert await problems(database) == []


async def test_numbers_go_on_above_the_cursor_that_somebody_holds(services: Services, database: Database) -> None:
    await keep(database, sent(1))
    await services.log.announce("P-1")
    follower = report_transmitted(services, counsellor(), 7, None)
    waiting = asyncio.ensure_future(anext(follower))
    async with asyncio.timeout(SECONDS):
        while not await database["marks"].find_one({"_id": "numbering"}):  # noqa: ASYNC110 - kept by the database
            await asyncio.sleep(0.01)
    await keep(database, sent(2))
    await services.log.announce("P-2")
    number, plan = await asyncio.wait_for(waiting, SECONDS)
    assert (number, plan.id) == (8, "P-2")
    await follower.aclose()


async def test_a_cursor_that_cannot_be_moves_no_number(database: Database) -> None:
    log = AnnouncementLog(database)
    await log.heed(10**17)
    await keep(database, sent(1))
    await log.announce("P-1")
    assert await numbers_of(database) == {"P-1": [1]}


async def numbers_of(database: Database) -> dict[str, list[int]]:
    return {each["_id"]: each["numbers"] async for each in database["plans"].find().sort("_id", 1)}


async def problems(database: Database) -> list[str]:
    """What `verify` says of numbers; these reports have no paper."""
    return [each async for each in problems_of(database) if "announce" in each.lower()]


class Overtaken(AnnouncementLog):
    """A log that gives another number just after it has looked up to which it reads."""

    async def head(self) -> int:
        head = await super().head()
        await self.announce_waiting()
        return head


async def test_a_number_given_while_the_log_is_read_is_for_the_next_reading(database: Database) -> None:
    """Of two that are given meanwhile the second could be read without the first, which nobody would be told then."""
    log = AnnouncementLog(database)
    await keep(database, sent(1), sent(2))
    await log.announce_waiting()
    await keep(database, sent(3))

    batch = await Overtaken(database).batch(0)

    assert (batch.upto, [number for number, _ in batch.announced]) == (2, [1, 2])
    assert [number for number, _ in await log.since(2)] == [3]
