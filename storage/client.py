"""Opens the database; the only file with the calls that Motor and PyMongo's own async client spell differently.

Motor receives critical fixes until May 2027. Its successor is one file away: `AsyncIOMotorClient` becomes
`AsyncMongoClient`, `aggregate` and `watch` gain an `await`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import WriteConcern
from pymongo.errors import ConfigurationError, PyMongoError
from pymongo.read_concern import ReadConcern

from storage.data_directory import NoServer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from motor.motor_asyncio import (
        AsyncIOMotorChangeStream,
        AsyncIOMotorCollection,
        AsyncIOMotorCommandCursor,
        AsyncIOMotorDatabase,
    )

    Collection = AsyncIOMotorCollection[dict[str, Any]]
    Database = AsyncIOMotorDatabase[dict[str, Any]]

Document = dict[str, Any]
_OPTIONS: CodecOptions[Document] = CodecOptions(tz_aware=True)


def open_database(url: str, name: str = "bilans", *, timeout_ms: int = 5_000) -> Database:
    """Open a database in which acknowledged is written, and read is kept, by a majority; NoServer for no URL."""
    client: AsyncIOMotorClient[Document]
    try:
        client = AsyncIOMotorClient(
            url, appname="bilans", serverSelectionTimeoutMS=timeout_ms, connectTimeoutMS=timeout_ms
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


async def require_answer(url: str) -> None:
    """Raise NoServer where nothing answers, or nothing that lets us in."""
    database = open_database(url)
    try:
        await database.command("ping")
    except PyMongoError as error:
        raise NoServer(
            f"The database of BILANS_MONGODB_URL does not answer ({type(error).__name__}): start it, or correct "
            "the address, or leave it out for the embedded server."
        ) from None
    finally:
        close_database(database)


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
