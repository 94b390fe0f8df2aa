"""`graphql-transport-ws`, message by message, through a real server."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import InvalidStatus

from tests.transport.talking import begin, ended, hear, say, socket, subscribe
from tests.transport.world import Person, World, served
from transport import Limits
from transport.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator


async def test_a_subscription_from_init_to_complete(shared: World) -> None:
    async with socket(shared) as opened:
        assert opened.subprotocol == "graphql-transport-ws"
        await begin(opened)
        await say(opened, subscribe("subscription($to: Int!) { count(to: $to) }", variables={"to": 2}))
        for number in (0, 1):
            assert await hear(opened) == {"id": "1", "type": "next", "payload": {"data": {"count": number}}}
        assert await hear(opened) == {"id": "1", "type": "complete"}


async def test_queries_and_mutations_run_too_and_an_identifier_is_free_again(shared: World) -> None:
    async with socket(shared) as opened:
        await begin(opened)
        for query, data in (("{ me }", {"me": "account-1"}), ("query { hello }", {"hello": "Hello world"})):
            await say(opened, subscribe(query, 'é"1'))
            assert await hear(opened) == {"id": 'é"1', "type": "next", "payload": {"data": data}}
            assert await hear(opened) == {"id": 'é"1', "type": "complete"}


async def test_a_refused_document_gets_an_error_message(shared: World) -> None:
    async with socket(shared) as opened:
        await begin(opened)
        await say(opened, subscribe("{ nothing }"))
        error = await hear(opened)
    assert (error["id"], error["type"]) == ("1", "error")
    assert error["payload"][0]["message"].startswith("Cannot query field 'nothing'")


async def test_a_subscription_that_cannot_be_opened_gets_an_error_message(shared: World) -> None:
    async with socket(shared) as opened:
        await begin(opened)
        await say(opened, subscribe("subscription { refused }"))
        assert (await hear(opened))["payload"][0]["extensions"] == {"code": "NOT_ALLOWED"}


async def test_a_source_that_ends_with_a_refusal_gets_an_error_message(shared: World) -> None:
    async with socket(shared) as opened:
        await begin(opened)
        await say(opened, subscribe("subscription { withdrawn }"))
        assert (await hear(opened))["type"] == "next"
        assert (await hear(opened))["payload"][0]["extensions"] == {"code": "NOT_ALLOWED"}


async def test_a_source_that_breaks_gets_a_masked_error_message(shared: World) -> None:
    async with socket(shared) as opened:
        await begin(opened)
        await say(opened, subscribe("subscription { breaks }"))
        assert (await hear(opened))["type"] == "next"
        error = await hear(opened)
    assert error["payload"][0]["extensions"]["code"] == "INTERNAL"
    assert "broken" not in str(error)


async def test_pings_are_answered_before_and_after_init(shared: World) -> None:
    async with socket(shared) as opened:
        await say(opened, {"type": "ping"}, {"type": "pong", "payload": {"a": 1}})
        assert await hear(opened) == {"type": "pong"}
        await begin(opened)
        await say(opened, {"type": "ping", "payload": {"a": 1}})
        assert await hear(opened) == {"type": "pong"}


async def test_the_token_may_come_with_the_handshake(shared: World) -> None:
    async with socket(shared, additional_headers={"Authorization": "Bearer bob"}) as opened:
        await say(opened, {"type": "connection_init", "payload": None}, subscribe("{ me }"))
        assert await hear(opened) == {"type": "connection_ack"}
        assert (await hear(opened))["payload"] == {"data": {"me": "account-2"}}


async def test_a_completed_subscription_is_stopped_and_its_identifier_free() -> None:
    async with served(World()) as world, socket(world) as opened:
        await begin(opened)
        await say(opened, subscribe("subscription { beats }"))
        assert (await hear(opened))["payload"] == {"data": {"beats": "first"}}
        await say(opened, {"id": "1", "type": "complete"}, {"id": "1", "type": "complete"}, subscribe("{ me }"))
        assert (await hear(opened))["payload"] == {"data": {"me": "account-1"}}
        await world.signals.stopped.wait()
        assert {(await world.record(number)).outcome for number in (1, 2)} == {"ok"}


async def test_a_query_completed_before_its_result_is_not_answered() -> None:
    async with served(World()) as world, socket(world) as opened:
        await begin(opened)
        await say(opened, subscribe("{ waits }"))
        await world.signals.started.wait()
        await say(opened, {"id": "1", "type": "complete"}, {"type": "ping"})
        await world.signals.stopped.wait()
        assert await hear(opened) == {"type": "pong"}
        assert (await world.record()).outcome == "cancelled"


async def test_a_query_that_lasts_too_long_is_stopped() -> None:
    async with served(World(limits=Limits(execution_seconds=0.02))) as world, socket(world) as opened:
        await begin(opened)
        await say(opened, subscribe("{ waits }"))
        error = await hear(opened)
        await world.signals.stopped.wait()
    assert (error["type"], error["payload"][0]["extensions"]) == ("error", {"code": "TIMEOUT"})


async def test_too_many_operations_get_an_error_and_leave_the_others_alone() -> None:
    async with served(World(limits=Limits(operations_per_connection=1))) as world, socket(world) as opened:
        await begin(opened)
        await say(opened, subscribe("subscription { beats }"))
        assert (await hear(opened))["type"] == "next"
        await say(opened, subscribe("{ me }", "2"))
        error = await hear(opened)
        assert (error["id"], error["payload"][0]["extensions"]) == ("2", {"code": "TOO_MANY_OPERATIONS"})
        world.signals.go.set()
        assert (await hear(opened))["payload"] == {"data": {"beats": "second"}}


async def test_a_client_that_vanishes_ends_its_subscriptions() -> None:
    async with served(World()) as world:
        async with socket(world) as opened:
            await begin(opened)
            await say(opened, subscribe("subscription { beats }"))
            await hear(opened)
            opened.transport.abort()
        await world.signals.stopped.wait()
        record = await world.record()
    assert (record.kind, record.outcome, record.events) == ("subscription", "ok", 1)


async def test_a_stop_of_the_service_finishes_a_mutation_then_closes_with_1012() -> None:
    async with served(World()) as world, socket(world) as idle, socket(world) as busy:
        await begin(idle)
        await begin(busy)
        await say(busy, subscribe('mutation { write(text: "kept") }'))
        await world.signals.started.wait()
        closing = asyncio.create_task(world.doors.close())
        assert await ended(idle) == (1012, "Service restart")
        await say(busy, subscribe("{ me }", "2"))
        assert (await hear(busy))["payload"][0]["extensions"] == {"code": "UNAVAILABLE"}
        world.signals.go.set()
        assert (await hear(busy))["payload"] == {"data": {"write": "kept"}}
        assert await ended(busy) == (1012, "Service restart")
        await closing
        with pytest.raises(InvalidStatus, match="503"):
            async with socket(world):
                pass


async def test_messages_are_read_within_what_their_account_may_have_done() -> None:
    counted: list[str] = []

    @contextmanager
    def working(account: str) -> Iterator[None]:
        if len(counted) == 3:
            raise refusal("Too much.", "RATE_LIMITED", 429)
        yield
        counted.append(account)

    async with served(World(working=working)) as world, socket(world) as opened:
        await say(opened, {"type": "ping"})
        await hear(opened)
        await begin(opened)
        assert counted == [], "it was not known yet whose they are"
        for _ in range(3):
            await say(opened, {"type": "ping"})
            assert await hear(opened) == {"type": "pong"}
        assert counted == ["account-1"] * 3
        await say(opened, {"type": "ping"})
        assert await ended(opened) == (1013, "Too much.")


async def test_messages_that_come_together_let_others_go_on_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transport.connection.LONG_TURN_SECONDS", 0)
    turns: list[str] = []

    @contextmanager
    def working(account: str) -> Iterator[None]:
        turns.append(account)
        asyncio.get_running_loop().call_soon(turns.append, "another")
        yield

    async with served(World(working=working)) as world, socket(world) as opened:
        await begin(opened)
        await asyncio.gather(*(say(opened, {"type": "ping"}) for _ in range(20)))
        for _ in range(20):
            assert await hear(opened) == {"type": "pong"}
    assert turns == ["account-1", "another"] * 20


async def test_large_messages_of_an_account_wait_for_its_turn_and_small_ones_do_not(shared: World) -> None:
    large = {"type": "ping", "payload": {"a": "x" * 5_000}}
    async with socket(shared) as one, socket(shared) as other, socket(shared) as bob:
        await begin(one)
        await begin(other)
        await begin(bob, "bob")
        async with shared.doors._reception.turn_of(Person("account-1")):  # noqa: SLF001 - held here, as if it took long
            await say(one, large)
            await say(other, {"type": "ping"})
            await say(bob, large)
            assert await hear(other) == await hear(bob) == {"type": "pong"}
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(hear(one), 0.1)
        assert await hear(one) == {"type": "pong"}


async def test_a_message_before_the_token_is_smaller(shared: World) -> None:
    async with socket(shared) as opened:
        await say(opened, {"type": "ping", "payload": {"a": "x" * 17_000}})
        assert await ended(opened) == (4400, "A message must not be larger than 16384 bytes.")
