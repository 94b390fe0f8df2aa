"""Questions that wait at the same time are put together; nobody is answered with what was true before they asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from storage.together import Together, documents_together

if TYPE_CHECKING:
    from storage.client import Database


class Asked:
    """Answers `question!` once it is let go; each call is noted."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.begun = asyncio.Event()
        self.let_go = asyncio.Event()
        self.fault: Exception | None = None

    async def ask(self, questions: list[str]) -> list[str]:
        self.calls.append(questions)
        self.begun.set()
        await self.let_go.wait()
        if self.fault:
            raise self.fault
        return [f"{question}!" for question in questions]


async def test_who_comes_while_a_question_is_under_way_is_asked_for_next() -> None:
    asked = Asked()
    together: Together[str, str] = Together(asked.ask)
    first = asyncio.create_task(together.of("a"))
    await asked.begun.wait()
    others = [asyncio.create_task(together.of(each)) for each in ("a", "b", "c")]
    await asyncio.sleep(0)
    asked.let_go.set()

    assert await asyncio.gather(first, *others) == ["a!", "a!", "b!", "c!"]
    assert asked.calls == [["a"], ["a", "b", "c"]]


async def test_who_is_left_without_answer_does_not_hold_the_others_back_for_long() -> None:
    asked = Asked()
    together: Together[str, str] = Together(asked.ask, patience=0.01)
    stuck = asyncio.create_task(together.of("a"))
    await asked.begun.wait()
    never, asked.let_go = asked.let_go, asyncio.Event()
    asked.let_go.set()

    async with asyncio.timeout(5):
        assert await together.of("b") == "b!"
        assert await together.of("c") == "c!"
    assert not stuck.done()
    never.set()
    assert await stuck == "a!"
    assert await together.of("d") == "d!"
    assert asked.calls == [["a"], ["b"], ["c"], ["d"]]


async def test_who_comes_after_patience_was_lost_asks_at_once() -> None:
    asked = Asked()
    together: Together[str, str] = Together(asked.ask, patience=0)
    stuck = asyncio.create_task(together.of("a"))
    await asked.begun.wait()
    lost = asyncio.Event()
    asyncio.get_running_loop().call_later(0, lost.set)
    await lost.wait()
    never, asked.let_go = asked.let_go, asyncio.Event()
    asked.let_go.set()

    async with asyncio.timeout(5):
        assert await together.of("b") == "b!"
    never.set()
    assert await stuck == "a!"


async def test_a_fault_is_told_to_all_who_asked_and_to_nobody_after() -> None:
    asked = Asked()
    asked.fault = LookupError()
    asked.let_go.set()
    together: Together[str, str] = Together(asked.ask)

    told = await asyncio.gather(together.of("a"), together.of("b"), return_exceptions=True)
    asked.fault = None

    assert [type(each) for each in told] == [LookupError, LookupError]
    assert await together.of("c") == "c!"


async def test_who_leaves_takes_no_answer_from_the_others() -> None:
    asked = Asked()
    together: Together[str, str] = Together(asked.ask)
    leaving, staying = asyncio.create_task(together.of("a")), asyncio.create_task(together.of("b"))
    await asked.begun.wait()
    leaving.cancel()
    await asyncio.sleep(0)
    asked.let_go.set()

    assert await staying == "b!"
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_documents_come_each_to_who_asked(database: Database) -> None:
    un, deux = {"_id": "1", "name": "un"}, {"_id": "2", "name": "deux"}
    await database["things"].insert_many([{**un, "more": 1}, deux])
    things = documents_together(database["things"], {"name": 1})

    asked = [{"_id": "2"}, {"_id": "none"}, un, {"_id": "2", "name": "un"}, deux]
    found = await asyncio.gather(*map(things.of, asked))

    assert found == [deux, None, un, None, deux]


async def test_what_is_not_of_whoever_asks_is_not_read(database: Database) -> None:
    await database["things"].insert_one({"_id": "1", "of": "another"})
    await database.command("profile", 2)

    found = await documents_together(database["things"]).of({"_id": "1", "of": "us"})

    await database.command("profile", 0)
    (asked,) = [each async for each in database["system.profile"].find({"ns": f"{database.name}.things"})]
    assert found is None
    assert asked["nreturned"] == 0
