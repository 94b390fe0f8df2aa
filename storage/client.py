"""Opens the database; the only file with the calls that Motor and PyMongo's own async client spell differently.

Motor receives critical fixes until May 2027. Its successor is one file away: `AsyncIOMotorClient` becomes
`AsyncMongoClient`, `aggregate` and `watch` gain an `await`.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from bson.codec_options import CodecOptions
from pymongo import WriteConcern
from pymongo.errors import ConfigurationError, PyMongoError
from pymongo.read_concern import ReadConcern

from storage.asking import asking
from storage.data_directory import NoServer
from storage.listeners import Noting, Timing
from storage.threads import FairThreads, client_class

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from motor.motor_asyncio import (
        AsyncIOMotorChangeStream,
        AsyncIOMotorClient,
        AsyncIOMotorCollection,
        AsyncIOMotorCommandCursor,
        AsyncIOMotorDatabase,
    )
    from pymongo.monitoring import CommandListener

    Collection = AsyncIOMotorCollection[dict[str, Any]]
    Database = AsyncIOMotorDatabase[dict[str, Any]]

Document = dict[str, Any]
HEARTBEAT_MS = 1_000
"""How often members are asked how they are.

One that is frozen is given up after this and the time of a connection; what waits is asked of the next primary.
"""
_OPTIONS: CodecOptions[Document] = CodecOptions(tz_aware=True)
THREADS = 5 * (os.cpu_count() or 1)
_ASIDE_THREADS = 4
SHARE = 1 + max(2, os.cpu_count() or 1)
"""Of the threads, that one account may hold at once: enough to keep a database of as many cores at work."""
_KILL_SECONDS = 2
_questions = client_class(FairThreads(THREADS, SHARE))
_aside = client_class(FairThreads(_ASIDE_THREADS, _ASIDE_THREADS))


def open_aside(url: str, name: str = "bilans") -> Database:
    """Open the database beside, with threads that no question ever holds: to see whether it is well."""
    return _open(_aside, url, name, timeout_ms=1_000)


def open_database(
    url: str,
    name: str = "bilans",
    *,
    timeout_ms: int = 5_000,
    aside: Database | None = None,
    listeners: Sequence[CommandListener] = (),
) -> Database:
    """Open a database in which acknowledged is written, and read is kept, by a majority; NoServer for no URL.

    What is given up is killed by way of `aside`; without, the server works on until the time of the command is over.
    """
    noting = [] if aside is None else [Noting(partial(_kill, aside))]
    return _open(_questions, url, name, timeout_ms=timeout_ms, listeners=[*noting, *listeners])


def _open(
    kind: type[AsyncIOMotorClient[Document]],
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
            connectTimeoutMS=timeout_ms,
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


def close_database(database: Database) -> None:
    """Close the connections behind a database."""
    database.client.close()


def aggregate(
    collection: Collection,
    pipeline: Sequence[Mapping[str, Any]],
    *,
    batch_size: int | None = None,
    index: str | None = None,
) -> AsyncIOMotorCommandCursor[Document]:
    """Run a pipeline; a cursor over what it gives: so many at a time, by that index, or as the server likes."""
    options: dict[str, Any] = {} if batch_size is None else {"batchSize": batch_size}
    if index is not None:
        options["hint"] = index
    cursor: AsyncIOMotorCommandCursor[Document] = collection.aggregate(list(pipeline), **options)
    return cursor


def watch(collection: Collection, pipeline: Sequence[Mapping[str, Any]]) -> AsyncIOMotorChangeStream[Document]:
    """Open a change stream; an async context manager and iterator."""
    stream: AsyncIOMotorChangeStream[Document] = collection.watch(list(pipeline))
    return stream
