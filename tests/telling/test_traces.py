"""Spans for OpenTelemetry, as a collector receives them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from pydantic import SecretStr

from tests.factories import IDENTIFIER, SIRET, a_plan, staff
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from opentelemetry.proto.trace.v1.trace_pb2 import Span

    from pdf.printer import Printer
    from settings import Settings

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
NAMES = {
    "graphql.operation.type", "graphql.operation.name", "bilans.transport", "bilans.outcome", "bilans.cost",
    "bilans.codes", "bilans.events", "bilans.page", "http.response.status_code", "http.response.body.size",
}  # fmt: skip


@asynccontextmanager
async def a_collector() -> AsyncIterator[tuple[str, list[bytes]]]:
    """Take what is exported, over HTTP on loopback; give the address and the bodies."""
    bodies: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        bodies.append(await reader.readexactly(length))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/v1/traces", bodies


def spans_in(bodies: list[bytes]) -> list[Span]:
    requests = [ExportTraceServiceRequest.FromString(body) for body in bodies]
    return [
        span
        for request in requests
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def attributes(span: Span) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes}


async def test_each_request_is_a_span_in_the_trace_of_its_caller_and_tells_nothing_of_anybody(
    settings: Settings, mongodb_url: str, printer: Printer, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    query = "query Kanari { pendingPlans { nodes { jobSeeker { lastName identifier } } } }"
    async with a_collector() as (endpoint, bodies):
        traced = settings.model_copy(update={"traces_endpoint": endpoint})
        async with serving(traced, mongodb_url, printer) as served:
            headers = {**served.headers(staff()), "traceparent": f"00-{TRACE}-{PARENT}-01"}
            for text in (query, "{ kanari }"):
                await served.http.post("/graphql", json={"query": text}, headers=headers)
            await served.http.get("/documents/kanari/bilan.pdf")

    asked, refused, page = spans_in(bodies)
    assert asked.name == "graphql query"
    assert (asked.trace_id.hex(), asked.parent_span_id.hex()) == (TRACE, PARENT)
    assert asked.end_time_unix_nano > asked.start_time_unix_nano
    told = attributes(asked)
    assert (told["graphql.operation.type"], told["bilans.outcome"], told["graphql.operation.name"]) == (
        "query",
        "ok",
        "",
    )
    assert attributes(refused)["bilans.outcome"] == "refused"
    assert (page.name, attributes(page)["http.response.status_code"]) == ("page documents", 404)
    assert {name for span in (asked, refused, page) for name in attributes(span)} <= NAMES
    for secret in (b"anari", b"ADAM", IDENTIFIER.encode(), SIRET.encode(), b"Camille"):
        assert not [body for body in bodies if secret in body]


async def test_a_collector_that_is_away_costs_nothing(settings: Settings, mongodb_url: str, printer: Printer) -> None:
    traced = settings.model_copy(update={"traces_endpoint": "http://127.0.0.1:1/v1/traces"})
    async with asyncio.timeout(30), serving(traced, mongodb_url, printer) as served:
        assert await served.ask(staff(), "{ viewer { name } }") == {"viewer": {"name": "Camille"}}


@pytest.mark.parametrize("setting", ["traces_endpoint", "metrics_address"])
def test_what_is_no_address_is_refused(settings: Settings, setting: str) -> None:
    given = {**settings.model_dump(), "jwt_secret": SecretStr("x" * 40), setting: "collector"}
    with pytest.raises(ValueError, match=setting):
        type(settings).model_validate(given)
