"""Keyset pages: a list is a filter and one range of positions in one index."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from functools import partial, reduce
from operator import getitem
from typing import TYPE_CHECKING, Literal, NamedTuple

from domain.errors import BadRequest
from domain.pages import Page
from storage.client import aggregate
from storage.cursors import decode_cursor, encode_cursor
from storage.documents import projection
from storage.hinted import read_by
from storage.outages import outages_told
from storage.searching import EMPTY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from domain.access import Viewer
    from domain.pages import PageRequest
    from storage.client import Collection, Document

_RANK = "rank"


class PageRange(NamedTuple):
    """What comes after a position and before another, from its beginning or from its end."""

    after: str | None = None
    before: str | None = None
    backward: bool = False


WHOLE_LIST = PageRange()


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of plans for somebody. `distinct`: plans in the same position count as one item.

    `low` is included and `high` excluded, both bounds of positions. `index` has the list's order: its pages are read
    by it and never sorted, whatever the server would guess of a search.
    """

    viewer: Viewer
    match: Document
    key: str
    index: str
    low: str | None = None
    high: str | None = None
    descending: bool = False
    distinct: bool = False
    among: tuple[Document, ...] = ()
    """Conditions on items that count as one: a plan passes one of them.

    Each is read by its own range of the index.
    """
    shows: Literal["plans", "people", "sessions"] = "plans"
    """The part of each plan that is shown: all of it, its person, or its session only."""
    names: bool = False
    """Whether the search is for a person: the length of such a list could tell who is in it."""

    @property
    def question(self) -> str:
        """Say all on which its items depend: those who ask the same of the same scope say the same."""
        bounds = self.key, self.low, self.high, self.descending, self.distinct, self.index
        return repr((bounds, self.match, self.among))

    @property
    def holds_nothing(self) -> bool:
        """Whether nothing can be in the list for this viewer: then the server is not asked."""
        return EMPTY in self.match.values()

    def selection(self, span: PageRange = WHOLE_LIST) -> Document:
        """Return the filter, bounded to a span of the list."""
        return {**self.match, **self._bounds(span), **({"$and": [{"$or": [*self.among]}]} if self.among else {})}

    def pipeline(
        self,
        limit: int,
        span: PageRange = WHOLE_LIST,
        projection: Document | None = None,
        *,
        collection: str = "plans",
    ) -> list[Document]:
        """Read a page in the order of the index; where plans count as one, the first of each stands for them."""
        order = -1 if self.descending is not span.backward else 1
        branches = [self._branch(span, order, limit, each) for each in self.among or ({},)]
        stages = [*branches[0], *_united(branches[1:], collection)]
        if self.distinct:
            if len(branches) > 1:
                stages += [{"$group": {"_id": "$_id", "plan": {"$first": "$plan"}}}]
            stages += [{"$sort": {"_id": order}}, {"$limit": limit}, {"$replaceRoot": {"newRoot": "$plan"}}]
        return [*stages, {"$project": {**projection, self.key: 1}}] if projection else stages

    def count_pipeline(self, name: str, *, collection: str = "plans") -> list[Document]:
        """Count the items, as `{_id: name, n: ...}`; nothing is given back for an empty list."""
        group: list[Document] = [{"$group": {"_id": f"${self.key}"}}] if self.distinct else []
        branches = [[self._matched(WHOLE_LIST, each), *group] for each in self.among or ({},)]
        stages = [*branches[0], *_united(branches[1:], collection)]
        if len(branches) > 1:
            stages += [{"$group": {"_id": "$_id"}}]
        return [*stages, {"$group": {"_id": name, "n": {"$sum": 1}}}]

    def _branch(self, span: PageRange, order: int, limit: int, each: Document) -> list[Document]:
        stages = [self._matched(span, each), {"$sort": {self.key: order}}]
        if self.distinct:
            return [*stages, {"$group": {"_id": f"${self.key}", "plan": {"$first": "$$ROOT"}}}]
        return [*stages, {"$limit": limit}]

    def _matched(self, span: PageRange, each: Document) -> Document:
        return {"$match": {**self.match, **each, **self._bounds(span)}}

    def _bounds(self, span: PageRange) -> Document:
        over, under = (span.before, span.after) if self.descending else (span.after, span.before)
        high = under if self.high is None or under is None else min(self.high, under)
        high = self.high if high is None else high
        bounds = ({} if over is None else {"$gt": over}) | ({} if self.low is None else {"$gte": self.low})
        bounds |= {} if high is None else {"$lt": high}
        return {self.key: bounds or {"$gt": ""}}


def _united(branches: Sequence[list[Document]], collection: str) -> list[Document]:
    return [{"$unionWith": {"coll": collection, "pipeline": each}} for each in branches]


class _Counts:
    """How long several lists are, counted together in one query when the first of them is asked."""

    def __init__(self, collection: Collection, listings: dict[str, Listing]) -> None:
        self._collection = collection
        self._listings = listings
        self._counted: asyncio.Task[dict[str, int]] | None = None

    async def of(self, name: str) -> int:
        if self._counted is None:
            self._counted = asyncio.ensure_future(read_counts(self._collection, self._listings))
        return (await self._counted)[name]


async def read_page(collection: Collection, listing: Listing, request: PageRequest) -> Page[Document]:
    """Read one page in one query; BadRequest for a cursor that is none of ours."""
    (page,) = await read_pages(collection, [(listing, request)])
    if isinstance(page, BadRequest):
        raise page
    return page


async def read_pages(
    collection: Collection, wanted: Sequence[tuple[Listing, PageRequest]]
) -> list[Page[Document] | BadRequest]:
    """Read pages in one query, each by a range of its index; BadRequest in the place of one with a wrong cursor."""
    refused: dict[int, BadRequest] = {}
    reading: dict[int, list[Document]] = {}
    for rank, (listing, request) in enumerate(wanted):
        try:
            span = _span(listing.key, request)
        except BadRequest as bad:
            refused[rank] = bad
            continue
        if request.items and not listing.holds_nothing:
            reading[rank] = listing.pipeline(request.size + 1, span, projection(request.unread))
    found = await _read_together(collection, wanted, reading)
    counted = counts_of(collection, [listing for listing, _ in wanted])
    return [
        refused.get(rank) or _page(*each, found[rank], count)
        for (rank, each), count in zip(enumerate(wanted), counted, strict=True)
    ]


def counts_of(collection: Collection, listings: Sequence[Listing]) -> list[Callable[[], Awaitable[int]]]:
    """Return what counts each of several lists: all are counted together when the first is asked for."""
    counts = _Counts(collection, {str(rank): listing for rank, listing in enumerate(listings)})
    return [partial(counts.of, str(rank)) for rank in range(len(listings))]


async def _read_together(
    collection: Collection, wanted: Sequence[tuple[Listing, PageRequest]], reading: dict[int, list[Document]]
) -> dict[int, list[Document]]:
    found: defaultdict[int, list[Document]] = defaultdict(list)
    if reading:
        (rank, first), *others = reading.items()
        marked = [[*stages, {"$set": {_RANK: of}}] for of, stages in others]
        unions = [{"$unionWith": {"coll": collection.name, "pipeline": stages}} for stages in marked]
        documents = await read_by(wanted[rank][0].index, collection, [*first, *unions])
        if not others:
            found[rank] = documents
            return found
        for document in documents:
            found[document.get(_RANK, rank)].append(document)
    return found


def _span(key: str, request: PageRequest) -> PageRange:
    given = request.after, request.before
    after, before = (None if cursor is None else decode_cursor(key, cursor) for cursor in given)
    return PageRange(after, before, request.backward)


def _page(
    listing: Listing, request: PageRequest, found: list[Document], count: Callable[[], Awaitable[int]]
) -> Page[Document]:
    more = len(found) > request.size
    kept = found[: request.size]
    if request.backward:
        kept.reverse()
    names = listing.key.split(".")
    return Page(
        items=kept,
        positions=[str(reduce(getitem, names, document)) for document in kept],
        cursor=partial(encode_cursor, listing.key),
        has_next=request.before is not None if request.backward else more,
        has_previous=more if request.backward else request.after is not None,
        count=count,
    )


@outages_told
async def read_counts(collection: Collection, listings: dict[str, Listing]) -> dict[str, int]:
    """Count several lists in one query."""
    counts = dict.fromkeys(listings, 0)
    pipelines = [each.count_pipeline(name) for name, each in listings.items() if not each.holds_nothing]
    if pipelines:
        unions = [{"$unionWith": {"coll": collection.name, "pipeline": each}} for each in pipelines[1:]]
        counts |= {row["_id"]: row["n"] async for row in await aggregate(collection, [*pipelines[0], *unions])}
    return counts


@outages_told
async def read_identifiers(collection: Collection, listing: Listing, most: int) -> set[str]:
    """Read the persons of the first plans of a list."""
    stages = listing.pipeline(most, projection={"job_seeker.identifier": 1})
    found = await read_by(listing.index, collection, stages)
    return {document["job_seeker"]["identifier"] for document in found}
