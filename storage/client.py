"""Opens the database; the only file with the calls that Motor and PyMongo's own async client spell differently."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache, partial
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Literal, cast

from bson.codec_options import CodecOptions
from pymongo import WriteConcern
from pymongo.errors import ConfigurationError, PyMongoError
from pymongo.read_concern import ReadConcern

from storage.asking import asking
from storage.data_directory import NoServer
from storage.listeners import Noting, Timing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pymongo import AsyncMongoClient
    from pymongo.asynchronous.change_stream import AsyncChangeStream
    from pymongo.asynchronous.client_session import AsyncClientSession
    from pymongo.asynchronous.collection import AsyncCollection
    from pymongo.asynchronous.command_cursor import AsyncCommandCursor
    from pymongo.asynchronous.database import AsyncDatabase
    from pymongo.monitoring import CommandListener

    Client = AsyncMongoClient[dict[str, Any]]
    Collection = AsyncCollection[dict[str, Any]]
    Database = AsyncDatabase[dict[str, Any]]

Driver = Literal["motor", "pymongo"]
"""Motor's classes have the same methods as PyMongo's own, whose types are those of both."""
Document = dict[str, Any]
HEARTBEAT_MS = 1_000
"""How often members are asked how they are.

One that is frozen is given up after this and the time of a connection; what waits is asked of the next primary.
"""
CONNECT_MS = 3_000
_OPTIONS: CodecOptions[Document] = CodecOptions(tz_aware=True)
AT_ONCE = 5 * (os.cpu_count() or 1)
"""Calls that wait for the server at once, in Motor's threads or PyMongo's tasks; the others wait for their turn."""
SHARE = 1 + max(2, os.cpu_count() or 1)
"""Of these, that one account may have: enough to keep a database of as many cores at work."""
_AT_ONCE_ASIDE = 4
_KILL_SECONDS = 2


def open_aside(url: str, name: str = "bilans", *, driver: Driver) -> Database:
    """Open the database beside, with threads or turns that no question ever holds: to see whether it is well."""
    return _open(_client_kind(driver, _AT_ONCE_ASIDE, _AT_ONCE_ASIDE), url, name, timeout_ms=1_000)


def open_database(
    url: str,
    name: str = "bilans",
    *,
    driver: Driver,
    timeout_ms: int = 5_000,
    aside: Database | None = None,
    listeners: Sequence[CommandListener] = (),
) -> Database:
    """Open a database in which acknowledged is written, and read is kept, by a majority; NoServer for no URL.

    What is given up is killed by way of `aside`; without, the server works on until the time of the command is over.
    """
    noting = [] if aside is None else [Noting(partial(_kill, aside))]
    kind = _client_kind(driver, AT_ONCE, SHARE)
    return _open(kind, url, name, timeout_ms=timeout_ms, listeners=[*noting, *listeners])


def _client_kind(driver: Driver, at_once: int, share: int) -> Callable[..., Client]:
    """Return what makes clients; a driver that is not wanted is not imported."""
    if driver == "motor":
        return _motor(at_once, share)
    from storage.turns import FairClient, FairTurns  # noqa: PLC0415 - as said

    return partial(FairClient, FairTurns(at_once, share))


@cache
def _motor(threads: int, share: int) -> Callable[..., Client]:
    """All clients of a kind share their threads."""
    from storage.threads import FairThreads, client_class  # noqa: PLC0415 - as above

    return cast("Callable[..., Client]", client_class(FairThreads(threads, share)))


def _open(
    kind: Callable[..., Client],
    url: str,
    name: str,
    *,
    timeout_ms: int,
    listeners: Sequence[CommandListener] = (),
) -> Database:
    try:
        client = kind(
            url,
            appname="bilans",
            serverSelectionTimeoutMS=timeout_ms,
            connectTimeoutMS=min(timeout_ms, CONNECT_MS),
            heartbeatFrequencyMS=HEARTBEAT_MS,
            event_listeners=[Timing(), *listeners],
        )
    except (ConfigurationError, ValueError):
        raise NoServer(
            "BILANS_MONGODB_URL is not an address of MongoDB: it is written mongodb://HOST:PORT/?replicaSet=NAME."
        ) from None
    return client.get_database(
        name,
        codec_options=_OPTIONS,
        write_concern=WriteConcern("majority", wtimeout=30_000),
        read_concern=ReadConcern("majority"),
    )


async def _kill(aside: Database, sessions: list[Document]) -> None:
    """Kill what these sessions do: whatever their rights are, users may kill their own."""
    with asking(None, _KILL_SECONDS), suppress(PyMongoError):
        await aside.command("killSessions", sessions)


async def close_database(database: Database) -> None:
    """Close the connections behind a database."""
    await _given(database.client.close())


async def aggregate(
    collection: Collection | Database,
    pipeline: Sequence[Mapping[str, Any]],
    *,
    batch_size: int | None = None,
    index: str | None = None,
) -> AsyncCommandCursor[Document]:
    """Run a pipeline; a cursor over what it gives: so many at a time, by that index, or as the server likes."""
    options: dict[str, Any] = {} if batch_size is None else {"batchSize": batch_size}
    if index is not None:
        options["hint"] = index
    cursor: AsyncCommandCursor[Document] = await _given(collection.aggregate(list(pipeline), **options))
    return cursor


async def watch(collection: Collection, pipeline: Sequence[Mapping[str, Any]]) -> AsyncChangeStream[Document]:
    """Open a change stream; an async context manager and iterator."""
    stream: AsyncChangeStream[Document] = await _given(collection.watch(list(pipeline)))
    return stream


async def indexes_of(collection: Collection) -> list[Document]:
    """Read the definitions of a collection's indexes."""
    return [dict(each) async for each in await _given(collection.list_indexes())]


async def snapshot_session(database: Database) -> AsyncClientSession:
    """Begin a session that reads all as it is at one instant; an async context manager."""
    session: AsyncClientSession = await _given(database.client.start_session(snapshot=True))
    return session


async def _given(given: Any) -> Any:  # noqa: ANN401 - of any of these calls
    """Wait for what one driver gives at once, and the other when it is awaited."""
    return await given if isawaitable(given) else given
