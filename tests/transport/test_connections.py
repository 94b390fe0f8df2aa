"""Connections that send too much, wait too long or take nothing are cut, and keep nobody's seat."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from socket import SO_RCVBUF, SOL_SOCKET
from socket import socket as Socket  # noqa: N812 - `socket` is a WebSocket here
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest

from service.connections import FIELDS, PIPELINED, waiting_of
from tests.transport.talking import begin, hear, say, socket, subscribe
from tests.transport.test_sockets import sockets
from tests.transport.world import World, served
from transport import Limits
from transport.at_once import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Receive, Scope, Send

    from transport import Record

SECONDS = 20
"""Far more than anything here takes: a test that waits for it fails."""
HEAD = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ada\r\nContent-Type: application/json\r\n"


@asynccontextmanager
async def opened(world: World) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    port = int(world.url.split(":")[2].partition("/")[0])
    line = Socket()
    line.setsockopt(SOL_SOCKET, SO_RCVBUF, 4096)  # what a client does not take stays with the server
    line.connect(("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=line, limit=2**24)
    try:
        async with asyncio.timeout(SECONDS):
            yield reader, writer
    finally:
        writer.transport.abort()


async def rest(reader: asyncio.StreamReader) -> bytes:
    """Read until the connection is closed or cut."""
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


def request(query: str, **more: Any) -> bytes:
    body = orjson.dumps({"query": query, **more})
    return HEAD + b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    "head",
    [
        b"GET /graphql?" + b"x" * 70_000,
        b"GET /graphql HTTP/1.1\r\n" + b"X-Long: " + b"x" * 400_000,
        b"GET /graphql HTTP/1.1\r\n" + b"a: b\r\n" * (FIELDS + 2),
        b"GET /graphql HTTP/1.1\r\n" + b"a:\r\n" * 1_000_000,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + b"a: b\r\n" * (FIELDS + 1),
    ],
    ids=["address", "field", "fields", "megabytes", "fields after the body"],
)
async def test_a_head_that_is_too_large_is_refused_while_it_arrives(shared: World, head: bytes) -> None:
    async with opened(shared) as (reader, writer):
        writer.write(head)
        answer = await rest(reader)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")


async def test_the_fields_of_one_request_after_the_other_are_counted_apart(shared: World) -> None:
    async with opened(shared) as (reader, writer):
        for _ in range(5):
            writer.write(HEAD[:-2] + b"\r\nX-Long: " + b"x" * 40_000 + request("{ me }")[len(HEAD) - 2 :])
            assert b" 200 OK" in await reader.readuntil(b"\r\n\r\n")
            await reader.readuntil(b'"account-1"}}')


async def test_requests_that_wait_for_the_one_before_them_are_few() -> None:
    async with served(World()) as world, opened(world) as (reader, writer):
        writer.write(request("{ waits }") * (PIPELINED + 3))
        assert (await rest(reader)).startswith(b"HTTP/1.1 400 ")
        world.signals.go.set()


@pytest.mark.parametrize(
    "sent", [b"", b"GET", b"\r\n", b"GET /graphql HTTP/1.1\r\nHost:", request("{ me }")[:-3]],
    ids=["nothing", "a method", "a line", "half a head", "half a body"],
)  # fmt: skip
async def test_a_request_that_does_not_arrive_is_not_waited_for(sent: bytes) -> None:
    async with served(World(limits=Limits(arrival_seconds=0.2))) as world, opened(world) as (reader, writer):
        writer.write(sent)
        assert b"200 OK" not in await rest(reader)


async def test_a_body_that_keeps_arriving_is_waited_for_and_one_that_drips_is_not() -> None:
    limits = Limits(arrival_seconds=1.0, arrival_bytes=1_000)
    sent = request("{ me }", extensions={"filling": "x" * 12_000})
    async with served(World(limits=limits)) as world:
        for size, answered in ((1_000, True), (10, False)):
            async with opened(world) as (reader, writer):
                writer.write(sent[:500])
                for start in range(500, len(sent), size):
                    if writer.transport.is_closing():
                        break
                    await asyncio.sleep(0.1)
                    writer.write(sent[start : start + size])
                writer.write_eof() if writer.can_write_eof() and not writer.transport.is_closing() else None
                assert (b"200 OK" in await rest(reader)) is answered


async def test_one_that_keeps_sending_lines_that_begin_no_request_is_cut() -> None:
    async with served(World(limits=Limits(arrival_seconds=0.2))) as world, opened(world) as (reader, writer):
        writer.write(request("{ me }"))
        await reader.readuntil(b'"account-1"}}')

        async def lines() -> None:
            while True:
                writer.write(b"\r\n")
                await asyncio.sleep(0.02)

        dripping = asyncio.create_task(lines())
        assert await rest(reader) == b""
        dripping.cancel()


async def test_of_too_many_connections_without_a_request_those_that_waited_longest_are_cut() -> None:
    async with served(World(limits=Limits(waiting_connections=3))) as world:
        async with opened(world) as (first, _), opened(world), opened(world), opened(world) as (last, writer):
            assert await rest(first) == b""
            writer.write(request("{ me }"))
            assert b" 200 OK" in await last.readuntil(b"\r\n\r\n")
        assert len(waiting_of(asyncio.get_running_loop())) <= 3


async def test_of_too_many_sockets_that_do_not_say_who_they_are_the_first_is_sent_away() -> None:
    async with (
        served(World(limits=Limits(waiting_connections=2))) as world,
        socket(world) as known,
        asyncio.timeout(SECONDS),
    ):
        await begin(known)
        async with socket(world) as first, socket(world), socket(world) as last:
            await first.wait_closed()
            assert first.close_code == 4408
            await begin(last)
            await say(known, subscribe("{ me }"))
            assert (await hear(known))["type"] == "next"


FLOOD = "subscription { floods(size: 500000) }"


async def told(world: World) -> Record:
    async with asyncio.timeout(SECONDS):
        return await world.record()


async def test_a_large_answer_that_nobody_takes_is_cut_and_gives_its_seat_back() -> None:
    world = World(limits=Limits(taking_seconds=0.3, requests_per_account=1))
    async with served(world), opened(world) as (reader, writer):
        reader._transport.pause_reading()  # type: ignore[attr-defined]  # noqa: SLF001 - a client that does not read
        writer.write(request("{ large(size: 4000000) }"))
        async with httpx.AsyncClient(headers={"Authorization": "Bearer ada"}) as client:
            while not world.signals.started.is_set():  # noqa: ASYNC110 - said by a resolver that is not async
                await asyncio.sleep(0)
            answer = await client.post(world.url, json={"query": "{ me }"})
            assert answer.status_code == 429
            assert answer.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_REQUESTS"
            record = (await told(world), await world.record(2))[1]
            answer = await client.post(world.url, json={"query": "{ me }"})
        assert answer.status_code == 200
        assert record.outcome == "ok"


async def test_a_stream_that_nobody_takes_is_cut() -> None:
    world = World(limits=Limits(taking_seconds=0.3))
    async with served(world), opened(world) as (reader, writer):
        reader._transport.pause_reading()  # type: ignore[attr-defined]  # noqa: SLF001 - as above
        writer.write(request(FLOOD).replace(b"Host:", b"Accept: text/event-stream\r\nHost:", 1))
        record = await told(world)
        assert record.outcome == "ok"
        assert record.fault is None


async def test_parts_of_an_answer_are_written_at_once_between_its_beginning_and_its_end() -> None:
    rooms: list[bool] = []

    async def app(scope: Scope, _: Receive, send: Send) -> None:
        at_once = scope["extensions"][AT_ONCE]
        rooms.append(at_once.has_room())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one, ", "more_body": True})
        rooms.append(at_once.has_room())
        at_once.write("zwölf, ".encode() * 3)
        await send({"type": "http.response.body", "body": b"end"})
        rooms.append(at_once.has_room())

    world = World()
    world.app = app
    async with served(world), httpx.AsyncClient() as client:
        answer = await client.get(world.url)

    assert answer.text == "one, zwölf, zwölf, zwölf, end"
    assert rooms == [False, True, False]


async def test_a_socket_that_takes_nothing_is_cut_and_gives_its_seat_back() -> None:
    world = World(limits=Limits(taking_seconds=0.3, connections_per_account=1))
    async with served(world), socket(world, max_size=None) as deaf:
        await begin(deaf)
        await say(deaf, subscribe(FLOOD))
        deaf.transport.pause_reading()
        record = await told(world)
        assert record.fault is None
        async with socket(world) as again:
            await begin(again)
        deaf.transport.abort()


async def test_a_socket_that_is_sent_away_with_what_it_has_not_taken_is_cut() -> None:
    world = World(limits=Limits(closing_seconds=0.2))
    async with served(world), socket(world, max_size=None) as deaf:
        await begin(deaf, "ada+0.5")
        (kept,) = sockets(world)
        await say(deaf, subscribe(FLOOD))
        deaf.transport.pause_reading()
        record = await told(world)
        assert record.fault is None
        async with asyncio.timeout(SECONDS):
            while not kept.disconnected:  # noqa: ASYNC110 - it has no event for that
                await asyncio.sleep(0.01)
        deaf.transport.abort()


async def test_one_account_has_a_number_of_requests_at_once_over_all_doors_and_another_its_own() -> None:
    world = World(limits=Limits(requests_per_account=2))
    async with served(world), socket(world) as line, httpx.AsyncClient() as client:
        await begin(line)
        await say(line, subscribe("{ waits }", "1"), subscribe("{ waits }", "2"), subscribe("{ me }", "3"))
        refused = await hear(line)
        assert (refused["id"], refused["payload"][0]["extensions"]["code"]) == ("3", "TOO_MANY_REQUESTS")
        ada = {"Authorization": "Bearer ada"}
        answer = await client.post(world.url, json={"query": "{ me }"}, headers=ada)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
        bob = await client.post(world.url, json={"query": "{ me }"}, headers={"Authorization": "Bearer bob"})
        assert bob.json() == {"data": {"me": "account-2"}}
        world.signals.go.set()
        assert {(await hear(line))["id"] for _ in range(4)} == {"1", "2"}
        assert (await client.post(world.url, json={"query": "{ me }"}, headers=ada)).status_code == 200


@pytest.mark.parametrize("taken", [0, 1, 100, 70_000, 1_000_000])
@pytest.mark.parametrize("events", [False, True], ids=["answer", "event stream"])
async def test_a_client_that_leaves_in_the_middle_is_no_fault(taken: int, events: bool) -> None:  # noqa: FBT001
    world = World()
    async with served(world):
        async with opened(world) as (reader, writer):
            asked = request(FLOOD if events else "{ large(size: 4000000) }")
            writer.write(asked.replace(b"Host:", b"Accept: text/event-stream\r\nHost:", 1) if events else asked)
            if taken:
                await reader.readexactly(taken)
        record = await told(world)
    assert record.fault is None
    assert record.outcome in {"ok", "cancelled"}


@pytest.mark.parametrize("rude", [False, True], ids=["says goodbye", "does not"])
async def test_a_socket_that_leaves_in_the_middle_is_no_fault(rude: bool) -> None:  # noqa: FBT001
    world = World()
    async with served(world):
        async with socket(world, max_size=None) as leaving:
            await begin(leaving)
            await say(leaving, subscribe(FLOOD), subscribe("{ large(size: 3000000) }", "2"))
            await hear(leaving)
            if rude:
                leaving.transport.abort()
        records = [await told(world), await world.record(2)]
    assert [record.fault for record in records] == [None, None]


@pytest.mark.parametrize(("trusted", "address"), [((), "127.0.0.1"), (("127.0.0.1",), "192.0.2.7")])
async def test_only_a_proxy_that_is_named_is_believed(trusted: tuple[str, ...], address: str) -> None:
    world = World()
    async with served(world, proxies=trusted), httpx.AsyncClient() as client:
        await client.post(world.url, json={"query": "{ me }"}, headers={"X-Forwarded-For": "192.0.2.7"})
        record = await told(world)
    assert record.caller.address == address
