"""Subscriptions as server-sent events, through a real server."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import orjson

from tests.transport.world import World, served
from transport import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from httpx import AsyncClient, Response

ADA = "ada"
EVENTS = {"Accept": "text/event-stream"}


def next_event(payload: Any) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(payload) + b"\n\n"


@asynccontextmanager
async def beats(world: World, token: str = ADA) -> AsyncIterator[tuple[Response, AsyncIterator[bytes]]]:
    """Open a subscription that stays silent after its first event."""
    headers = {**EVENTS, "Authorization": f"Bearer {token}"}
    async with (
        httpx.AsyncClient(headers=headers, timeout=10) as client,
        client.stream("POST", world.url, json={"query": "subscription { beats }"}) as answer,
    ):
        yield answer, answer.aiter_raw()


FIRST = next_event({"data": {"beats": "first"}})
SECOND = next_event({"data": {"beats": "second"}})


async def test_a_subscription_is_told_event_by_event_and_completed(http: AsyncClient) -> None:
    answer = await http.post("/graphql", json={"query": "subscription { count(to: 2) }"}, headers=EVENTS)

    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    events = [next_event({"data": {"count": number}}) for number in (0, 1)]
    assert answer.content == b"".join(events) + b"event: complete\ndata:\n\n"


async def test_a_subscription_may_be_opened_by_get(http: AsyncClient) -> None:
    answer = await http.get("/graphql", params={"query": "subscription { count(to: 1) }"}, headers=EVENTS)
    assert answer.content.startswith(next_event({"data": {"count": 0}}))


async def test_a_subscription_without_events_accepted_is_refused(http: AsyncClient) -> None:
    answer = await http.post("/graphql", json={"query": "subscription { count }"})
    assert answer.status_code == 406
    assert answer.json()["errors"][0]["extensions"] == {"code": "NOT_ACCEPTABLE"}


async def test_a_subscription_that_cannot_be_opened_is_refused_before_the_stream(http: AsyncClient) -> None:
    answer = await http.post("/graphql", json={"query": "subscription { refused }"}, headers=EVENTS)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"] == {"code": "NOT_ALLOWED"}


async def test_a_source_that_breaks_ends_with_a_masked_error(http: AsyncClient, shared: World) -> None:
    answer = await http.post("/graphql", json={"query": "subscription { breaks }"}, headers=EVENTS)
    events = answer.content.split(b"\n\n")
    assert events[0] + b"\n\n" == next_event({"data": {"breaks": 1}})
    assert b'"code":"INTERNAL"' in events[1]
    assert shared.records[-1].outcome == "fault"


async def test_a_silent_stream_gives_signs_of_life() -> None:
    async with served(World(limits=Limits(keep_alive_seconds=0.02))) as world:
        async with beats(world) as (_, chunks):
            assert await anext(chunks) == FIRST
            assert await anext(chunks) == b":\n\n"
            world.signals.go.set()
            while (chunk := await anext(chunks)) == b":\n\n":
                pass
        assert chunk == SECOND


async def test_a_client_that_leaves_ends_the_subscription() -> None:
    async with served(World()) as world:
        async with beats(world) as (_, chunks):
            assert await anext(chunks) == FIRST
        await world.signals.stopped.wait()
        record = await world.record()
    assert (record.outcome, record.caller.transport, record.events) == ("ok", "sse", 1)


async def test_a_subscription_ends_with_its_token() -> None:
    async with served(World()) as world, beats(world, "ada+0.05") as (_, chunks):
        text = b"".join([chunk async for chunk in chunks])
        await world.signals.stopped.wait()
    assert text.startswith(FIRST)
    assert b'"code":"UNAUTHENTICATED"' in text
    assert b"event: complete" not in text


async def test_streams_are_counted_by_account() -> None:
    async with served(World(limits=Limits(connections_per_account=1))) as world:
        async with (
            beats(world) as (_, chunks),
            beats(world) as (second, _),
            beats(world, "bob") as (other, _),
        ):
            await anext(chunks)
            assert (second.status_code, second.headers["retry-after"]) == (429, "60")
            assert other.status_code == 200
        await world.record(3)
        async with beats(world) as (third, _):
            assert third.status_code == 200


async def test_a_stop_of_the_service_ends_streams_without_completing_them() -> None:
    async with served(World()) as world, beats(world) as (_, chunks):
        assert await anext(chunks) == FIRST
        await asyncio.gather(world.doors.close(), world.signals.stopped.wait())
        assert b"".join([chunk async for chunk in chunks]) == b""
        async with beats(world) as (refused, _):
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
