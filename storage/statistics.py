"""Statistics of an organization's plans: one aggregation over one range of one index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.calendar import PARIS, paris_day
from domain.facts import COMPULSORY, PlanExitKind
from domain.statistics import (
    MOST_COURSES,
    MOST_PERIODS,
    NO_FIGURES,
    Delays,
    Figures,
    SituationCount,
    Statistics,
    unlabelled,
)
from storage.client import aggregate
from storage.documents import DRAFT, TRANSMITTED
from storage.keys import END
from storage.scope import visible

if TYPE_CHECKING:
    from datetime import date

    from domain.access import Viewer
    from domain.statistics import StatisticsFilter
    from storage.client import Collection, Document

ENDED = "ended"
"""The index by whose range the plans are found."""
_ZONE = PARIS.key
_EARLIEST = "1900-01-01"
"""Dates before are mistakes of feeds, and cannot be reckoned with."""
_REPORT = "$report.form"


async def read_statistics(
    collection: Collection, viewer: Viewer, wanted: StatisticsFilter, today: date
) -> Statistics:
    """Count an organization's plans that are over on a day."""
    (found,) = [each async for each in aggregate(collection, pipeline(viewer, wanted, today), index=ENDED)]
    total = [_figures(each) for each in found["total"]]
    return Statistics(
        total[0] if total else NO_FIGURES,
        tuple((each["_id"], _figures(each)) for each in found["courses"]),
        tuple((paris_day(each["_id"]), _figures(each)) for each in reversed(found["periods"])),
    )


def pipeline(viewer: Viewer, wanted: StatisticsFilter, today: date) -> list[Document]:
    """Say what is counted: by course those with most plans first, by period the latest ones."""
    return [
        {"$match": _selection(viewer, wanted, today)},
        {"$project": _facts(wanted)},
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
    match: Document = {**visible(viewer), "withdrawn": None, "keys.due": {"$gte": low, "$lt": high}}
    if wanted.course is not None:
        without = {"session": None, "own_title": wanted.course}
        match["$or"] = [{"session.title": wanted.course}, without]
    return match


def _facts(wanted: StatisticsFilter) -> Document:
    """Keep of each plan what is counted."""
    sent = {"$eq": ["$state", TRANSMITTED]}
    ended = _day({"$substrBytes": ["$keys.due", 0, len(_EARLIEST)]})
    return {
        "_id": 0,
        "state": 1,
        "course": {"$ifNull": ["$session.title", "$own_title", ""]},
        "period": {"$dateTrunc": {"date": ended, "unit": wanted.span.value, "timezone": _ZONE}},
        "exit": {"$ifNull": ["$recorded_exit.kind", "$announced_exit.kind"]},
        "required": {
            "$and": ["$funding.employment_service_funded", {"$in": ["$funding.scheme", sorted(COMPULSORY)]}]
        },
        "delay": {"$cond": [sent, _delay(), "$$REMOVE"]},
        "certifying": {"$and": [sent, f"{_REPORT}.certifying"]},
        "obtained": {"$cond": [sent, f"{_REPORT}.diploma_obtained", "$$REMOVE"]},
        "situation": {"$cond": [sent, f"{_REPORT}.exit_situation.code", "$$REMOVE"]},
    }


def _delay() -> Document:
    """Count days of Paris from the plan's last day, as it was then, to its first transmission."""
    first = {"$ifNull": [{"$arrayElemAt": ["$earlier_reports", 0]}, "$report"]}
    plan = "$$first.facts"
    last_day = _day({"$min": [f"{plan}.ends_on", f"{plan}.recorded_exit.last_day"]})
    days = {"startDate": last_day, "endDate": "$$first.transmitted_at", "unit": "day", "timezone": _ZONE}
    return {"$let": {"vars": {"first": first}, "in": {"$dateDiff": days}}}


def _day(text: object) -> Document:
    return {"$dateFromString": {"dateString": text, "timezone": _ZONE}}


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
