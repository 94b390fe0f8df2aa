"""A client that leaves before it is answered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson
import pytest

from tests.transport.world import World, served
from transport.leaving import SECONDS_BEFORE_WATCHING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with served(World()) as world:
        yield world


async def send(world: World, query: str) -> asyncio.StreamWriter:
    """Send a whole request over a connection of its own, and do not wait for its answer."""
    parts, body = urlsplit(world.url), orjson.dumps({"query": query})
    _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = "POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ada\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    await world.signals.started.wait()
    return writer


async def leave(writer: asyncio.StreamWriter) -> None:
    writer.close()
    await writer.wait_closed()


async def test_what_was_asked_is_given_up(world: World) -> None:
    await leave(await send(world, "{ waits }"))
    async with asyncio.timeout(5):
        await world.signals.stopped.wait()
        record = await world.record()

    assert record.outcome == "cancelled"
    assert not record.codes


async def test_what_was_to_be_written_is_written(world: World) -> None:
    writer = await send(world, 'mutation { write(text: "x") }')
    await leave(writer)
    world.signals.go.set()
    async with asyncio.timeout(5):
        record = await world.record()

    assert record.outcome == "ok"


async def test_who_stays_is_answered_however_long_it_takes(world: World) -> None:
    writer = await send(world, "{ waits }")
    await asyncio.sleep(2 * SECONDS_BEFORE_WATCHING)
    world.signals.go.set()
    record = await world.record()
    await leave(writer)

    assert record.outcome == "ok"
