"""GraphQL over HTTP: POST for everything, GET for queries, an event stream for subscriptions.

https://graphql.github.io/graphql-over-http/draft/
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from http import HTTPStatus
from typing import TYPE_CHECKING

from engine.operation import RequestRefused
from transport.event_stream import EventStream
from transport.exchange import Exchange, Gone
from transport.leaving import WhileThere
from transport.negotiation import EVENT_STREAM, GRAPHQL_JSON, PLAIN_JSON, accepted, is_json
from transport.observation import Record
from transport.parameters import request_of_body, request_of_query_string
from transport.refusals import refusal, refusal_of
from transport.viewer import caller_of

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from engine.operation import Operation, Request
    from transport.negotiation import Acceptable
    from transport.reception import Reception
    from transport.viewer import Viewer


class HttpDoor:
    """An ASGI application that answers one request."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, whatever was sent; then tell what happened."""
        record = Record(caller_of(scope, "http"))
        exchange = Exchange(scope, receive, send, record)
        try:
            await self._serve(exchange)
        except Gone:
            record.outcome = "cancelled"
        except asyncio.CancelledError:
            record.outcome = "cancelled"
            raise
        except Exception as error:  # noqa: BLE001 - the border: whatever it is, the client gets JSON and the log the error
            refused = refusal_of(error, record)
            body = self._reception.executor.render_errors(refused.errors)
            await exchange.answer(refused.status, body, refused.headers)
        finally:
            self._reception.tell(record)

    async def _serve(self, exchange: Exchange) -> None:
        reading = accepted(exchange.header(b"accept"))
        exchange.media_type = reading.json or PLAIN_JSON
        if exchange.method not in ("GET", "POST"):
            raise refusal("Only GET and POST are served here.", "METHOD_NOT_ALLOWED", 405, {"Allow": "GET, POST"})
        record = exchange.record
        viewer = await self._reception.viewer(exchange.header(b"authorization"), record.caller)
        record.viewer = viewer
        exchange.tell_account(viewer.account)
        body = await self._body(exchange)
        async with self._reception.turn_of(viewer):
            operation = self._prepared(body, exchange)
        _check(operation, exchange.method, reading)
        if operation.kind == "subscription":
            await EventStream(self._reception, exchange, viewer).run(operation)
        else:
            with self._reception.seat(viewer):
                await self._execute(operation, viewer, exchange)

    def _prepared(self, body: bytes | None, exchange: Exchange) -> Operation:
        with self._reception.reading(exchange.record):
            request = request_of_query_string(exchange.query_string) if body is None else request_of_body(body)
            return self._prepare(request, exchange)

    async def _body(self, exchange: Exchange) -> bytes | None:
        """Receive it; None for a request that has none."""
        limits = self._reception.limits
        if exchange.method == "GET":
            if len(exchange.query_string) > limits.body_bytes:
                raise refusal(f"The query string is larger than {limits.body_bytes} bytes.", "TOO_LARGE", 414)
            return None
        if not is_json(exchange.header(b"content-type")):
            raise refusal("Content-Type must be application/json, in UTF-8.", "UNSUPPORTED_MEDIA_TYPE", 415)
        if exchange.header(b"content-encoding") not in (None, "", "identity"):
            raise refusal("A compressed body is not accepted.", "UNSUPPORTED_MEDIA_TYPE", 415)
        return await exchange.body(limits)

    def _prepare(self, request: Request, exchange: Exchange) -> Operation:
        try:
            return self._reception.prepare(request, exchange.record)
        except RequestRefused as refused:
            # A well-formed request that GraphQL refuses is a 200 in application/json (specification, 6.4.1).
            if refused.status == HTTPStatus.BAD_REQUEST and request.query and exchange.media_type == PLAIN_JSON:
                raise RequestRefused(refused.errors, 200, refused.headers) from None
            raise

    async def _execute(self, operation: Operation, viewer: Viewer, exchange: Exchange) -> None:
        record = exchange.record
        context = self._reception.context_for(viewer, record.caller)
        async with WhileThere(exchange.receive) if operation.kind == "query" else nullcontext():
            response = await self._reception.timed(operation.execute(context), operation)
        record.succeeded(response.errors)
        if response.kept and exchange.method == "GET":
            await exchange.answer_unless_known(response.body)
        else:
            await exchange.answer(200, response.body)


def _check(operation: Operation, method: str, reading: Acceptable) -> None:
    if operation.kind == "mutation" and method == "GET":
        raise refusal("A mutation must be sent by POST.", "METHOD_NOT_ALLOWED", 405, {"Allow": "POST"})
    if operation.kind == "subscription" and not reading.events:
        message = f"A subscription is answered in {EVENT_STREAM} (say so in Accept), or over a WebSocket."
        raise refusal(message, "NOT_ACCEPTABLE", 406)
    if operation.kind != "subscription" and not reading.json:
        message = f"A {operation.kind} is answered in {GRAPHQL_JSON} or {PLAIN_JSON}: say so in Accept."
        raise refusal(message, "NOT_ACCEPTABLE", 406)
