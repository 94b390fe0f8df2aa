"""A client of `graphql-transport-ws` that says and hears single messages."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.transport.world import World

ADA = "ada"
INIT = {"type": "connection_init", "payload": {"Authorization": "Bearer ada"}}


@asynccontextmanager
async def socket(
    world: World, *, subprotocol: str | None = "graphql-transport-ws", **options: Any
) -> AsyncIterator[ClientConnection]:
    subprotocols: Any = [subprotocol] if subprotocol else None
    url = world.url.replace("http:", "ws:")
    async with connect(url, subprotocols=subprotocols, proxy=None, **options) as opened:
        yield opened


async def say(opened: ClientConnection, *said: Any) -> None:
    for message in said:
        await opened.send(orjson.dumps(message).decode())


async def hear(opened: ClientConnection) -> Any:
    return orjson.loads(await opened.recv())


async def begin(opened: ClientConnection, token: str = ADA) -> None:
    await say(opened, {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
    assert await hear(opened) == {"type": "connection_ack"}


async def ended(opened: ClientConnection) -> tuple[int, str]:
    """Wait for the close frame, past any message."""
    with suppress(ConnectionClosed):
        async for _ in opened:
            pass
    return opened.close_code or 0, opened.close_reason or ""


def subscribe(query: str, identifier: str = "1", **more: Any) -> dict[str, Any]:
    return {"id": identifier, "type": "subscribe", "payload": {"query": query, **more}}
