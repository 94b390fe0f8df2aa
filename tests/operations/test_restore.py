"""Backups restored under a running service: whole or not at all, and numbers go on above all that were told."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

from service.composition import prepare
from storage.backup import RESTORING
from storage.restore import JUMP, restore
from tests.delivery.desk import adviser, desk_on, load, plan
from tests.operations.test_backup import SECONDS, backup_of, elsewhere, everything, problems

if TYPE_CHECKING:
    from pdf.printer import Printer
    from storage.client import Database


async def test_numbers_go_on_above_all_that_was_told_where_a_backup_is_restored_under_the_service(
    database: Database, printer: Printer
) -> None:
    await load(database, *(plan(number) for number in range(1, 5)))
    async with desk_on(database, printer, pause_seconds=0.05) as desk:
        await desk.transmit("P-1")
        kept = await backup_of(database)
        await desk.transmit("P-2")
        await desk.transmit("P-3")
        follower = desk.follow(adviser("A-1"), 0)
        told = [await asyncio.wait_for(anext(follower), SECONDS) for _ in range(3)]
        assert [number for number, _ in told] == [1, 2, 3]
        await restore(database, io.BytesIO(kept))
        assert await desk.services.log.head() == 1
        for plan_id in ("P-2", "P-4"):
            await desk.transmit(plan_id)
            number, heard = await asyncio.wait_for(anext(follower), SECONDS)
            assert heard.id == plan_id
            assert number > 3 + JUMP
        await follower.aclose()
        again = desk.follow(adviser("A-1"), 3)
        assert [(await asyncio.wait_for(anext(again), SECONDS))[1].id for _ in range(2)] == ["P-2", "P-4"]
        await again.aclose()
    assert await problems(database) == []


async def test_what_is_transmitted_after_another_tool_has_restored_is_told(
    database: Database, printer: Printer
) -> None:
    """As `mongorestore --drop` does, which knows nothing of numbers: the hub sees that they have gone back."""
    await load(database, *(plan(number) for number in range(1, 5)))
    async with desk_on(database, printer, pause_seconds=0.05) as desk:
        follower = desk.follow(adviser("A-1"), 0)
        await desk.transmit("P-1")
        await asyncio.wait_for(anext(follower), SECONDS)
        kept = await everything(database)
        await desk.transmit("P-2")
        assert (await asyncio.wait_for(anext(follower), SECONDS))[0] == 2
        for name, documents in kept.items():
            await database[name].drop()
            if documents:
                await database[name].insert_many(documents)
        await prepare(database)
        async with asyncio.timeout(SECONDS):
            while not await database["marks"].find_one({"_id": "numbering"}):  # noqa: ASYNC110 - of another process
                await asyncio.sleep(0.05)
        await desk.transmit("P-3")
        number, heard = await asyncio.wait_for(anext(follower), SECONDS)
        assert (number, heard.id) == (3, "P-3")
        await follower.aclose()
    assert await problems(database) == []


async def test_a_restore_that_was_killed_in_the_middle_of_the_exchange_is_finished_by_the_next_start(
    database: Database, mongodb_url: str
) -> None:
    await load(database, plan(1))
    async with elsewhere(mongodb_url) as other:
        await prepare(other)
        await load(other, plan(2))
        for each in ("plans", "marks"):
            documents = [document async for document in other[each].find()]
            await database[RESTORING + each].insert_many([*documents, {"_id": "restored"}])
        await database[RESTORING + "plans"].rename("plans", dropTarget=True)
        await database["accounts"].insert_one({"_id": "of before"})
        swap = {"_id": "swap", "names": ["plans", "marks"], "gone": ["accounts"]}
        await database["restores"].insert_one(swap)
    await prepare(database)
    assert {each["_id"] async for each in database["plans"].find()} == {"P-2", "restored"}
    assert await database["marks"].find_one({"_id": "restored"})
    assert await database["accounts"].count_documents({}) == 0
    assert not [each for each in await database.list_collection_names() if each.startswith(RESTORING)]


async def test_a_restore_that_was_killed_before_the_exchange_has_changed_nothing(database: Database) -> None:
    await load(database, plan(1))
    kept = await backup_of(database)
    await database[RESTORING + "plans"].insert_one({"_id": "P-9"})
    await prepare(database)
    assert [each["_id"] async for each in database["plans"].find()] == ["P-1"]
    await restore(database, io.BytesIO(kept))
    assert [each["_id"] async for each in database["plans"].find()] == ["P-1"]
