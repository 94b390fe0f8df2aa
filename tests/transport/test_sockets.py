"""What an open WebSocket holds, and how it sends."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest

from service.sockets import Socket
from tests.transport.test_doors import turns
from tests.transport.test_websocket import begin, hear, say, socket, subscribe
from tests.transport.world import World, served


def sockets(world: World) -> list[Socket]:
    port = int(world.url.split(":")[2].partition("/")[0])
    every = [each for each in gc.get_objects() if type(each) is Socket]
    return [each for each in every if each.server and each.server[1] == port and not each.disconnected]


async def test_an_open_connection_keeps_nothing_of_its_handshake(shared: World) -> None:
    async with socket(shared) as opened:
        await begin(opened)
        (kept,) = sockets(shared)

        assert kept.scope == {}  # type: ignore[comparison-overlap] # it was emptied
        assert not [name for name in ("request", "response") if hasattr(kept, name)]
        assert not vars(kept), "an attribute of uvicorn's has no slot"


async def test_idle_connections_share_what_says_that_they_may_write_and_hold_no_queue_of_asyncio(
    shared: World,
) -> None:
    async with socket(shared) as one, socket(shared) as other:
        await begin(one)
        await begin(other)
        first, second = sockets(shared)

        assert first.writable is second.writable
        assert not [each for each in (first, second) if isinstance(each.queue, asyncio.Queue)]


async def test_a_client_that_takes_nothing_holds_the_source_back_and_then_misses_nothing() -> None:
    async with served(World()) as world, socket(world, max_size=None) as opened:
        await begin(opened)
        (kept,) = sockets(world)
        await say(opened, subscribe("subscription { floods(size: 50000) }"))
        while kept.writable.is_set():  # noqa: ASYNC110 - as its transport says
            await asyncio.sleep(0)
        await turns(100)
        taken = world.signals.taken
        await turns(100)
        assert world.signals.taken == taken

        for _ in range(taken + 1):
            assert (await hear(opened))["type"] == "next"
        assert world.signals.taken > taken
        opened.transport.abort()  # a farewell would wait for all that was sent


@pytest.mark.parametrize("size", [1, 68, 69, 65_478, 65_479, 200_000])
async def test_a_message_of_any_size_arrives_whole(shared: World, size: int) -> None:
    async with socket(shared, max_size=None) as opened:
        await begin(opened)
        await say(opened, subscribe("subscription($size: Int!) { floods(size: $size) }", variables={"size": size}))
        message: Any = await hear(opened)
        opened.transport.abort()  # a farewell would wait for all that was sent
    assert message["payload"] == {"data": {"floods": "x" * size}}
