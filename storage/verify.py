"""Checks that a database holds what the service promises, after a restore or at any time."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from storage.client import aggregate
from storage.documents import TRANSMITTED, from_document
from storage.indexes import lacking
from supervision.attempts import attempted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.client import Database, Document

_SHOWN = 5


async def problems_of(database: Database) -> AsyncIterator[str]:
    """Give a sentence for each thing that is not as it should be."""
    for check in (index_problems, _plans, _papers, _numbers):
        async for problem in check(database):
            yield problem


_HASHES: list[Document] = [
    {
        "$project": {
            "hashes": {
                "$concatArrays": [[{"$ifNull": ["$report.sha256", ""]}], {"$ifNull": ["$earlier_reports.sha256", []]}]
            }
        }
    }
]
_OF_PLAN = {"from": "plans", "localField": "plan", "foreignField": "_id", "as": "found", "pipeline": _HASHES}
_NAMED = {"$in": ["$_id", {"$ifNull": [{"$first": "$found.hashes"}, []]}]}
UNNAMED: list[Document] = [
    {"$project": {"plan": 1}},
    {"$lookup": _OF_PLAN},
    {"$match": {"$expr": {"$not": _NAMED}}},
    {"$project": {"_id": 1}},
]
"""Finds the papers that no report of their plan names."""


async def unnamed_papers(database: Database) -> list[str]:
    """Name the papers that no report names now: of transmissions that broke off, or are under way."""
    return [each["_id"] async for each in await aggregate(database["papers"], UNNAMED)]


async def index_problems(database: Database) -> AsyncIterator[str]:
    """Give a sentence for each index that cannot be used."""
    found = await lacking(database)
    if len(found) > _SHOWN:
        yield f"{len(found)} indexes are missing, others, or being made: a service makes them ({_some(found)})."
        return
    for each in found:
        collection, _, name = each.partition(".")
        yield f"The index {name} of {collection} is missing, another one, or being made: a service makes it."


async def _plans(database: Database) -> AsyncIterator[str]:
    unreadable: list[str] = []
    unnumbered: list[str] = []
    async for document in database["plans"].find():
        plan = attempted(partial(from_document, dict(document)), _told_at_the_end)
        if plan is None:
            unreadable.append(document["_id"])
            continue
        numbers = document.get("numbers") or []
        sent = [each for each in plan.reports if each.transmitted_at]
        waits = bool(document.get("to_announce"))
        if len(numbers) + waits != len(sent) or (numbers and document.get("sequence") != numbers[-1] and not waits):
            unnumbered.append(document["_id"])
    if unreadable:
        yield f"{len(unreadable)} plans cannot be read: {_some(unreadable)}."
    if unnumbered:
        yield f"{len(unnumbered)} plans have not one announcement for each report: {_some(unnumbered)}."


async def _papers(database: Database) -> AsyncIterator[str]:
    """Hash every paper, and see that every transmitted report has its own."""
    changed, kept = [], set()
    async for paper in database["papers"].find():
        kept.add(paper["_id"])
        if sha256(paper["content"]).hexdigest() != paper["_id"]:
            changed.append(paper["_id"])
    if changed:
        yield f"{len(changed)} papers are not what their hash says: {_some(changed)}."
    lacking = []
    wanted = {"report.sha256": 1, "earlier_reports.sha256": 1}
    async for plan in database["plans"].find({"state": TRANSMITTED}, wanted):
        reports = [plan.get("report") or {}, *plan.get("earlier_reports", [])]
        if any(each.get("sha256") not in kept for each in reports):
            lacking.append(plan["_id"])
    if lacking:
        yield f"{len(lacking)} transmitted reports have no paper: {_some(lacking)}."


async def _numbers(database: Database) -> AsyncIterator[str]:
    """See that every number up to the last was given to a report, erased with one, or jumped over by a restore."""
    pipeline: list[Document] = [
        {"$match": {"numbers": {"$gt": 0}}},
        {"$unwind": "$numbers"},
        {"$project": {"_id": 0, "number": "$numbers"}},
        {"$unionWith": {"coll": "erased_numbers", "pipeline": [{"$project": {"_id": 0, "number": "$_id"}}]}},
        {"$group": {"_id": "$number"}},
        {"$sort": {"_id": 1}},
    ]
    mark = await database["marks"].find_one({"_id": "numbering"}) or {}
    jumps = sorted((each["after"], each["upto"]) for each in mark.get("jumps", []))
    expected, missing = 1, []
    async for each in await aggregate(database["plans"], pipeline):
        number = int(each["_id"])
        while expected < number:
            over = next((upto for after, upto in jumps if after < expected <= upto), None)
            if over is None:
                missing.append(str(expected))
                expected += 1
            else:
                expected = min(over + 1, number)
            if len(missing) > _SHOWN:
                break
        expected = number + 1
    if missing:
        yield f"Announcements are missing from the order of numbers: {_some(missing)}."


def _told_at_the_end(_: Exception) -> None:
    """All that cannot be read are named together."""


def _some(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
