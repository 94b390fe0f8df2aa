"""Feeds against a real database: the same again, a later state, and what a transmitted report keeps for ever."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from domain.filters import ReportFilter
from domain.loading import Written
from domain.nomenclature import ListedEntry, NomenclatureName
from domain.pages import Days, PageRequest
from resolvers import acts
from storage import listings
from storage.loading import PlanLoader
from tests.factories import (
    NOW,
    TODAY,
    UNPAID,
    a_form,
    a_person,
    a_plan,
    a_session,
    an_adviser,
    an_organization,
    counsellor,
    staff,
    trainee,
)
from tests.storage.worlds import made_up

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.plan import Plan
    from resolvers.services import Services
    from storage.client import Database

    Load = Callable[..., Awaitable[Written]]


async def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    names = await database.list_collection_names()
    return {name: [each async for each in database[name].find().sort("_id", 1)] for name in names}


async def sent(services: Services, load: Load) -> Plan:
    await load(a_plan())
    await services.nomenclatures.publish(
        NomenclatureName.CERTIFICATION, [ListedEntry(code="RNCP34159", label="TP - Monteur dépanneur frigoriste")]
    )
    return await acts.transmit_report(services, staff(), "P-1", a_form(), None, now=NOW, today=TODAY)


async def test_loading_the_same_again_changes_nothing_at_all(database: Database, load: Load) -> None:
    plans = [plan.with_report(None).model_copy(update={"report_version": 0}) for plan in made_up(5, 60)]
    first = await load(*plans)
    before = await everything(database)

    again = await load(*plans)
    other_order = await load(*reversed(plans))

    assert first == Written(added=60)
    assert again == other_order == Written(unchanged=60)
    assert await everything(database) == before


async def test_a_later_state_replaces_what_the_feed_tells_and_nothing_else(services: Services, load: Load) -> None:
    await load(a_plan())
    draft = await acts.save_report_draft(services, staff(), "P-1", a_form(), None, now=NOW, today=TODAY)
    later = a_plan(
        ends_on=TODAY,
        funding=UNPAID,
        job_seeker=a_person(last_name="MARTIN"),
        adviser=an_adviser("A-8"),
        session=a_session(title="Autre intitulé"),
    )

    assert await load(later) == Written(changed=1)

    found = await services.plans.find(staff(), "P-1")
    assert found is not None
    assert found.model_copy(update={"revision": 0}) == later.model_copy(
        update={"report": draft.report, "report_version": 1}
    )


async def test_no_later_feed_changes_anything_in_a_transmitted_report(services: Services, load: Load) -> None:
    before = (await sent(services, load)).as_reported()

    await load(
        a_plan(
            job_seeker=a_person(last_name="MARTIN", first_name="Zoé-Anne"),
            organization=an_organization(legal_name="Rachetée"),
            session=a_session(title="Autre intitulé", carif_number="1", city="Lille"),
            funding=UNPAID,
            adviser=None,
        )
    )

    for viewer in (staff(), trainee()):
        found = await services.plans.find(viewer, "P-1")
        assert found is not None
        shown = found.as_reported()
        assert (found.title, shown.title) == ("Autre intitulé", before.title)
        assert shown.job_seeker == before.job_seeker
        assert shown.organization == before.organization
        assert shown.session == before.session
        assert shown.funding == before.funding
        assert shown.report is not None
        assert before.report is not None
        assert shown.report.form == before.report.form
        assert shown.report.sha256 == before.report.sha256
        assert await services.papers.content(shown.report.sha256 or "") is not None


async def test_a_transmitted_report_is_found_by_the_name_it_carries(services: Services, load: Load) -> None:
    await sent(services, load)
    await load(a_plan(job_seeker=a_person(last_name="MARTIN")))

    async def found(search: str) -> list[str]:
        listing = listings.transmitted(staff(), ReportFilter(Days(), search))
        page = await services.plans.page(listing, PageRequest())
        return [plan.as_reported().job_seeker.last_name for plan in page.items]

    assert await found("adam") == ["ADAM"]
    assert await found("martin") == []
    people = await services.plans.page(listings.people(staff(), "martin"), PageRequest())
    assert [plan.job_seeker.last_name for plan in people.items] == ["MARTIN"]


async def test_no_later_nomenclature_changes_anything_in_a_transmitted_report(services: Services, load: Load) -> None:
    before = await sent(services, load)

    for name, code in (
        (NomenclatureName.CERTIFICATION, "RNCP34159"),
        (NomenclatureName.EXIT_SITUATION, "EMPLOI_CDI"),
        (NomenclatureName.TEACHING_MODE, "0"),
        (NomenclatureName.EXIT_LEVEL, "13"),
    ):
        await services.nomenclatures.publish(name, [ListedEntry(code=code, label="Autre libellé")])
        await services.nomenclatures.publish(name, [ListedEntry(code="NEUF", label="Neuf")])

    found = await services.plans.find(staff(), "P-1")
    assert found is not None
    assert found.report is not None
    assert before.report is not None
    assert found.report.form == before.report.form
    again = await acts.transmit_report(services, staff(), "P-1", a_form(), None, now=NOW, today=TODAY)
    assert again.report == found.report


async def test_an_adviser_who_takes_over_reads_what_was_transmitted_before_and_the_former_no_more(
    services: Services, load: Load
) -> None:
    await sent(services, load)
    await load(a_plan(adviser=an_adviser("A-8")))

    assert await services.plans.find(counsellor("A-8"), "P-1") is not None
    assert await services.plans.find(counsellor("A-7"), "P-1") is None


async def test_all_plans_of_a_session_and_of_a_person_tell_the_same_after_a_part_of_them_was_loaded(
    services: Services, load: Load
) -> None:
    await load(a_plan("P-1"), a_plan("P-2"), a_plan("P-3", session=None))

    await load(a_plan("P-2", session=a_session(title="Autre"), job_seeker=a_person(last_name="MARTIN")))

    plans = [await services.plans.find(staff(), plan_id) for plan_id in ("P-1", "P-2", "P-3")]
    assert [plan.title for plan in plans if plan] == ["Autre", "Autre", "Permis C"]
    assert {plan.job_seeker.last_name for plan in plans if plan} == {"MARTIN"}


async def test_of_two_loads_of_the_same_plans_at_once_neither_fails(database: Database) -> None:
    plans = [a_plan(f"P-{number}", job_seeker=a_person(f"120501{number}K")) for number in range(8)]

    one = PlanLoader(database).load(plans)
    other = PlanLoader(database).load(plans)

    written = await asyncio.gather(one, other)

    assert sum(each.added for each in written) == 8
    assert await database["plans"].count_documents({}) == 8
