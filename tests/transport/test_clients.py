"""The Python gql client against a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

if TYPE_CHECKING:
    from tests.transport.world import World

HELLO = "query($n: String!) { hello(name: $n) }"


async def test_gql_over_http(shared: World) -> None:
    transport = HTTPXAsyncTransport(url=shared.url, headers={"Authorization": "Bearer ada"})
    async with Client(transport=transport) as session:
        hello = gql(HELLO)
        hello.variable_values = {"n": "Zoé"}
        assert await session.execute(hello) == {"hello": "Hello Zoé"}
        assert await session.execute(gql('mutation { echo(text: "kept") }')) == {"echo": "kept"}
        with pytest.raises(TransportQueryError, match="Cannot query field 'nothing'"):
            await session.execute(gql("{ nothing }"))


async def test_gql_over_websocket(shared: World) -> None:
    transport = WebsocketsTransport(
        url=shared.url.replace("http", "ws"),
        init_payload={"Authorization": "Bearer ada"},
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
    )
    async with Client(transport=transport) as session:
        numbers = [result["count"] async for result in session.subscribe(gql("subscription { count(to: 3) }"))]
        assert numbers == [0, 1, 2]
        assert await session.execute(gql("{ me }")) == {"me": "account-1"}
        with pytest.raises(TransportQueryError, match="Not for you"):
            async for _ in session.subscribe(gql("subscription { refused }")):
                pass
