"""The embedded server as a replica set of one, at its socket: made, told where it is, asked whether it is ready."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pymongo import AsyncMongoClient
from pymongo.errors import ConnectionFailure, OperationFailure

from storage.data_directory import NoServer

REPLICA_SET = "bilans"
SELECTION_MS = 1_000
ALREADY_INITIALIZED, NOT_YET_INITIALIZED = 23, 94  # mongod's error codes


async def listens(socket: Path) -> bool:
    """Whether a server is there."""
    try:
        _, writer = await asyncio.open_unix_connection(socket)
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def configured(pid: int, socket: Path) -> bool:
    """Make the server a replica set of one, or tell it its new address where the data were moved.

    False where it is to be asked again: it does not answer, or has yet to read from its data that it is a set.
    """
    try:
        async with _asked(socket) as client:
            answering = (await client.admin.command("serverStatus"))["pid"]
            if answering != pid:
                raise NoServer(f"Another mongod (process {answering}) answers on {socket}: stop it and start again.")
            await _make_a_set(client, socket)
    except ConnectionFailure:
        return False
    except OperationFailure as refusal:
        if refusal.code != ALREADY_INITIALIZED:
            raise
        return False
    return True


async def _make_a_set(client: AsyncMongoClient[dict[str, Any]], socket: Path) -> None:
    try:
        config = (await client.admin.command("replSetGetConfig"))["config"]
    except OperationFailure as refusal:
        if refusal.code != NOT_YET_INITIALIZED:
            raise
        members = [{"_id": 0, "host": str(socket)}]
        await client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        return
    if config["members"][0]["host"] != str(socket):
        config["members"][0]["host"] = str(socket)
        config["version"] += 1
        await client.admin.command("replSetReconfig", config, force=True)


async def is_primary(socket: Path) -> bool:
    """Ask over a new client: one from before the initiation knows another kind of server."""
    try:
        async with _asked(socket) as client:
            return bool((await client.admin.command("hello"))["isWritablePrimary"])
    except ConnectionFailure:
        return False


@asynccontextmanager
async def _asked(socket: Path) -> AsyncGenerator[AsyncMongoClient[dict[str, Any]]]:
    """Give a client that does not wait for a server that has died, closed also where its connecting is cancelled."""
    client: AsyncMongoClient[dict[str, Any]]
    client = AsyncMongoClient(address_of(socket), serverSelectionTimeoutMS=SELECTION_MS)
    try:
        yield client
    finally:
        await client.close()


def address_of(socket: Path) -> str:
    """One server, not the set it says it is in: a copy of the data names the original's socket at first."""
    return f"mongodb://{quote(str(socket), safe='')}/?directConnection=true"
