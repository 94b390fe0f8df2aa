"""What an organization is told of its own work, against the same reckoned plainly in Python."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from domain import acts
from domain.calendar import PARIS, paris_day
from domain.facts import PlanExit, PlanExitKind
from domain.lateness import LATE_AFTER_DAYS, is_late
from domain.lists import PACKAGED
from domain.nomenclature import ListedEntry, NomenclatureName
from domain.pages import Days
from domain.plan import Withdrawn
from domain.statistics import Figures, Span, Statistics, StatisticsFilter
from resolvers.statistics import statistics
from service.clock import present
from storage.documents import to_document
from storage.statistics import COUNTED, pipeline
from tests.factories import (
    OTHER_SIRET,
    PAID,
    UNPAID,
    a_form,
    a_person,
    a_plan,
    a_session,
    an_organization,
    counsellor,
    staff,
    trainee,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.access import Viewer
    from domain.plan import Plan
    from resolvers.services import Services
    from storage.client import Database
    from tests.service import Served

TODAY = date(2025, 11, 24)
KNOWN = {(name, each.code): each for name, entries in PACKAGED.items() for each in entries}
KNOWN[NomenclatureName.CERTIFICATION, "RNCP34159"] = ListedEntry(code="RNCP34159", label="TP")
SITUATIONS = [each.code for each in PACKAGED[NomenclatureName.EXIT_SITUATION]]
SESSIONS = [a_session(), a_session("S-2"), a_session("S-3", title="Soudage : « niveau I »"), None]


def some_plan(rank: int, chance: Random) -> Plan:
    """A plan of these two years or to come: left early or not, reported or not, then or later."""
    ends_on = date(2024, 1, 1) + timedelta(chance.randrange(730))
    plan = a_plan(
        f"P-{rank}",
        job_seeker=a_person(f"{rank:07}A", f"N{rank}"),
        session=chance.choice(SESSIONS),
        funding=chance.choice([PAID, UNPAID]),
        starts_on=ends_on - timedelta(90),
        ends_on=ends_on,
        organization=an_organization(chance.choice([staff().key] * 5 + [OTHER_SIRET])),
    )
    if chance.random() < 0.3:
        exit_ = PlanExit(
            kind=chance.choice(list(PlanExitKind)),
            last_day=ends_on - timedelta(chance.randrange(60)),
            reason_code="SANTE",
        )
        plan = plan.model_copy(update={chance.choice(["recorded_exit", "announced_exit"]): exit_})
    if plan.opens_on > TODAY or chance.random() < 0.25:
        return plan
    return reported(plan, chance)


def reported(plan: Plan, chance: Random) -> Plan:
    """Its draft, or its report transmitted at any minute of a day on which it may be."""
    days = min(math.floor(chance.expovariate(1 / 15)), (TODAY - plan.opens_on).days)
    morning = datetime.combine(plan.opens_on + timedelta(days), datetime.min.time(), PARIS)
    now = (morning + timedelta(minutes=chance.randrange(24 * 60))).astimezone(UTC)
    certifying = chance.random() < 0.7
    form = a_form(
        certifying=certifying,
        certification_code="RNCP34159" if certifying else None,
        diploma_obtained=chance.choice([True, True, False, None]) if certifying else None,
        exit_situation_code=chance.choice(SITUATIONS),
    ).answered(KNOWN)
    if chance.random() < 0.2:
        return acts.drafted(plan, form, now)
    return acts.transmit(plan, form, None, now=now, today=paris_day(now))


async def keep(database: Database, plans: Iterable[Plan]) -> None:
    await database["plans"].insert_many([{**to_document(plan), "_id": plan.id, "revision": 0} for plan in plans])


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


async def asked(services: Services, viewer: Viewer, wanted: StatisticsFilter) -> Statistics:
    found = await statistics(services, viewer, wanted, today=TODAY)
    assert found is not None
    return found


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


async def test_a_day_is_a_day_of_paris(database: Database, services: Services) -> None:
    instants = {
        "winter": (date(2025, 1, 30), datetime(2025, 1, 31, 22, 59, tzinfo=UTC), 1),
        "after midnight": (date(2025, 1, 30), datetime(2025, 1, 31, 23, 0, tzinfo=UTC), 2),
        "summer": (date(2025, 6, 30), datetime(2025, 7, 1, 21, 59, tzinfo=UTC), 1),
        "when clocks change": (date(2025, 3, 29), datetime(2025, 3, 30, 22, 0, tzinfo=UTC), 2),
    }
    for name, (ends_on, now, days) in instants.items():
        session = a_session(name, title=name)
        plan = a_plan(name, ends_on=ends_on, session=session)
        form = a_form().answered(KNOWN)
        await keep(database, [acts.transmit(plan, form, None, now=now, today=paris_day(now))])
        found = await asked(services, staff(), StatisticsFilter(course=name))
        assert found.total.delays is not None
        assert (name, found.total.delays.median) == (name, days)
        assert [start for start, _ in found.periods] == [ends_on.replace(day=1)]


async def test_the_delay_is_from_the_end_that_held_at_transmission(database: Database, services: Services) -> None:
    now = datetime(2025, 2, 3, 9, tzinfo=UTC)
    sent = acts.transmit(
        a_plan(ends_on=date(2025, 1, 31)), a_form().answered(KNOWN), None, now=now, today=paris_day(now)
    )
    await keep(database, [sent.model_copy(update={"ends_on": date(2025, 2, 28)})])

    found = await asked(services, staff(), StatisticsFilter())

    assert found.total.delays is not None
    assert found.total.delays.median == 3
    assert [start for start, _ in found.periods] == [date(2025, 2, 1)]


async def test_a_report_that_was_corrected_took_as_long_as_the_first(database: Database, services: Services) -> None:
    days = [datetime(2025, 11, day, 9, tzinfo=UTC) for day in (21, 24)]
    first, second = (
        acts.transmit(a_plan(), a_form().answered(KNOWN), None, now=now, today=paris_day(now)).report for now in days
    )
    await keep(database, [a_plan(report=second, earlier_reports=(first,))])

    found = await asked(services, staff(), StatisticsFilter())

    assert found.total.delays is not None
    assert (found.total.transmitted, found.total.delays.median) == (1, 2)


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


ASK = """query($by: StatisticsPeriod!) { statistics(by: $by) { asOf
  total { plans requiredPlans drafts transmitted requiredTransmitted earlyExits abandonments transmissionRate
    requiredTransmissionRate transmissionDelay { reports medianDays p90Days meanDays }
    certification { reports obtained notObtained rate } exitSituations { situation { code label } reports } }
  courses { title figures { plans } } periods { startsOn endsOn figures { plans } } } }"""


async def test_an_organization_asks_over_graphql(served: Served, database: Database) -> None:
    now = datetime(2025, 11, 21, 9, tzinfo=UTC)
    sent = acts.transmit(a_plan(), a_form().answered(KNOWN), None, now=now, today=paris_day(now))
    await keep(database, [sent, a_plan("P-2", session=None, funding=UNPAID, ends_on=date(2025, 9, 30))])

    found = (await served.ask(staff(), ASK, by="QUARTER"))["statistics"]

    assert found == {
        "asOf": paris_day(present()).isoformat(),
        "total": {
            "plans": 2,
            "requiredPlans": 1,
            "drafts": 0,
            "transmitted": 1,
            "requiredTransmitted": 1,
            "earlyExits": 0,
            "abandonments": 0,
            "transmissionRate": 0.5,
            "requiredTransmissionRate": 1.0,
            "transmissionDelay": {"reports": 1, "medianDays": 2, "p90Days": 2, "meanDays": 2.0},
            "certification": {"reports": 1, "obtained": 1, "notObtained": 0, "rate": 1.0},
            "exitSituations": [{"situation": {"code": "EMPLOI_CDI", "label": "En emploi : CDI"}, "reports": 1}],
        },
        "courses": [
            {"title": "Permis C", "figures": {"plans": 1}},
            {"title": "Titre Professionnel Monteur Dépanneur Frigoriste", "figures": {"plans": 1}},
        ],
        "periods": [
            {"startsOn": "2025-07-01", "endsOn": "2025-09-30", "figures": {"plans": 1}},
            {"startsOn": "2025-10-01", "endsOn": "2025-12-31", "figures": {"plans": 1}},
        ],
    }
    nothing = (await served.ask(staff(OTHER_SIRET), ASK, by="YEAR"))["statistics"]
    assert (nothing["total"]["plans"], nothing["total"]["transmissionRate"], nothing["courses"]) == (0, None, [])
    assert await database["trail"].count_documents({}) == 0


@pytest.mark.parametrize("viewer", [trainee(), counsellor()])
async def test_whoever_is_of_no_organization_is_told_nothing(served: Served, viewer: Viewer) -> None:
    assert await served.ask(viewer, ASK, by="MONTH") == {"statistics": None}
