"""Whole lists, batch by batch: what is exported is what is listed, without its pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from domain.access import seen
from domain.listed import ListedPlan
from storage.documents import from_document, projection
from storage.hinted import read_by, stream_by
from storage.processor_time import beside

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from domain.access import Viewer
    from storage.client import Collection, Document
    from storage.lists import Listing

BATCH = 200
UNREAD = frozenset(
    {
        "session.objective",
        "session.content",
        "report.form.objective",
        "report.form.content",
        "report.form.internship",
        "earlier_reports",
        "absences.reason_code",
        "announced_exit.reason_code",
        "recorded_exit.reason_code",
        "fetched",
    }
)
"""Fields that no table shows, and that are not read: long texts, reasons that can be near to health data.

A column that needs one of them fails, as a field that was not read is never taken for an empty one.
"""


async def read_rows(collection: Collection, listing: Listing) -> AsyncGenerator[Sequence[ListedPlan], None]:
    """Read a list from its first item to its last, in its order; decoded beside the event loop."""
    batch: list[Document] = []
    if listing.holds_nothing:
        return
    async for document in stream_by(listing.index, collection, _pipeline(listing), BATCH):
        batch.append(document)
        if len(batch) == BATCH:
            yield await beside(partial(_decoded, listing.viewer, batch))
            batch = []
    if batch:
        yield await beside(partial(_decoded, listing.viewer, batch))


async def read_people(collection: Collection, listing: Listing) -> int:
    """Count the persons of a list in the database."""
    if listing.holds_nothing:
        return 0
    stages: list[Document] = [
        {"$match": listing.selection()},
        {"$group": {"_id": "$job_seeker.identifier"}},
        {"$count": "persons"},
    ]
    return sum(found["persons"] for found in await read_by(listing.index, collection, stages))


def _pipeline(listing: Listing) -> list[Document]:
    order = -1 if listing.descending else 1
    stages: list[Document] = [
        {"$match": listing.selection()},
        {"$sort": {listing.key: order}},
        {"$project": {**projection(UNREAD), listing.key: 1}},
    ]
    if listing.distinct:
        group = {"_id": f"${listing.key}", "plan": {"$first": "$$ROOT"}, "count": {"$sum": 1}}
        return [*stages, {"$group": group}, {"$sort": {"_id": order}}]
    return [*stages, {"$replaceRoot": {"newRoot": {"plan": "$$ROOT", "count": 1}}}]


def _decoded(viewer: Viewer, documents: Sequence[Document]) -> list[ListedPlan]:
    return [ListedPlan(seen(viewer, from_document(each["plan"], UNREAD)), each["count"]) for each in documents]
