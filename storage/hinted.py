"""Reads by the index that a list names, and by whichever the server likes for as long as that one is not there.

So a list is answered while its index is made, later than usual: what it takes is bounded like any question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymongo.errors import OperationFailure

from storage.client import aggregate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from storage.client import Collection, Document

_BAD_VALUE = 2
_NO_SUCH_INDEX = "hint provided does not correspond to an existing index"


async def read_by(index: str, collection: Collection, pipeline: Sequence[Document]) -> list[Document]:
    """Read all that a pipeline gives."""
    try:
        return await (await aggregate(collection, pipeline, index=index)).to_list(None)
    except OperationFailure as failure:
        _require_no_such_index(failure)
        return await (await aggregate(collection, pipeline)).to_list(None)


async def stream_by(
    index: str, collection: Collection, pipeline: Sequence[Document], batch_size: int
) -> AsyncGenerator[Document, None]:
    """Read what a pipeline gives, so many at a time."""
    try:
        async for document in await aggregate(collection, pipeline, batch_size=batch_size, index=index):
            yield document
    except OperationFailure as failure:  # nothing was given yet: the index is named at the beginning only
        _require_no_such_index(failure)
        async for document in await aggregate(collection, pipeline, batch_size=batch_size):
            yield document


def _require_no_such_index(failure: OperationFailure) -> None:
    if failure.code != _BAD_VALUE or _NO_SUCH_INDEX not in str(failure):
        raise failure
