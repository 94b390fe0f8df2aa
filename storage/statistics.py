"""Statistics of an organization's plans: one aggregation over one range of one index, and no plan is read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from domain.facts import PlanExitKind
from domain.statistics import (
    MOST_COURSES,
    MOST_PERIODS,
    NO_FIGURES,
    Delays,
    Figures,
    SituationCount,
    Span,
    Statistics,
    unlabelled,
)
from storage.documents import DRAFT, TRANSMITTED
from storage.hinted import read_by
from storage.keys import END
from storage.scope import visible

if TYPE_CHECKING:
    from domain.access import Viewer
    from domain.statistics import StatisticsFilter
    from storage.client import Collection, Document

COUNTED = "counted"
"""The index that holds, and in this order, all that is counted: no plan is read."""
COUNTED_FIELDS = (
    "organization.siret",
    "keys.due",
    "keys.counted",
    "state",
    "keys.required",
    "keys.left",
    "keys.delay",
    "report.form.certifying",
    "report.form.diploma_obtained",
    "report.form.exit_situation.code",
)
STANDING: Document = {"keys.counted": {"$gte": ""}}
"""Plans that were not withdrawn: those that the index has."""
_EARLIEST = "1900-01-01"
"""Dates before are mistakes of feeds, and cannot be reckoned with."""
_QUARTERS = [f"{1 + month // 3 * 3:02}" for month in range(12)]
"""The first month of each month's quarter."""


async def read_statistics(
    collection: Collection, viewer: Viewer, wanted: StatisticsFilter, today: date
) -> Statistics:
    """Count an organization's plans that are over on a day."""
    (found,) = await read_by(COUNTED, collection, pipeline(viewer, wanted, today))
    total = [_figures(each) for each in found["total"]]
    return Statistics(
        total[0] if total else NO_FIGURES,
        tuple((each["_id"], _figures(each)) for each in found["courses"]),
        tuple((date.fromisoformat(each["_id"]), _figures(each)) for each in reversed(found["periods"])),
    )


def pipeline(viewer: Viewer, wanted: StatisticsFilter, today: date) -> list[Document]:
    """Say what is counted: by course those with most plans first, by period the latest ones."""
    return [
        {"$match": _selection(viewer, wanted, today)},
        {"$project": _facts(wanted, today)},
        {
            "$facet": {
                "total": _counted(None),
                "courses": _counted("$course", {"$sort": {"plans": -1, "_id": 1}}, {"$limit": MOST_COURSES}),
                "periods": _counted("$period", {"$sort": {"_id": -1}}, {"$limit": MOST_PERIODS}),
            }
        },
    ]


def _selection(viewer: Viewer, wanted: StatisticsFilter, today: date) -> Document:
    low, high = _EARLIEST, today.isoformat()
    if wanted.ends.first:
        low = max(low, wanted.ends.first.isoformat())
    if wanted.ends.last:
        high = min(high, wanted.ends.last.isoformat() + END)
    title: Document = STANDING if wanted.course is None else {"keys.counted": wanted.course}
    return {**visible(viewer), **title, "keys.due": {"$gte": low, "$lt": high}}


def _facts(wanted: StatisticsFilter, today: date) -> Document:
    """Keep of each plan what is counted: what an index has not is null there, and counts for nothing.

    A report is late that was transmitted more days after the last one than there are for it, or is not yet.
    """
    sent, unsent = {"$eq": ["$state", TRANSMITTED]}, {"$ne": ["$state", TRANSMITTED]}
    before = (today - timedelta(days=wanted.late_after_days)).isoformat()
    late = {"$gt": ["$keys.delay", wanted.late_after_days]}
    return {
        "_id": 0,
        "state": 1,
        "course": "$keys.counted",
        "period": _PERIODS[wanted.span],
        "exit": "$keys.left",
        "required": "$keys.required",
        "late": {"$and": ["$keys.required", late]},
        "on_time": {"$and": ["$keys.required", {"$ne": [{"$ifNull": ["$keys.delay", None]}, None]}, {"$not": late}]},
        "overdue": {"$and": ["$keys.required", unsent, {"$lt": ["$keys.due", before]}]},
        "delay": {"$ifNull": ["$keys.delay", "$$REMOVE"]},
        "certifying": {"$and": [sent, "$report.form.certifying"]},
        "obtained": {"$cond": [sent, "$report.form.diploma_obtained", None]},
        "situation": {"$cond": [sent, {"$ifNull": ["$report.form.exit_situation.code", "$$REMOVE"]}, "$$REMOVE"]},
    }


def _of_day(first: int, characters: int) -> Document:
    """Take a part of the day with which the position begins."""
    return {"$substrBytes": ["$keys.due", first, characters]}


_MONTH = {"$subtract": [{"$toInt": _of_day(5, 2)}, 1]}
_PERIODS: dict[Span, Document] = {
    Span.MONTH: {"$concat": [_of_day(0, 8), "01"]},
    Span.QUARTER: {"$concat": [_of_day(0, 5), {"$arrayElemAt": [_QUARTERS, _MONTH]}, "-01"]},
    Span.YEAR: {"$concat": [_of_day(0, 5), "01-01"]},
}
"""The first day of the period in which a plan is over."""


def _counted(key: str | None, *then: Document) -> list[Document]:
    """Group by a key; percentiles are ranks of a sorted array: servers before MongoDB 7 have no `$percentile`."""
    sent, certifying = {"$eq": ["$state", TRANSMITTED]}, "$certifying"
    group = {
        "_id": key,
        "plans": {"$sum": 1},
        "required": _times("$required"),
        "drafts": _times({"$eq": ["$state", DRAFT]}),
        "transmitted": _times(sent),
        "required_transmitted": _times({"$and": [sent, "$required"]}),
        "on_time": _times("$on_time"),
        "late": _times("$late"),
        "overdue": _times("$overdue"),
        "early_exits": _times({"$eq": ["$exit", PlanExitKind.EARLY_EXIT.value]}),
        "abandonments": _times({"$eq": ["$exit", PlanExitKind.ABANDONMENT.value]}),
        "certifying": _times(certifying),
        "obtained": _times({"$and": [certifying, {"$eq": ["$obtained", True]}]}),
        "not_obtained": _times({"$and": [certifying, {"$eq": ["$obtained", False]}]}),
        "delays": {"$push": "$delay"},
        "situations": {"$push": "$situation"},
    }
    sorted_delays = {"$sortArray": {"input": "$delays", "sortBy": 1}}
    ranks = {
        "mean": {"$avg": "$delays"},
        "median": _nearest(1, 2),
        "p90": _nearest(9, 10),
        "reports": {"$size": "$delays"},
        "situations": _occurrences("$situations"),
    }
    return [{"$group": group}, *then, {"$set": {"delays": sorted_delays}}, {"$set": ranks}, {"$unset": "delays"}]


def _times(condition: object) -> Document:
    return {"$sum": {"$cond": [condition, 1, 0]}}


def _nearest(of: int, out_of: int) -> Document:
    """Take the value at rank ⌈n × of ÷ out_of⌉, reckoned with whole numbers."""
    product = {"$multiply": [{"$size": "$delays"}, of]}
    rank = {"$floor": {"$divide": [{"$add": [product, out_of - 1]}, out_of]}}
    return {"$arrayElemAt": ["$delays", {"$max": [0, {"$subtract": [rank, 1]}]}]}


def _occurrences(array: str) -> Document:
    same = {"$filter": {"input": array, "as": "one", "cond": {"$eq": ["$$one", "$$code"]}}}
    counted = {"code": "$$code", "reports": {"$size": same}}
    return {"$map": {"input": {"$setUnion": [array]}, "as": "code", "in": counted}}


def _figures(found: dict[str, Any]) -> Figures:
    names = set(Figures.__slots__) - {"delays", "situations"}
    delays = Delays(found["reports"], found["median"], found["p90"], found["mean"]) if found["reports"] else None
    situations = sorted(found["situations"], key=lambda each: (-each["reports"], each["code"]))
    counts = tuple(SituationCount(unlabelled(each["code"]), each["reports"]) for each in situations)
    return Figures(**{name: found[name] for name in names}, delays=delays, situations=counts)
