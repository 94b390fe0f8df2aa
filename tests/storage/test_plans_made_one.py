"""People of two identifiers and plans that are told twice are made one; a plan that is none is withdrawn."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from domain.facts import Absence
from domain.filters import PlanFilter
from domain.form import TypedForm
from domain.identities import Correspondence
from domain.pages import PageRequest
from domain.plan import Withdrawn
from domain.trail import Seen
from resolvers import acts, attendance
from storage import listings
from storage.identities import Identities
from storage.loading import PlanLoader
from storage.merging import Merging
from tests.factories import (
    IDENTIFIER,
    NOW,
    TODAY,
    a_form,
    a_person,
    a_plan,
    a_session,
    counsellor,
    staff,
    trainee,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from domain.plan import Plan
    from resolvers.services import Services
    from storage.client import Database

    Load = Callable[..., Awaitable[object]]

NEW = "9205012K"
MERGED = Correspondence(former=IDENTIFIER, current=NEW)


async def pending(services: Services) -> list[str]:
    listing = listings.pending_plans(staff(), PlanFilter(), TODAY)
    return [plan.id for plan in (await services.plans.page(listing, PageRequest(first=10))).items]


async def transmitted(services: Services, plan_id: str = "P-1") -> Plan:
    return await acts.transmit_report(services, staff(), plan_id, a_form(), None, now=NOW, today=TODAY)


def renumbered(plan_id: str, **changes: Any) -> Plan:
    return a_plan(plan_id, session=a_session("S-2", carif_number="00099999"), **changes)


async def exported(database: Database, *plans: Plan) -> None:
    await PlanLoader(database).load(plans, made_up=True)


async def test_a_renumbered_session_does_not_ask_for_a_transmitted_report_again(
    services: Services, database: Database
) -> None:
    await exported(database, a_plan())
    await transmitted(services)
    for _ in range(2):
        await exported(database, renumbered("P-2"))
        assert await pending(services) == []
    later = renumbered("P-2", ends_on=date(2025, 11, 12))
    await exported(database, later)
    assert await pending(services) == []
    kept = await services.plans.find(staff(), "P-1")
    assert kept is not None
    assert (kept.ends_on, kept.carif_number) == (later.ends_on, "00099999")
    assert kept.as_reported().carif_number == a_plan().carif_number


@pytest.mark.parametrize("batches", [[["P-1", "P-2"]], [["P-2", "P-1"]], [["P-1"], ["P-2"]], [["P-2"], ["P-1"]]])
async def test_two_that_one_export_tells_both_are_two(
    services: Services, database: Database, batches: list[list[str]]
) -> None:
    await exported(database, a_plan())
    for _ in range(2):
        loader = PlanLoader(database)
        for batch in batches:
            told = {"P-1": a_plan(), "P-2": renumbered("P-2")}
            await loader.load([told[each] for each in batch], made_up=True)
        assert sorted(await pending(services)) == ["P-1", "P-2"]


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_on": date(2025, 9, 2)},
        {"job_seeker": a_person(NEW)},
        {"funding": a_plan().funding.model_copy(update={"scheme": "AIF"})},
        {"session": a_session("S-2", title="Une autre formation")},
    ],
)
async def test_what_is_not_alike_is_another_plan(
    services: Services, database: Database, changes: dict[str, Any]
) -> None:
    await exported(database, a_plan())
    await exported(database, a_plan("P-2", **changes))
    assert sorted(await pending(services)) == ["P-1", "P-2"]


async def test_plans_whose_ids_are_their_own_are_never_taken_for_one_another(services: Services, load: Load) -> None:
    await load(a_plan())
    await load(renumbered("P-2"))
    assert sorted(await pending(services)) == ["P-1", "P-2"]


async def test_a_person_of_two_identifiers_has_one_plan_and_reads_its_report(
    services: Services, database: Database, load: Load
) -> None:
    await load(a_plan())
    await transmitted(services)
    await load(a_plan("P-2", job_seeker=a_person(NEW)))
    assert await pending(services) == ["P-2"]

    assert await Merging(database).merge(MERGED) == (1, 1)

    assert await pending(services) == []
    assert await services.plans.find(trainee(IDENTIFIER), "P-1") is None
    found = await services.plans.find(trainee(NEW), "P-1")
    assert found is not None
    assert found.report is not None
    assert found.as_reported().job_seeker.identifier == IDENTIFIER
    for identifier in (IDENTIFIER, NEW):
        await load(a_plan(job_seeker=a_person(identifier)), a_plan("P-2", job_seeker=a_person(identifier)))
        assert await pending(services) == []
        assert await services.plans.find(trainee(NEW), "P-1")
        assert await services.plans.find(counsellor(), "P-2") is None
    assert await Merging(database).merge(MERGED) == (0, 0)


async def test_what_was_written_twice_stays_twice(services: Services, database: Database, load: Load) -> None:
    await load(a_plan(), a_plan("P-2", job_seeker=a_person(NEW)))
    await transmitted(services)
    await acts.save_report_draft(services, staff(), "P-2", TypedForm(objective="O."), None, now=NOW, today=TODAY)
    assert await Merging(database).merge(MERGED) == (1, 0)
    found = await services.plans.find(staff(), "P-2")
    assert found is not None
    assert found.report is not None


async def test_identifiers_are_followed_and_the_contrary_takes_them_back(database: Database) -> None:
    identities = Identities(database)
    await identities.load([Correspondence(former="A", current="B")])
    await identities.load([Correspondence(former="B", current="C")])
    assert await identities.current(["A", "B", "C", "D"]) == {"A": "C", "B": "C"}
    assert await identities.former("C") == ["B", "A"]
    await identities.load([Correspondence(former="B", current="A")])
    assert await identities.current(["A", "B"]) == {"B": "A"}
    assert await identities.former("A") == ["B"]


async def test_a_withdrawn_plan_is_gone_whatever_feeds_tell_until_it_is_brought_back(
    services: Services, database: Database, load: Load
) -> None:
    await load(a_plan())
    merging = Merging(database)
    plan = await merging.find("P-1")
    assert plan is not None
    assert await merging.withdraw(plan)
    await load(a_plan(starts_on=date(2025, 9, 2)))
    assert await services.plans.find(staff(), "P-1") is None
    assert not await merging.withdraw(plan)

    assert await merging.bring_back("P-1")
    assert not await merging.bring_back("P-1")
    await load(a_plan(starts_on=date(2025, 9, 2)))
    assert await pending(services) == ["P-1"]


async def test_what_was_written_on_a_withdrawn_plan_stays_with_its_organization_and_comes_back(
    services: Services, database: Database, load: Load
) -> None:
    day = date(2025, 9, 8)
    away = Absence(id="a-1", starts_on=day, ends_on=day, hours=7)
    await load(a_plan())
    await attendance.record_absence(services, staff(), "P-1", away)
    merging = Merging(database)
    plan = await merging.find("P-1")
    assert plan is not None
    assert await merging.withdraw(plan)
    await load(a_plan(starts_on=date(2025, 9, 2)))
    assert await pending(services) == []
    assert await services.plans.find(trainee(), "P-1") is None
    kept = await services.plans.find(staff(), "P-1")
    assert kept is not None
    assert kept.absences == (away,)

    assert await merging.bring_back("P-1")
    await load(a_plan())
    back = await services.plans.find(trainee(), "P-1")
    assert back is not None
    assert back.adviser is not None


async def test_whoever_keeps_the_trail_is_told_before_a_feed_withdraws_a_plan(database: Database, load: Load) -> None:
    told: list[Seen] = []

    async def note(seen: Sequence[Seen]) -> None:
        assert await database["plans"].find_one({"_id": "P-1"})
        told.extend(seen)

    await load(a_plan())
    loader = PlanLoader(database, on_withdrawn=note)
    gone = a_plan().model_copy(update={"withdrawn": Withdrawn.CANCELLED})
    await loader.load([gone])
    await loader.load([gone])
    assert told == [Seen(IDENTIFIER, "P-1")]
    assert await database["plans"].find_one({"_id": "P-1"}) is None
