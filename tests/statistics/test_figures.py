"""What an organization is told of its own work, against the same reckoned plainly in Python."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from domain import acts
from domain.calendar import paris_day
from domain.facts import PlanExitKind
from domain.lateness import LATE_AFTER_DAYS, is_late
from domain.pages import Days
from domain.plan import Withdrawn
from domain.statistics import Figures, Span, StatisticsFilter
from storage.statistics import COUNTED, pipeline
from tests.factories import (
    OTHER_SIRET,
    a_form,
    a_plan,
    staff,
)
from tests.statistics.plans import KNOWN, TODAY, asked, keep, some_plan

if TYPE_CHECKING:
    from domain.plan import Plan
    from resolvers.services import Services
    from storage.client import Database


@pytest.fixture
async def plans(database: Database) -> list[Plan]:
    chance = Random(20251124)  # noqa: S311 - the same plans each time
    made = [some_plan(rank, chance) for rank in range(600)]
    await keep(database, made)
    return made


def plainly(plans: list[Plan]) -> dict[str, Any]:
    """Count as anybody would with the plans before them."""
    sent = [(plan, plan.report) for plan in plans if plan.report and plan.report.transmitted_at]
    delays = sorted(
        (paris_day(report.transmitted_at) - plan.last_day).days for plan, report in sent if report.transmitted_at
    )
    kept = [(plan, paris_day(report.transmitted_at)) for plan, report in sent if report.transmitted_at]
    kept = [(plan, day) for plan, day in kept if plan.report_required]
    late = sum(is_late(plan.with_report(None), day, LATE_AFTER_DAYS) for plan, day in kept)
    certifying = [report.form.diploma_obtained for _, report in sent if report.form.certifying]
    exits = Counter(plan.exit.kind for plan in plans if plan.exit)
    ranks = [delays[math.ceil(len(delays) * tenths / 10) - 1] for tenths in (5, 9)] if delays else []
    return {
        "plans": len(plans),
        "required": sum(plan.report_required for plan in plans),
        "drafts": sum(plan.report is not None for plan in plans) - len(sent),
        "transmitted": len(sent),
        "required_transmitted": sum(plan.report_required for plan, _ in sent),
        "on_time": len(kept) - late,
        "late": late,
        "overdue": sum(is_late(plan, TODAY, LATE_AFTER_DAYS) for plan in plans),
        "early_exits": exits[PlanExitKind.EARLY_EXIT],
        "abandonments": exits[PlanExitKind.ABANDONMENT],
        "certifying": len(certifying),
        "obtained": certifying.count(True),
        "not_obtained": certifying.count(False),
        "delays": (len(delays), *ranks, pytest.approx(sum(delays) / len(delays))) if delays else None,
        "situations": Counter(report.form.exit_situation.code for _, report in sent if report.form.exit_situation),
    }


def told(figures: Figures) -> dict[str, Any]:
    delays = figures.delays
    simple = {name: getattr(figures, name) for name in Figures.__slots__}
    return simple | {
        "delays": (delays.reports, delays.median, delays.p90, delays.mean) if delays else None,
        "situations": {each.situation.code: each.reports for each in figures.situations},
    }


def grouped(plans: list[Plan], key: Any) -> dict[Any, list[Plan]]:
    groups = defaultdict(list)
    for plan in plans:
        groups[key(plan)].append(plan)
    return groups


STARTS = {
    Span.MONTH: lambda plan: plan.last_day.replace(day=1),
    Span.QUARTER: lambda plan: plan.last_day.replace(day=1, month=(plan.last_day.month - 1) // 3 * 3 + 1),
    Span.YEAR: lambda plan: plan.last_day.replace(day=1, month=1),
}
ASKED = [
    StatisticsFilter(),
    StatisticsFilter(span=Span.QUARTER),
    StatisticsFilter(ends=Days(date(2024, 2, 29), date(2025, 1, 31)), span=Span.YEAR),
    StatisticsFilter(ends=Days(None, date(2024, 6, 30)), course="Soudage : « niveau I »"),
    StatisticsFilter(ends=Days(date(2025, 8, 1), None), course="Permis C"),
]


async def test_figures_are_what_anybody_would_count(services: Services, plans: list[Plan]) -> None:
    for viewer in (staff(), staff(OTHER_SIRET)):
        for wanted in ASKED:
            low, high = wanted.ends.first or date.min, min(wanted.ends.last or date.max, TODAY - timedelta(1))
            own = [plan for plan in plans if plan.organization.siret == viewer.key and low <= plan.last_day <= high]
            own = [plan for plan in own if wanted.course in (None, plan.title)]

            found = await asked(services, viewer, wanted)

            assert own
            assert told(found.total) == plainly(own)
            courses = grouped(own, lambda plan: plan.title)
            assert {title: told(each) for title, each in found.courses} == {
                title: plainly(each) for title, each in courses.items()
            }
            sizes = [(-each.plans, title) for title, each in found.courses]
            assert sizes == sorted(sizes)
            periods = grouped(own, STARTS[wanted.span])
            assert [start for start, _ in found.periods] == sorted(periods)
            assert {start: told(each) for start, each in found.periods} == {
                start: plainly(each) for start, each in periods.items()
            }


async def test_without_plans_there_is_nothing_to_say(services: Services) -> None:
    found = await asked(services, staff(), StatisticsFilter())
    assert (found.total.plans, found.total.delays, found.courses, found.periods) == (0, None, (), ())


async def test_an_index_alone_is_read_and_no_plan(database: Database, plans: list[Plan]) -> None:
    for wanted in ASKED:
        stages = pipeline(staff(), wanted, TODAY)
        command = {"aggregate": "plans", "pipeline": stages, "cursor": {}, "hint": COUNTED}
        explained = await database.command("explain", command, verbosity="executionStats")
        told = explained["stages"][0]["$cursor"]["executionStats"]
        first, last = wanted.ends.first or date.min, min(wanted.ends.last or date.max, TODAY - timedelta(1))
        own = [plan for plan in plans if plan.organization.siret == staff().key and first <= plan.last_day <= last]
        days = {plan.last_day for plan in own}

        assert told["totalDocsExamined"] == 0
        assert told["nReturned"] <= len(own)
        assert told["totalKeysExamined"] <= len(own) + len(days) + 1


async def test_a_plan_that_was_withdrawn_is_counted_no_more(services: Services, database: Database) -> None:
    now = datetime(2025, 11, 21, 9, tzinfo=UTC)
    sent = acts.transmit(a_plan(), a_form().answered(KNOWN), None, now=now, today=paris_day(now))
    await keep(database, [sent.model_copy(update={"withdrawn": Withdrawn.CANCELLED}), a_plan("P-2", session=None)])
    found = await asked(services, staff(), StatisticsFilter())
    assert [(title, each.plans) for title, each in found.courses] == [("Permis C", 1)]
