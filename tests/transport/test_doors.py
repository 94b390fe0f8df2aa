"""How doors are put in front of an application."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from time import perf_counter
from typing import TYPE_CHECKING, Any

import httpx
import orjson
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.factories import staff
from tests.transport.talking import INIT, begin, socket, subscribe
from tests.transport.world import World, served

if TYPE_CHECKING:
    import pytest


async def test_doors_before_an_application_leave_it_its_other_paths() -> None:
    world = World()
    application = Starlette(routes=[Route("/healthz", lambda _: PlainTextResponse("ok"))])
    world.app = world.doors.before(application)
    async with served(world), httpx.AsyncClient(headers={"Authorization": "Bearer ada"}) as client:
        answer = await client.post(world.url, json={"query": "{ me }"})
        assert answer.json() == {"data": {"me": "account-1"}}
        assert (await client.get(world.url.replace("graphql", "healthz"))).text == "ok"
        assert (await client.get(f"{world.url}/other")).status_code == 404
        async with socket(world) as opened:
            await begin(opened)


async def test_closing_with_nobody_inside_is_immediate() -> None:
    await World().doors.close()


async def turns(number: int) -> None:
    """Let everything that can go on go on."""
    for _ in range(number):
        await asyncio.sleep(0)


async def test_a_client_without_room_holds_the_source_back() -> None:
    world, room, leave = World(), asyncio.Semaphore(1), asyncio.Event()
    said: list[dict[str, Any]] = [
        {"type": "websocket.connect"},
        *(
            {"type": "websocket.receive", "text": orjson.dumps(message).decode()}
            for message in (INIT, subscribe("subscription { floods(size: 1) }"))
        ),
    ]

    async def receive() -> Any:
        if not said:
            await leave.wait()
            return {"type": "websocket.disconnect", "code": 1006}
        return said.pop(0)

    async def send(message: Any) -> None:
        if message["type"] == "websocket.send":
            await room.acquire()

    scope = {"type": "websocket", "path": "/graphql", "headers": [], "subprotocols": ["graphql-transport-ws"]}
    door = world.doors.before(Starlette())
    holding = asyncio.ensure_future(door(scope, receive, send))
    for taken in (1, 2, 3):
        await turns(50)
        assert world.signals.taken == taken
        room.release()
    leave.set()
    await holding
    assert (await world.record()).kind == "subscription"


async def test_an_account_prepares_one_request_after_the_other_with_those_of_others_in_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("transport.reception.LONG_TURN_SECONDS", 0)
    reception, prepared = World().doors._reception, list[str]()  # noqa: SLF001

    async def prepare(account: str) -> None:
        async with reception.turn_of(staff(account=account)):
            prepared.append(account)

    await asyncio.gather(*map(prepare, "aaab"))

    assert prepared == ["a", "b", "a", "a"]


async def test_a_long_turn_is_followed_by_as_much_time_for_others() -> None:
    reception, begun = World().doors._reception, list[float]()  # noqa: SLF001
    work = 0.02

    async def prepare() -> None:
        async with reception.turn_of(staff(account="a")):
            begun.append(perf_counter())
            while perf_counter() < begun[-1] + work:
                pass

    await asyncio.gather(prepare(), prepare(), prepare())

    assert all(after - before > 1.9 * work for before, after in pairwise(begun))
