"""What an adviser's tool lives: it connects, sleeps, comes back elsewhere; every event once, in order, its own."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from pymongo.errors import OperationFailure

from domain.errors import TooSlow
from storage.client import aggregate, close_database, open_database
from storage.hub import Subscriber, Told
from tests import DRIVER
from tests.delivery.desk import SECONDS, STAFF, Desk, Tool, adviser, desk_on, load, person, plan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.access import Viewer
    from domain.plan import Plan
    from pdf.printer import Printer
    from storage.client import Database
    from storage.hub import Hub


@asynccontextmanager
async def five_thousand(hub: Hub) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for number in range(5_000):
            await stack.enter_async_context(hub.subscribed(adviser(f"B-{number}")))
        yield


async def first_of(desk: Desk, viewer: Viewer) -> asyncio.Task[tuple[int, Plan]]:
    """Subscribe to what comes from now on; the task ends with its first event."""
    head = await desk.services.log.head()
    stream = desk.follow(viewer, head)
    before = desk.services.hub.subscribers

    async def first() -> tuple[int, Plan]:
        async with asyncio.timeout(SECONDS):
            event = await anext(stream)
        await stream.aclose()
        return event

    waiting = asyncio.create_task(first())
    while desk.services.hub.subscribers == before and not waiting.done():  # noqa: ASYNC110 - as it is counted
        await asyncio.sleep(0)  # the tool has connected when the hub counts it
    return waiting


async def test_a_tool_that_comes_back_to_another_process_gets_what_it_missed_then_what_comes(
    database: Database, desk: Desk, printer: Printer
) -> None:
    await load(database, *(plan(number) for number in range(1, 5)))
    tool = Tool(adviser("A-1"))
    await desk.transmit("P-2")
    assert await tool.takes(desk, 1) == ["P-2"]
    await desk.transmit("P-1")
    await desk.transmit("P-4")

    async with desk_on(database, printer) as other:
        coming = asyncio.create_task(tool.takes(other, 3))
        await desk.transmit("P-3")
        assert await coming == ["P-1", "P-4", "P-3"]


async def test_a_tool_that_comes_back_after_a_restart_gets_what_it_missed(
    mongodb_url: str, database: Database, printer: Printer
) -> None:
    await load(database, plan(1), plan(2))
    tool = Tool(adviser("A-1"))
    async with desk_on(database, printer) as before:
        await before.transmit("P-1")
        await tool.takes(before, 1)
        await before.transmit("P-2")
    again = open_database(mongodb_url, database.name, driver=DRIVER)

    async with desk_on(again, printer) as after:
        assert await tool.takes(after, 1) == ["P-2"]
    await close_database(again)


async def test_a_cursor_from_before_the_oplog_still_gives_everything(
    database: Database, desk: Desk, printer: Printer
) -> None:
    """No oplog at all: the collection is a copy, of whose reports no change was ever written."""
    await load(database, *(plan(number) for number in range(1, 4)))
    for number in (3, 1, 2):
        await desk.transmit(f"P-{number}")
    restored = database.client.get_database(
        f"{database.name}_copy",
        codec_options=database.codec_options,
        read_concern=database.read_concern,
        write_concern=database.write_concern,
    )
    copying = await aggregate(database["plans"], [{"$out": {"db": restored.name, "coll": "plans"}}])
    assert [each async for each in copying] == [], "a pipeline runs when it is read"

    async with desk_on(restored, printer) as elsewhere:
        assert await Tool(adviser("A-1")).takes(elsewhere, 3) == ["P-3", "P-1", "P-2"]
    await database.client.drop_database(restored.name)


async def test_transmissions_of_the_same_instant_get_each_a_number_and_no_hole(
    database: Database, desk: Desk
) -> None:
    await load(database, *(plan(number) for number in range(1, 9)))
    await asyncio.gather(*(desk.transmit(f"P-{number}") for number in range(1, 9)))

    announced = await desk.services.log.since_for(adviser("A-1"), 0)
    assert [number for number, _ in announced] == list(range(1, 9))
    assert {plan.id for _, plan in announced} == {f"P-{number}" for number in range(1, 9)}


async def test_a_transmission_whose_writer_died_is_announced_later_and_comes_after(
    database: Database, desk: Desk
) -> None:
    """Acknowledged first, announced last: the tool that has gone past it must still get it."""
    await load(database, plan(1), plan(2))
    await desk.transmit("P-1")
    await database["plans"].update_one({"_id": "P-1"}, {"$unset": {"sequence": "", "numbers": ""}})
    tool = Tool(adviser("A-1"))
    await desk.transmit("P-2")
    assert await tool.takes(desk, 1) == ["P-2"]

    coming = asyncio.create_task(tool.takes(desk, 1))
    await database["plans"].update_one({"_id": "P-1"}, {"$set": {"to_announce": True}})
    assert await coming == ["P-1"]  # by the sweep: nobody called


async def test_after_a_move_the_new_adviser_gets_the_past_and_the_old_one_nothing(
    database: Database, desk: Desk
) -> None:
    await load(database, plan(1), plan(2))
    await desk.transmit("P-1")
    await desk.transmit("P-2")
    await load(database, plan(1, adviser="A-2"))

    assert await Tool(adviser("A-2")).takes(desk, 1) == ["P-1"]
    assert await Tool(adviser("A-1")).takes(desk, 1) == ["P-2"]
    assert [each.id for _, each in await desk.services.log.since_for(adviser("A-1"), 0)] == ["P-2"]


async def test_a_move_during_a_subscription_sends_the_event_to_the_new_adviser_alone(
    database: Database, desk: Desk
) -> None:
    await load(database, plan(1), plan(2))
    old, new = await first_of(desk, adviser("A-1")), await first_of(desk, adviser("A-2"))
    await load(database, plan(1, adviser="A-2"))
    await desk.transmit("P-1")
    await desk.transmit("P-2")

    assert (await new)[1].id == "P-1"
    assert (await old)[1].id == "P-2"


async def test_each_recipient_is_told_and_nobody_else(database: Database, desk: Desk) -> None:
    await load(database, plan(1), plan(2, adviser="A-2", siret="38012986600014"))
    mine = [await first_of(desk, viewer) for viewer in (STAFF, person("0000001K"), adviser("A-1"))]
    others = [await first_of(desk, viewer) for viewer in (person("0000002K"), adviser("A-2"))]
    await desk.transmit("P-1")
    other_staff = STAFF.model_copy(update={"key": "38012986600014"})
    await desk.transmit("P-2", viewer=other_staff)

    assert {(await each)[1].id for each in mine} == {"P-1"}
    assert {(await each)[1].id for each in others} == {"P-2"}


async def test_a_slow_client_is_cut_and_the_others_go_on(database: Database, printer: Printer) -> None:
    await load(database, *(plan(number) for number in range(1, 5)))
    async with desk_on(database, printer, room=2) as desk:
        quick = asyncio.create_task(Tool(adviser("A-1"), cursor=None).takes(desk, 4))
        async with desk.services.hub.subscribed(adviser("A-1")) as slow:
            for number in range(1, 5):
                await desk.transmit(f"P-{number}")
            assert await quick == ["P-1", "P-2", "P-3", "P-4"]
            assert [(await slow.next())[0], (await slow.next())[0]] == [1, 2]
            with pytest.raises(TooSlow):
                await slow.next()


async def test_an_event_for_one_of_five_thousand_costs_one_delivery(
    database: Database, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    tell = Subscriber.tell

    def counted(subscriber: Subscriber, announcement: Told) -> None:
        told.append(announcement[0])
        tell(subscriber, announcement)

    monkeypatch.setattr(Subscriber, "tell", counted)
    await load(database, plan(1))
    async with five_thousand(desk.services.hub):
        waiting = await first_of(desk, adviser("A-1"))
        await desk.transmit("P-1")
        assert (await waiting)[1].id == "P-1"
    assert told == [1]


async def test_a_stream_that_is_lost_is_opened_again_and_misses_nothing(database: Database, desk: Desk) -> None:
    await load(database, plan(1), plan(2))
    tool = Tool(adviser("A-1"))
    await desk.transmit("P-1")
    assert await tool.takes(desk, 1) == ["P-1"]
    streams = [
        each["cursor"]["cursorId"]
        async for each in await aggregate(
            database.client.admin,
            [
                {"$currentOp": {"idleCursors": True, "allUsers": False}},
                {"$match": {"ns": f"{database.name}.plans", "cursor.tailable": True}},
            ],
        )
    ]
    try:
        await database.command({"killCursors": "plans", "cursors": streams})
    except OperationFailure:
        pytest.fail("the server would not end the streams")
    assert streams

    coming = asyncio.create_task(tool.takes(desk, 1))
    await desk.transmit("P-2")
    assert await coming == ["P-2"]
