"""With what code a WebSocket is closed, and who may not open one."""

from __future__ import annotations

from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from tests.transport.talking import INIT, begin, ended, say, socket, subscribe
from tests.transport.world import World, served
from transport import Limits


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "1", '"ping"', "[]", "{", "{}", '{"type": 1}', '{"type": "next"}', '{"type": "start"}',
        '{"type": "connection_ack"}', '{"type": "ping", "payload": 1}', '{"type": "pong", "payload": []}',
        '{"type": "connection_init", "payload": "Bearer ada"}', '{"type": "subscribe"}',
        '{"type": "subscribe", "id": ""}', '{"type": "subscribe", "id": 1, "payload": {"query": "{ me }"}}',
        '{"type": "subscribe", "id": "1"}', '{"type": "subscribe", "id": "1", "payload": {}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ me }", "variables": []}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ me }", "operationName": 1}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ me }", "extensions": "x"}}',
        '{"type": "complete"}', '{"type": "complete", "id": 1}', "[" * 5000,
        '{"type": "complete", "id": "%s"}' % ("x" * 200), '{"type": "ping", "x": "%s"}' % ("é" * 33_000),
        b"{}",
    ],
)  # fmt: skip
async def test_what_is_no_message_of_the_protocol_closes_with_4400(shared: World, text: str | bytes) -> None:
    async with socket(shared) as opened:
        await opened.send(text)
        code, reason = await ended(opened)
    assert code == 4400
    assert reason


async def test_a_message_much_too_large_is_cut_short_by_the_server(shared: World) -> None:
    async with socket(shared) as opened:
        await opened.send("x" * 200_000)
        assert (await ended(opened))[0] == 1009


async def test_subscribing_before_the_ack_closes_with_4401(shared: World) -> None:
    async with socket(shared) as opened:
        await say(opened, subscribe("{ me }"))
        assert await ended(opened) == (4401, "Unauthorized")


@pytest.mark.parametrize("payload", [None, {}, {"Authorization": "Bearer nobody"}, {"Authorization": 1}])
async def test_a_token_that_is_not_good_closes_with_4403(shared: World, payload: Any) -> None:
    async with socket(shared) as opened:
        await say(opened, {"type": "connection_init", "payload": payload})
        assert (await ended(opened))[0] == 4403
    record = shared.records[-1]
    assert (record.outcome, record.status, record.codes) == ("unauthenticated", 4403, ("UNAUTHENTICATED",))


async def test_a_fault_while_the_token_is_looked_at_closes_with_4500(shared: World) -> None:
    async with socket(shared) as opened:
        await say(opened, {"type": "connection_init", "payload": {"Authorization": "Bearer down"}})
        code, reason = await ended(opened)
    assert code == 4500
    assert str(shared.records[-1].reference) in reason


async def test_another_subprotocol_closes_with_4406(shared: World) -> None:
    for other in (None, "graphql-ws"):
        async with socket(shared, subprotocol=other) as opened:
            assert await ended(opened) == (4406, "Subprotocol not acceptable")


async def test_no_init_in_time_closes_with_4408() -> None:
    async with served(World(limits=Limits(init_seconds=0.02))) as world, socket(world) as opened:
        assert await ended(opened) == (4408, "Connection initialisation timeout")


async def test_the_identifier_of_a_running_operation_closes_with_4409(shared: World) -> None:
    async with socket(shared) as opened:
        await begin(opened)
        await say(opened, subscribe("subscription { beats }"), subscribe("{ me }"))
        assert await ended(opened) == (4409, "Subscriber for 1 already exists")


async def test_a_second_init_closes_with_4429(shared: World) -> None:
    async with socket(shared) as opened:
        await begin(opened)
        await say(opened, INIT)
        assert await ended(opened) == (4429, "Too many initialisation requests")


async def test_too_many_connections_of_an_account_close_with_4429() -> None:
    async with served(World(limits=Limits(connections_per_account=1))) as world, socket(world) as first:
        await begin(first)
        async with socket(world) as second:
            await say(second, INIT)
            assert (await ended(second))[0] == 4429
        async with socket(world) as other:
            await begin(other, "bob")
        await first.close()
        async with socket(world) as third:
            await begin(third)


async def test_a_connection_ends_with_its_token_with_4403() -> None:
    async with served(World()) as world, socket(world) as opened:
        await begin(opened, "ada+0.05")
        await say(opened, subscribe("subscription { beats }"))
        assert await ended(opened) == (4403, "The token has expired")
        await world.signals.stopped.wait()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://[", "https://portal.example.evil"])
async def test_a_foreign_page_may_not_open_a_socket(origin: str) -> None:
    async with served(World(allowed_origins=("https://portal.example",))) as world:
        with pytest.raises(InvalidStatus, match="403"):
            async with socket(world, origin=origin):
                pass


async def test_the_same_host_and_the_listed_origins_may_open_a_socket() -> None:
    async with served(World(allowed_origins=("https://portal.example",))) as world:
        for origin in (world.url.removesuffix("/graphql"), "https://portal.example", None):
            async with socket(world, origin=origin) as opened:
                await begin(opened)
