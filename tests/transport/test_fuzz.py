"""Whatever is sent, the answer is a refusal with a sentence, never a fault."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.routing import Route, WebSocketRoute

from engine.executors import core_executor
from tests.transport.world import SCHEMA, TOKENS, Person
from transport import Caller, GraphQLDoors, Record, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Mapping

words = st.sampled_from(["query", "operationName", "variables", "extensions", "id", "type", "payload"])
texts = st.sampled_from(["", "{", "{ me }", "query A { hello }", "mutation { echo }", "subscription { count }"])
kinds = st.sampled_from(["connection_init", "subscribe", "complete", "ping", "pong", "next"])
leaves = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | texts | kinds
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(words | st.text(), inner), max_leaves=8)
json_texts = values.map(orjson.dumps) | st.dictionaries(words, values).map(orjson.dumps)
bodies = st.binary(max_size=200) | json_texts
header_values = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=60)
headers = st.fixed_dictionaries(
    {"authorization": st.sampled_from(["Bearer ada"] * 5 + ["Bearer x", "", "Bearer \xff"])},
    optional={
        "accept": st.sampled_from(["*/*", "text/event-stream", "application/graphql-response+json;q=1"])
        | header_values,
        "content-type": st.sampled_from(["application/json"] * 5) | header_values,
        "content-length": st.sampled_from(["0", "-1", "9" * 5000, "²"]) | header_values,
        "user-agent": header_values,
    },
)


async def authenticate(token: str | None, _caller: Caller) -> Person:
    if token not in TOKENS:
        raise Unauthenticated("The token is not good.")
    return Person(TOKENS[token])


def doors(records: list[Record]) -> GraphQLDoors:
    return GraphQLDoors(core_executor(SCHEMA), authenticate, lambda *_: None, records.append)


async def answered(
    method: str, query_string: bytes, head: Mapping[str, str], body: bytes
) -> tuple[int, bytes, Record]:
    """Send one request in two pieces straight into the application, past the checks of a server."""
    records: list[Record] = []
    route = next(route for route in doors(records).routes() if isinstance(route, Route))
    scope = {
        "type": "http", "method": method, "query_string": query_string, "client": None,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in head.items()],
    }  # fmt: skip
    pieces = [(body[:20], True), (body[20:], False)]
    sent: list[Any] = []
    over = asyncio.Event()

    async def receive() -> Any:
        if pieces:
            piece, more = pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": more}
        await over.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            over.set()

    await route.app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]), records[-1]


@settings(max_examples=150, deadline=None)
@given(
    method=st.sampled_from(["POST"] * 6 + ["GET"] * 3 + ["PUT"]),
    query_string=st.binary(max_size=60) | json_texts.map(lambda text: b"query=" + text),
    head=headers,
    body=bodies,
)
def test_no_request_is_answered_by_a_fault(
    method: str, query_string: bytes, head: dict[str, str], body: bytes
) -> None:
    status, answer, record = asyncio.run(answered(method, query_string, head, body))
    assert status < 500, record.fault
    assert record.outcome in ("ok", "field_errors", "refused", "unauthenticated")
    assert answer.startswith((b'{"data"', b'{"errors"', b"event: "))


async def talked(messages: list[str | bytes]) -> tuple[list[Any], list[Record]]:
    """Say all messages on a socket straight to the application, then leave."""
    records: list[Record] = []
    route = next(route for route in doors(records).routes() if isinstance(route, WebSocketRoute))
    scope = {"type": "websocket", "subprotocols": ["graphql-transport-ws"], "headers": [], "client": None}
    said: list[Any] = [{"type": "websocket.connect"}]
    said += [
        {"type": "websocket.receive", "text" if isinstance(message, str) else "bytes": message}
        for message in messages
    ]
    said.append({"type": "websocket.disconnect", "code": 1000})
    sent: list[Any] = []

    async def receive() -> Any:
        for _ in range(5):
            await asyncio.sleep(0)  # operations get a turn
        return said.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    await route.app(scope, receive, send)
    return sent, records


init = st.just('{"type": "connection_init", "payload": {"Authorization": "Bearer ada"}}')
subscribing = st.builds(
    lambda identifier, payload: orjson.dumps({"id": identifier, "type": "subscribe", "payload": payload}).decode(),
    st.sampled_from(["1", "2", "é"]),
    st.fixed_dictionaries({"query": texts | st.text()}, optional={"variables": values, "extensions": values}),
)
said_texts = json_texts.map(bytes.decode) | subscribing | st.text() | st.binary(max_size=20)


@settings(max_examples=150, deadline=None)
@given(st.tuples(init, st.lists(said_texts, max_size=6)).map(lambda both: [both[0], *both[1]]) | st.lists(said_texts))
def test_no_message_on_a_socket_is_answered_by_a_fault(messages: list[str | bytes]) -> None:
    sent, records = asyncio.run(talked(messages))
    codes = [message["code"] for message in sent if message["type"] == "websocket.close"]
    assert len(codes) <= 1
    assert set(codes) <= {4400, 4401, 4403, 4409, 4429}
    assert [record.fault for record in records if record.fault] == []
    assert sent[-1]["type"] == "websocket.close" or not codes
