"""GraphQL over HTTP, through a real server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.transport.world import World, served
from transport import Limits

if TYPE_CHECKING:
    from httpx import AsyncClient, Response

GRAPHQL_JSON = "application/graphql-response+json"


def post(http: AsyncClient, body: bytes, **headers: str) -> Any:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return http.post("/graphql", content=body, headers={"Content-Type": "application/json", **names})


def only_error(response: Response) -> dict[str, Any]:
    [error] = response.json()["errors"]
    assert isinstance(error, dict)
    return error


async def test_a_query_is_answered_in_json_that_nobody_keeps(http: AsyncClient) -> None:
    answer = await http.post("/graphql", json={"query": "{ hello me }", "unknown": 1})

    assert answer.json() == {"data": {"hello": "Hello world", "me": "account-1"}}
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-length"] == str(len(answer.content))


async def test_a_query_may_come_by_get(http: AsyncClient) -> None:
    query = "query A($n: String!) { hello(name: $n) } query B { me }"
    parameters = {"query": query, "variables": '{"n": "Zoé"}', "operationName": "A", "extensions": "{}"}
    answer = await http.get("/graphql", params=parameters)
    assert answer.json() == {"data": {"hello": "Hello Zoé"}}


async def test_a_mutation_by_get_is_not_allowed(http: AsyncClient) -> None:
    answer = await http.get("/graphql", params={"query": 'mutation { write(text: "x") }'})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert only_error(answer)["extensions"] == {"code": "METHOD_NOT_ALLOWED"}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_not_allowed(http: AsyncClient, method: str) -> None:
    answer = await http.request(method, "/graphql")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Basic YTpi", "Bearer nobody", "nobody"])
async def test_without_a_good_token_nothing_is_read(shared: World, authorization: str) -> None:
    async with httpx.AsyncClient(headers={"Authorization": authorization}) as client:
        answer = await client.post(
            shared.url, content=b"no json at all", headers={"Content-Type": "application/json"}
        )
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert only_error(answer)["extensions"] == {"code": "UNAUTHENTICATED"}


async def test_the_scheme_may_be_in_any_case(shared: World) -> None:
    async with httpx.AsyncClient(headers={"Authorization": "bEARER  ada"}) as client:
        answer = await client.post(shared.url, json={"query": "{ me }"})
    assert answer.json() == {"data": {"me": "account-1"}}


async def test_a_refusal_brings_its_status_and_headers(http: AsyncClient) -> None:
    answer = await http.post("/graphql", json={"query": "{ me }"}, headers={"Authorization": "Bearer greedy"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
    assert only_error(answer)["extensions"] == {"code": "RATE_LIMITED"}


async def test_a_fault_is_masked_and_told_under_a_reference(http: AsyncClient, shared: World) -> None:
    answer = await http.post("/graphql", json={"query": "{ me }"}, headers={"Authorization": "Bearer down"})

    record = shared.records[-1]
    assert answer.status_code == 500
    assert only_error(answer)["extensions"] == {"code": "INTERNAL", "reference": record.reference}
    assert "secret" not in answer.text
    assert (record.outcome, str(record.fault)) == ("fault", "secret host name")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The body is empty; JSON is expected."),
        (b"null", "The body must be a JSON object, not null."),
        (b"12", "The body must be a JSON object, not a number."),
        (b'"{ me }"', "The body must be a JSON object, not a string."),
        (b"true", "The body must be a JSON object, not a boolean."),
        (b'[{"query": "{ me }"}]', "Batches are not supported: send each operation in a request of its own."),
        (b'{"query": 1}', "`query` must be a string, not a number."),
        (b'{"query": "{ me }", "operationName": {}}', "`operationName` must be a string, not an object."),
        (b'{"query": "{ me }", "variables": []}', "`variables` must be an object, not an array."),
        (b'{"query": "{ me }", "variables": "{}"}', "`variables` must be an object, not a string."),
        (b'{"query": "{ me }", "extensions": true}', "`extensions` must be an object, not a boolean."),
    ],
)
async def test_a_body_of_another_shape_is_refused_with_a_sentence(
    http: AsyncClient, body: bytes, sentence: str
) -> None:
    answer = await post(http, body)
    assert answer.status_code == 400
    assert only_error(answer) == {"message": sentence, "extensions": {"code": "BAD_REQUEST"}}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"query": "\xff"}',
        b'{"query": "\\ud800"}',
        b'{"variables": NaN}',
        b'{"variables": {"n": ' + b"1" * 5000 + b"}}",
        b'{"variables": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
        b"[" * 10_000 + b"]" * 10_000,
        b'\xef\xbb\xbf{"query": "{ me }"}',
        '{"query": "{ me }"}'.encode("utf-16"),
    ],
)
async def test_what_is_not_json_in_utf_8_is_refused(http: AsyncClient, body: bytes) -> None:
    answer = await post(http, body)
    assert answer.status_code == 400
    assert "is not valid JSON: " in only_error(answer)["message"]


async def test_of_a_repeated_member_the_last_counts(http: AsyncClient) -> None:
    answer = await post(http, b'{"query": "{ hello }", "query": "{ me }"}')
    assert answer.json() == {"data": {"me": "account-1"}}


@pytest.mark.parametrize(
    "query_string",
    ["query=%7Bme%7D&variables=%7B", "query=%FF", "&".join(["a=1"] * 60), "variables=[]&query={me}"],
)
async def test_a_bad_query_string_is_refused(http: AsyncClient, query_string: str) -> None:
    answer = await http.get(f"/graphql?{query_string}")
    assert answer.status_code == 400
    assert only_error(answer)["extensions"] == {"code": "BAD_REQUEST"}


@pytest.mark.parametrize("nesting", ["{a" * 400, "{ me(a: " + "[" * 900])
async def test_a_document_nested_too_deeply_is_refused(http: AsyncClient, nesting: str) -> None:
    answer = await http.post("/graphql", json={"query": nesting}, headers={"Accept": GRAPHQL_JSON})
    assert answer.status_code == 400


async def test_variables_nested_too_deeply_are_refused(http: AsyncClient) -> None:
    variables = b'{"n":' + b"[" * 1000 + b"]" * 1000 + b"}"
    body = b'{"query": "query($n: [[String]]) { me }", "variables": ' + variables + b"}"
    answer = await post(http, body, Accept=GRAPHQL_JSON)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=utf-16",
        "application/jsonp",
        "",
    ],
)
async def test_only_json_in_utf_8_is_read(http: AsyncClient, content_type: str) -> None:
    answer = await http.post("/graphql", content=b'{"query": "{ me }"}', headers={"Content-Type": content_type})
    assert answer.status_code == 415
    assert only_error(answer)["extensions"] == {"code": "UNSUPPORTED_MEDIA_TYPE"}


async def test_a_compressed_body_is_not_read(http: AsyncClient) -> None:
    answer = await post(http, b"\x1f\x8b", Content_Encoding="gzip")
    assert answer.status_code == 415


async def test_a_body_that_is_announced_too_large_is_refused(http: AsyncClient) -> None:
    answer = await post(http, b'{"query": "{ me }"}' + b" " * Limits().body_bytes)
    assert answer.status_code == 413
    assert only_error(answer)["extensions"] == {"code": "TOO_LARGE"}


async def test_a_query_string_too_large_is_refused() -> None:
    async with served(World(limits=Limits(body_bytes=1000))) as world, httpx.AsyncClient() as client:
        headers = {"Authorization": "Bearer ada"}
        answer = await client.get(f"{world.url}?query={{me}}{'%20' * 400}", headers=headers)
    assert answer.status_code == 414


async def test_a_body_of_unknown_length_is_counted_as_it_comes(http: AsyncClient) -> None:
    async def chunks() -> Any:
        for _ in range(20):
            yield b" " * 20_000

    answer = await http.post("/graphql", content=chunks(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


async def test_the_largest_body_is_read(http: AsyncClient) -> None:
    body = b'{"query": "{ me }"}'
    answer = await post(http, body + b" " * (Limits().body_bytes - len(body)))
    assert answer.status_code == 200


async def test_what_graphql_refuses_is_a_400_or_in_plain_json_a_200(http: AsyncClient) -> None:
    body = {"query": "{ nothing }"}
    by_the_book = await http.post("/graphql", json=body, headers={"Accept": GRAPHQL_JSON})
    plain = await http.post("/graphql", json=body, headers={"Accept": "application/json"})
    assert (by_the_book.status_code, plain.status_code) == (400, 200)
    assert by_the_book.json() == plain.json()
    assert "data" not in plain.json()


async def test_field_errors_come_with_the_data(http: AsyncClient, shared: World) -> None:
    answer = await http.post("/graphql", json={"query": "query Q { broken }"}, headers={"Accept": GRAPHQL_JSON})
    assert answer.status_code == 200
    assert answer.json()["data"] == {"broken": None}
    assert shared.records[-1].outcome == "field_errors"


async def test_an_urql_query_gets_json_though_it_accepts_events(http: AsyncClient) -> None:
    accept = f"{GRAPHQL_JSON}, application/graphql+json, application/json, text/event-stream, multipart/mixed"
    answer = await http.post("/graphql", json={"query": "{ me }"}, headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/graphql-response+json; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/html", "text/event-stream", "application/json;q=0"])
async def test_a_query_that_accepts_no_json_is_refused(http: AsyncClient, accept: str) -> None:
    answer = await http.post("/graphql", json={"query": "{ me }"}, headers={"Accept": accept})
    assert answer.status_code == 406


async def test_an_execution_that_lasts_too_long_is_stopped() -> None:
    async with served(World(limits=Limits(execution_seconds=0.05))) as world, httpx.AsyncClient() as client:
        answer = await client.post(world.url, json={"query": "{ waits }"}, headers={"Authorization": "Bearer ada"})
        await world.signals.stopped.wait()
    assert answer.status_code == 504
    assert only_error(answer)["extensions"] == {"code": "TIMEOUT"}
    assert world.records[-1].outcome == "timeout"


async def test_a_body_that_never_ends_is_given_up() -> None:
    async with served(World(limits=Limits(body_seconds=0.05))) as world:
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(world.url).port)
        head = b"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ada\r\n"
        writer.write(head + b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
        answer = await reader.read()
        writer.close()
    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_a_client_that_leaves_before_it_said_all_is_noted() -> None:
    async with served(World()) as world:
        _, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(world.url).port)
        head = b"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ada\r\n"
        writer.write(head + b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
        await writer.drain()
        writer.close()
        record = await world.record()
    assert record.outcome == "cancelled"


async def test_what_is_told_of_a_query(shared: World, http: AsyncClient) -> None:
    name = "N" * 100
    body = {"query": f"query {name}($n: String!) {{ hello(name: $n) }}", "variables": {"n": "Zoé"}}
    answer = await http.post("/graphql", json=body, headers={"User-Agent": "x" * 500})

    record = shared.records[-1]
    assert (record.kind, record.name, record.status) == ("query", "N" * 64, 200)
    assert (record.outcome, record.bytes_sent, record.events) == ("ok", len(answer.content), 1)
    assert (record.caller.transport, record.caller.address) == ("http", "127.0.0.1")
    assert record.caller.user_agent == "x" * 200
    assert record.viewer is not None
    assert record.viewer.account == "account-1"
    assert record.seconds > 0
    assert "Zoé" not in repr(record)
