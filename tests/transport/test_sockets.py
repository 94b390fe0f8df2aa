"""What an open WebSocket holds, and how it sends."""

from __future__ import annotations

import asyncio
import gc
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from websockets.http11 import Request

from service.heartbeats import Beats
from service.sockets import BEAT, FRAMES, PIECE, PING, STRANGERS_FRAMES, Socket
from tests.transport.talking import begin, hear, say, socket, subscribe
from tests.transport.test_doors import turns
from tests.transport.world import World, served
from transport import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


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
        gc.collect()
        requests = [each for each in gc.get_objects() if type(each) is Request and each.headers]
        assert requests == [opened.request], "but the client's own"
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


@pytest.mark.parametrize("piece", [b"\x00\x80\0\0\0\0", b"\x89\x80\0\0\0\0"], ids=["parts of a message", "pings"])
async def test_a_client_that_floods_with_small_frames_is_cut(shared: World, piece: bytes) -> None:
    async with socket(shared) as opened:
        await begin(opened)
        opened.transport.write(b"\x01\x80\0\0\0\0" + piece * FRAMES)
        await opened.wait_closed()

    assert opened.close_code == 1006


@pytest.mark.parametrize("size", [1, 68, 69, 65_478, 65_479, 200_000])
async def test_a_message_of_any_size_arrives_whole(shared: World, size: int) -> None:
    async with socket(shared, max_size=None) as opened:
        await begin(opened)
        await say(opened, subscribe("subscription($size: Int!) { floods(size: $size) }", variables={"size": size}))
        message: Any = await hear(opened)
        opened.transport.abort()  # a farewell would wait for all that was sent
    assert message["payload"] == {"data": {"floods": "x" * size}}


@asynccontextmanager
async def raw(world: World) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A client of few words, past its handshake."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(world.url.split(":")[2].partition("/")[0]))
    writer.write(
        b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    try:
        yield reader, writer
    finally:
        writer.close()


async def test_a_client_that_answers_is_asked_again_and_one_that_does_not_is_cut() -> None:
    world = World(limits=Limits(keep_alive_seconds=0.3))
    async with asyncio.timeout(10), served(world), raw(world) as (reader, writer):
        for _ in range(3):
            assert await reader.readexactly(len(PING)) == PING
            writer.write(b"\x8a\x84\0\0\0\0" + BEAT)
        assert await reader.read() == PING + b"\x88\x18\x03\xf3keepalive ping timeout"


async def test_a_client_that_does_not_say_who_it_is_may_send_few_frames(shared: World) -> None:
    """Without a token nobody pays for the time that frames of a few bytes take to be read."""
    pong, ping = b"\x81\x8f\0\0\0\0" + b'{"type":"pong"}', b"\x89\x80\0\0\0\0"
    async with asyncio.timeout(10), raw(shared) as (reader, writer):
        writer.write(pong * (STRANGERS_FRAMES - 2) + ping)  # the handshake is one
        assert await reader.readexactly(2) == b"\x8a\x00"
        writer.write(ping * 40_000)
        with suppress(ConnectionResetError):
            assert len(await reader.read()) < 2 * PIECE


class Clock:
    """A loop's time, and what is to happen when."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.timers: list[tuple[float, Callable[[int], None], int]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, call: Callable[[int], None], moment: int) -> None:
        self.timers.append((when, call, moment))


class Beating:
    def __init__(self) -> None:
        self.beats = 0

    def beat(self) -> None:
        self.beats += 1


def test_connections_that_are_due_within_a_moment_share_a_timer() -> None:
    clock, connections = Clock(), [Beating() for _ in range(100)]
    beats = Beats(clock, 20)  # type: ignore[arg-type] # all that is asked of a loop
    moments = []
    for connection in connections:
        moments.append(beats.add(connection))
        clock.now += 0.02
    beats.remove(connections[7], moments[7])

    assert len(clock.timers) == 2
    assert all(1019 <= when <= 1022 for when, _, _ in clock.timers)
    for _, call, moment in clock.timers:
        call(moment)
    assert [number for number, each in enumerate(connections) if each.beats != 1] == [7]
