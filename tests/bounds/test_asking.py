"""What an operation may have of the database: its time and its account's share; what it gives up is killed."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from typing import TYPE_CHECKING, get_args
from weakref import ref

import pytest
from pymongo.errors import PyMongoError
from pymongo.monitoring import CommandListener

from storage.asking import asking
from storage.client import AT_ONCE, SHARE, Driver, aggregate, close_database, open_aside, open_database
from storage.health import Readiness
from storage.together import Together
from tests import DRIVER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pymongo.monitoring import CommandStartedEvent

    from storage.client import Database, Document

FOR_EVER = [
    {"$match": {"$expr": {"$function": {"body": "function () { sleep(50); return true }", "args": [], "lang": "js"}}}}
]


class Started(CommandListener):
    """Notes the commands of a client as they go to the server."""

    def __init__(self) -> None:
        self.commands: list[Document] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name != "endSessions":
            self.commands.append(dict(event.command))

    def succeeded(self, event: object) -> None: ...

    def failed(self, event: object) -> None: ...


@pytest.fixture
async def aside(mongodb_url: str, database: Database) -> AsyncIterator[Database]:
    opened = open_aside(mongodb_url, database.name, driver=DRIVER)
    yield opened
    await close_database(opened)


@pytest.fixture
async def asked(
    request: pytest.FixtureRequest, mongodb_url: str, database: Database, aside: Database
) -> AsyncIterator[Database]:
    """The database as the service opens it, with documents enough to work on for minutes."""
    opened = open_database(mongodb_url, database.name, aside=aside, driver=getattr(request, "param", DRIVER))
    await opened["many"].insert_many([{"number": number} for number in range(10_000)])
    yield opened
    await close_database(opened)


async def at_work(aside: Database) -> int:
    """Count what the server does to this collection."""
    running = await aggregate(
        aside.client.admin, [{"$currentOp": {"localOps": True}}, {"$match": {"ns": f"{aside.name}.many"}}]
    )
    return len(await running.to_list(None))


async def until(aside: Database, number: int) -> None:
    async with asyncio.timeout(20):
        while await at_work(aside) != number:  # noqa: ASYNC110 - the server says it only when it is asked
            await asyncio.sleep(0.01)


async def work_for_ever(asked: Database) -> None:
    await (await aggregate(asked["many"], FOR_EVER)).to_list(None)


async def test_each_command_carries_the_time_that_its_operation_has_left(
    mongodb_url: str, database: Database
) -> None:
    started = Started()
    client = open_database(mongodb_url, database.name, listeners=[started], driver=DRIVER)
    with asking("a", 10):
        await client["many"].find_one({})
        await client["many"].insert_one({})
        await client["many"].find().to_list(None)
    await client["many"].find_one({})
    await close_database(client)

    *timed, untimed = started.commands
    limits = [int(command["maxTimeMS"]) for command in timed]
    assert "maxTimeMS" not in untimed, "what the service does by itself has the time it needs"
    assert len(limits) == 3
    assert all(0 < each <= 10_000 for each in limits)
    assert limits == sorted(limits, reverse=True)


async def test_an_operation_without_time_asks_nothing(mongodb_url: str, database: Database) -> None:
    started = Started()
    client = open_database(mongodb_url, database.name, listeners=[started], driver=DRIVER)
    await client["many"].find_one({})
    with asking("a", 0), pytest.raises(PyMongoError):
        await client["many"].find_one({})
    await close_database(client)

    assert len(started.commands) == 1


@pytest.mark.parametrize("asked", get_args(Driver), indirect=True)
async def test_what_is_given_up_is_killed_and_the_log_says_nothing_of_it(asked: Database, aside: Database) -> None:
    told: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))

    async def operation() -> None:
        with asking("a", 600):
            await asyncio.gather(*(work_for_ever(asked) for _ in range(2)))

    task = asyncio.create_task(operation())
    await until(aside, 2)
    task.cancel()
    await until(aside, 0)
    with suppress(asyncio.CancelledError):
        await task
    await asked["many"].find_one({})
    del task
    gc.collect()
    asyncio.get_running_loop().set_exception_handler(None)
    assert told == []


async def test_what_an_operation_leaves_behind_in_other_tasks_is_killed_with_it(
    asked: Database, aside: Database
) -> None:
    with asking("a", 600):
        left = asyncio.create_task(work_for_ever(asked))
        await until(aside, 1)
    await until(aside, 0)
    with pytest.raises(PyMongoError):
        await left


async def test_a_kill_meets_no_command_of_another(mongodb_url: str, database: Database, aside: Database) -> None:
    """The session of what was killed is thrown away: a kill that comes late would meet the next command in it."""
    started = Started()
    asked = open_database(mongodb_url, database.name, aside=aside, listeners=[started], driver=DRIVER)
    await asked["many"].insert_many([{"number": number} for number in range(10_000)])
    with asking("a", 600):
        left = asyncio.create_task(work_for_ever(asked))
        await until(aside, 1)
    with pytest.raises(PyMongoError):
        await left
    killed = started.commands[-1]["lsid"]
    with asking("b", 10):
        await asyncio.gather(*(asked["many"].find_one({}) for _ in range(5)))
    await close_database(asked)

    assert killed not in [command["lsid"] for command in started.commands[-5:]]


@pytest.mark.parametrize("asked", get_args(Driver), indirect=True)
async def test_an_account_holds_no_more_than_its_share_and_the_others_are_answered(
    asked: Database, aside: Database
) -> None:
    async def greedy() -> None:
        with asking("greedy", 600):
            await asyncio.gather(*(work_for_ever(asked) for _ in range(4 * SHARE)))

    task = asyncio.create_task(greedy())
    await until(aside, SHARE)
    with asking("honest", 10):
        assert await asked["many"].find_one({"number": 7})
    assert await at_work(aside) == SHARE
    task.cancel()
    await until(aside, 0)


async def test_those_who_left_give_their_places_to_those_who_wait(asked: Database, aside: Database) -> None:
    async def operation(number: int) -> None:
        with asking("a", 600):
            await asyncio.gather(*(work_for_ever(asked) for _ in range(number)))

    leaving = asyncio.create_task(operation(3 * SHARE))
    await until(aside, SHARE)
    with asking("a", 600):
        waiting = asyncio.ensure_future(asked["many"].find_one({"number": 7}))
        leaving.cancel()
        assert await waiting


class Question(dict[str, object]):
    """Part of a question, of which can be told whether somebody keeps it still."""


@pytest.mark.parametrize("asked", get_args(Driver), indirect=True)
async def test_questions_that_are_left_before_their_turn_are_forgotten_at_once(
    asked: Database, aside: Database
) -> None:
    """What the collector alone can free, it frees together: of thousands, everybody else waited for half a second."""
    kept: list[ref[Question]] = []

    async def ask() -> None:
        question = Question(FOR_EVER[0])
        kept.append(ref(question))
        await (await aggregate(asked["many"], [question])).to_list(None)

    async def operation() -> None:
        with asking("a", 600):
            await asyncio.gather(*(ask() for _ in range(5 * SHARE)))

    gc.disable()
    try:
        task = asyncio.create_task(operation())
        await until(aside, SHARE)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        del task
        await until(aside, 0)
        assert sum(question() is not None for question in kept) <= SHARE
    finally:
        gc.enable()


async def test_questions_asked_together_have_the_time_of_the_one_who_has_most() -> None:
    left: list[float] = []

    async def ask(asked: list[int]) -> list[int]:
        from storage.asking import present_asker  # noqa: PLC0415

        asker = present_asker()
        assert asker
        left.append(asker.left)
        return asked

    together = Together(ask)

    async def question(seconds: float) -> int:
        with asking("a", seconds):
            return await together.of(1)

    await asyncio.gather(question(1), question(8), question(3))
    assert 7 < left[0] <= 8


async def test_health_is_told_in_time_whatever_questions_hold(asked: Database, aside: Database) -> None:
    ready = Readiness(aside)

    async def operation(account: str) -> None:
        with asking(account, 600):
            await asyncio.gather(*(work_for_ever(asked) for _ in range(SHARE)))

    tasks = [asyncio.create_task(operation(str(number))) for number in range(4)]
    await until(aside, min(4 * SHARE, AT_ONCE))
    answers = await asyncio.gather(*(ready.why_not() for _ in range(50)))
    for task in tasks:
        task.cancel()
    await until(aside, 0)

    assert set(answers) == {None}


async def test_readiness_that_many_ask_for_at_once_costs_one_question(aside: Database) -> None:
    ready = Readiness(aside)

    for asked in (1, 2):
        assert set(await asyncio.gather(*(ready.why_not() for _ in range(300)))) == {None}
        kept = await aside["health"].find_one({"_id": "ready"})
        assert kept
        assert kept["asked"] == asked


async def test_health_says_so_in_time_when_nothing_answers() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1024):
            pass
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    frozen = open_aside(f"mongodb://127.0.0.1:{port}/?directConnection=true", driver=DRIVER)
    async with asyncio.timeout(2):
        assert await Readiness(frozen).why_not() is not None
    await close_database(frozen)
    server.close()
    await server.wait_closed()
