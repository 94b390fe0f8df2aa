"""The number that was announced last, and what has to be done when a restored database does not have it.

An announced number is not given again. If a restore was not noticed at once, some were: the reports transmitted since
then get higher numbers, so that nobody misses them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pymongo.errors import DuplicateKeyError

from storage.documents import TRANSMITTED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from storage.client import Collection, Document

_INSTANTS = {"numbers": 1, "sequence": 1, "report.transmitted_at": 1, "earlier_reports.transmitted_at": 1}
_TRIES = 1_000


class NumberedReport(NamedTuple):
    """The report that has a number: its plan, and when it was transmitted."""

    plan_id: str
    transmitted_at: datetime


async def told_under(plans: Collection, number: int) -> NumberedReport | None:
    """Return the report that has a number; None where none has it."""
    document = await plans.find_one({"numbers": number}, _INSTANTS) if number else None
    if document is None:
        return None
    return NumberedReport(document["_id"], _instants(document)[document["numbers"].index(number)])


async def given_again(plans: Collection, number: int, since: datetime) -> list[tuple[str, int]]:
    """Return, in their order, the numbers up to one that were given to what was transmitted since an instant."""
    later = {"state": TRANSMITTED, "report.transmitted_at": {"$gt": since}, "sequence": {"$gt": 0}}
    found = plans.find(later, _INSTANTS)
    given = [
        (given, document["_id"])
        async for document in found
        for given, instant in zip(document["numbers"], _instants(document), strict=False)
        if given <= number and instant > since
    ]
    return [(plan_id, given) for given, plan_id in sorted(given)]


async def renumber(plans: Collection, plan_id: str, number: int, next_number: Callable[[], Awaitable[int]]) -> bool:
    """Give a report the next number, as its own was announced for another report. False where it no longer has it."""
    for _ in range(_TRIES):
        given = await next_number()
        last = {"$cond": [{"$eq": ["$sequence", number]}, given, "$sequence"]}
        change = {"$set": {"numbers": _replaced(number, given), "sequence": last}}
        try:
            result = await plans.update_one({"_id": plan_id, "numbers": number}, [change])
        except DuplicateKeyError:
            continue
        return bool(result.modified_count)
    return False


def _replaced(number: int, by: int) -> Document:
    return {"$map": {"input": "$numbers", "in": {"$cond": [{"$eq": ["$$this", number]}, by, "$$this"]}}}


def _instants(document: Document) -> Sequence[datetime]:
    reports = [*document.get("earlier_reports", []), document.get("report") or {}]
    return [each["transmitted_at"] for each in reports if each.get("transmitted_at")]
