"""Makes a backup: all that is kept, as it was at one instant of the whole cluster, beside a running service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from storage.archives import Writer
from storage.client import indexes_of, snapshot_session
from storage.data_directory import NoServer
from storage.migrating import shape_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

    from pymongo.asynchronous.client_session import AsyncClientSession

    from storage.client import Database, Document

PASSING = frozenset({"health", "previews"})
"""Collections whose documents live for minutes."""
RESTORING = "restoring."
"""Before the names of collections that are being restored."""
_BATCH = 500
_TOO_OLD = frozenset({239, 246})
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
_WINDOW_SECONDS = 3_600


async def collections_of(database: Database) -> list[str]:
    """Name what is kept."""
    names = await database.list_collection_names()
    return sorted(each for each in names if each not in PASSING and not each.startswith(("system.", RESTORING)))


async def back_up(
    database: Database, out: IO[bytes], head: Document, *, on_progress: Callable[[str, int], None] = lambda *_: None
) -> int:
    """Write a backup; returns the number of documents. NoServer where the instant is too long ago for the cluster."""
    writer = Writer(out)
    shape = await shape_of(database)
    writer.begin({**head, "shape": shape.number, "oldest": shape.oldest})
    try:
        async with await snapshot_session(database) as session:
            for name in await collections_of(database):
                indexes = await indexes_of(database[name])
                writer.collection(name, [each for each in indexes if each["name"] != "_id_"])
                await _copy(database, name, session, writer, on_progress)
    except OperationFailure as error:
        if error.code not in _TOO_OLD:
            raise
        raise NoServer(
            "The backup took longer than the cluster keeps the past (minSnapshotHistoryWindowInSeconds, 300 s unless "
            "it was changed), or an index was made meanwhile: try again, raise it, or use MongoDB's own tools "
            "(docs/production.md)."
        ) from None
    writer.finish({})
    return writer.documents


async def _copy(
    database: Database,
    name: str,
    session: AsyncClientSession,
    writer: Writer,
    on_progress: Callable[[str, int], None],
) -> None:
    raw: Any = database[name].with_options(codec_options=_RAW, read_concern=ReadConcern())
    cursor = raw.find({}, session=session, batch_size=_BATCH)
    while batch := await cursor.to_list(_BATCH):
        for document in batch:
            writer.document(document.raw)
        on_progress(name, writer.documents)


async def keep_the_past(database: Database) -> None:
    """Have an embedded server keep an hour of the past, so that a long backup is of one instant."""
    await database.client.admin.command({"setParameter": 1, "minSnapshotHistoryWindowInSeconds": _WINDOW_SECONDS})
