"""A plan that a feed moves to another organization, or cancels: who wrote keeps what they wrote."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from domain.account import Account, Succession
from domain.acts import not_open
from domain.corrections import TypedReason
from domain.errors import RefusalCode, Refused
from domain.facts import Absence, PlanExit, PlanExitKind
from domain.filters import PlanFilter, ReportFilter
from domain.form import TypedForm
from domain.pages import PageRequest
from resolvers import acts, attendance
from resolvers.corrections import correct_report
from storage import listings
from storage.accounts import AccountRepository
from storage.loading import PlanLoader
from storage.successions import Successions
from tests.factories import (
    IDENTIFIER,
    NOW,
    OTHER_SIRET,
    SIRET,
    TODAY,
    a_form,
    a_person,
    a_plan,
    an_organization,
    counsellor,
    staff,
    trainee,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.loading import Written
    from domain.plan import Plan
    from resolvers.services import Services
    from storage.client import Database
    from storage.lists import Listing

    Load = Callable[..., Awaitable[Written]]

LEFT = PlanExit(kind=PlanExitKind.ABANDONMENT, last_day=date(2025, 10, 3), reason_code="SANTE")
AWAY = Absence(id="a-1", starts_on=date(2025, 9, 8), ends_on=date(2025, 9, 9), reason_code="MALADIE", hours=14)


async def written(services: Services) -> None:
    await attendance.record_absence(services, staff(), "P-1", AWAY)
    await attendance.record_plan_exit(services, staff(), "P-1", LEFT)


async def test_the_reasons_that_the_former_organization_wrote_do_not_follow_a_plan(
    services: Services, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    await written(services)

    await load(a_plan(organization=an_organization(OTHER_SIRET)))

    assert await services.plans.find(staff(), "P-1") is None
    moved = await services.plans.find(staff(OTHER_SIRET), "P-1")
    assert moved is not None
    assert moved.recorded_exit == LEFT.model_copy(update={"reason_code": None})
    assert moved.absences == (AWAY.model_copy(update={"reason_code": None}),)
    await load(a_plan())
    back = await services.plans.find(staff(), "P-1")
    assert back is not None
    assert back.recorded_exit is not None
    assert back.recorded_exit.reason_code is None


async def test_a_feed_that_tells_something_else_leaves_the_reasons(
    services: Services, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    await written(services)

    await load(a_plan(organization=an_organization(legal_name="Artois Compétences et fils")))

    kept = await services.plans.find(staff(), "P-1")
    assert kept is not None
    assert kept.organization.legal_name == "Artois Compétences et fils"
    assert kept.recorded_exit == LEFT
    assert kept.absences == (AWAY,)


async def drafted(services: Services, siret: str = SIRET, **answers: Any) -> Plan:
    form = TypedForm(**{"objective": "Ce que l'organisme en dit."} | answers)
    return await acts.save_report_draft(services, staff(siret), "P-1", form, None, now=NOW, today=TODAY)


async def transmitted(services: Services) -> Plan:
    return await acts.transmit_report(services, staff(), "P-1", a_form(), None, now=NOW, today=TODAY)


def of(siret: str) -> Plan:
    return a_plan(organization=an_organization(siret, legal_name=f"OF {siret[0]}"))


async def titles(services: Services, listing: Listing) -> list[str]:
    return [plan.id for plan in (await services.plans.page(listing, PageRequest(first=10))).items]


async def test_a_report_stays_with_the_organization_that_transmitted_it(services: Services, load: Load) -> None:
    await load(a_plan())
    await transmitted(services)

    written = await load(of(OTHER_SIRET))

    assert written.notes == (
        ("organization.siret", "the report was transmitted by another, with which the plan stays"),
    )
    own = await services.plans.find_reported(staff(), "P-1")
    assert own is not None
    assert own.report is not None
    assert await titles(services, listings.transmitted(staff(), ReportFilter())) == ["P-1"]
    assert await services.plans.find_reported(staff(OTHER_SIRET), "P-1") is None
    reason, form = TypedReason(code="ERREUR_SAISIE"), a_form(duration_hours=1)
    with pytest.raises(Refused, match="NOT_FOUND"):
        await correct_report(services, staff(OTHER_SIRET), "P-1", form, reason, 1, now=NOW)
    corrected = await correct_report(services, staff(), "P-1", form, reason, 1, now=NOW)
    assert corrected.as_reported().organization.siret == SIRET
    for viewer in (trainee(), counsellor()):
        assert await services.plans.find(viewer, "P-1")


async def test_a_draft_stays_with_its_author_and_its_text_does_not_pass_over(services: Services, load: Load) -> None:
    await load(a_plan())
    await drafted(services)

    written = await load(of(OTHER_SIRET))

    assert [where for where, _ in written.notes] == ["organization.siret"]
    theirs = await services.plans.find(staff(OTHER_SIRET), "P-1")
    assert theirs is not None
    assert theirs.report is None
    assert await titles(services, listings.pending_plans(staff(OTHER_SIRET), PlanFilter(), TODAY)) == ["P-1"]
    assert await titles(services, listings.drafts(staff(), ReportFilter())) == ["P-1"]
    for left in (await services.plans.find(staff(), "P-1"), await services.plans.find_reported(staff(), "P-1")):
        assert left is not None
        assert left.id == "P-1"
        assert left.report is not None
        assert left.report.form.objective == "Ce que l'organisme en dit."
    for viewer in (trainee(), counsellor()):
        seen = await services.plans.find(viewer, "P-1")
        assert seen is not None
        assert (seen.report, seen.organization.siret) == (None, OTHER_SIRET)
        assert await titles(services, listings.plans_of_person(viewer, IDENTIFIER, None, TODAY)) == ["P-1"]


async def test_both_write_for_themselves_and_only_the_one_that_has_the_plan_transmits(
    services: Services, load: Load
) -> None:
    await load(a_plan())
    await drafted(services)
    await load(of(OTHER_SIRET))
    await drafted(services, OTHER_SIRET, objective="Ce que l'autre en dit.")

    for act in (
        acts.save_report_draft(services, staff(), "P-1", a_form(), 1, now=NOW, today=TODAY),
        acts.transmit_report(services, staff(), "P-1", None, None, now=NOW, today=TODAY),
        acts.preview_report(services, staff(), "P-1", a_form(), now=NOW, today=TODAY),
        attendance.record_absence(services, staff(), "P-1", AWAY),
    ):
        with pytest.raises(Refused, match="NOT_ALLOWED"):
            await act
    left = await services.plans.find(staff(), "P-1")
    assert left is not None
    assert [each.code for each in not_open(left, TODAY)] == [RefusalCode.NOT_ALLOWED]
    sent = await acts.transmit_report(services, staff(OTHER_SIRET), "P-1", a_form(), 2, now=NOW, today=TODAY)
    assert sent.report is not None
    assert await acts.discard_report_draft(services, staff(), "P-1", 1)
    assert await services.plans.find(staff(), "P-1") is None
    assert await services.plans.find(staff(OTHER_SIRET), "P-1")


async def test_a_plan_that_comes_back_brings_the_draft_back(services: Services, load: Load) -> None:
    await load(a_plan())
    await drafted(services)
    await load(of(OTHER_SIRET))
    await drafted(services, OTHER_SIRET, objective="Ce que l'autre en dit.")

    await load(a_plan())

    for siret, said in ((SIRET, "Ce que l'organisme en dit."), (OTHER_SIRET, "Ce que l'autre en dit.")):
        found = await services.plans.find(staff(siret), "P-1")
        assert found is not None
        assert found.report is not None
        assert found.report.form.objective == said
        assert await titles(services, listings.drafts(staff(siret), ReportFilter())) == ["P-1"]
    again = await acts.save_report_draft(services, staff(), "P-1", a_form(), 1, now=NOW, today=TODAY)
    assert again.report is not None
    assert again.report.version == 3


async def test_a_name_that_is_mended_reaches_what_was_left_behind(services: Services, load: Load) -> None:
    await load(a_plan())
    await drafted(services)
    await load(of(OTHER_SIRET))

    await load(of(OTHER_SIRET).model_copy(update={"job_seeker": a_person(last_name="ADAMS")}))

    for siret in (SIRET, OTHER_SIRET):
        found = await services.plans.find(staff(siret), "P-1")
        assert found is not None
        assert (found.job_seeker.last_name, found.organization.siret) == ("ADAMS", siret)


def a_succession(since: date = date(2025, 1, 1)) -> Account:
    succession = Succession(former_siret=SIRET, since=since)
    return Account(siret=OTHER_SIRET, legal_name="OF 3", succession=succession)


@pytest.mark.parametrize("declared_first", [True, False])
async def test_a_declared_succession_passes_all_on(
    services: Services,
    load: Load,
    database: Database,
    declared_first: bool,  # noqa: FBT001 - a parameter of the case
) -> None:
    await load(a_plan())
    await attendance.record_absence(services, staff(), "P-1", AWAY)
    await transmitted(services)
    if not declared_first:
        await load(of(OTHER_SIRET))
    accounts = [a_succession()]
    await AccountRepository(database).load(accounts)
    await PlanLoader(database).succeed(accounts)
    await load(of(OTHER_SIRET))

    found = await services.plans.find(staff(OTHER_SIRET), "P-1")
    assert found is not None
    assert found.absences == (AWAY,)
    assert await titles(services, listings.transmitted(staff(OTHER_SIRET), ReportFilter())) == ["P-1"]
    reason, form = TypedReason(code="ERREUR_SAISIE"), a_form(duration_hours=14)
    corrected = await correct_report(services, staff(OTHER_SIRET), "P-1", form, reason, 1, now=NOW)
    assert corrected.as_reported().organization.siret == OTHER_SIRET

    former = await services.plans.find_reported(staff(), "P-1")
    assert former is not None
    assert "MALADIE" not in former.model_dump_json()
    with pytest.raises(Refused, match="NOT_ALLOWED"):
        await correct_report(services, staff(), "P-1", form, reason, 2, now=NOW)
    await load(a_plan(starts_on=date(2025, 9, 2)))
    stale = await services.plans.find(staff(OTHER_SIRET), "P-1")
    assert stale is not None
    assert (stale.organization.siret, stale.starts_on) == (OTHER_SIRET, date(2025, 9, 2))


@pytest.mark.parametrize("declared_first", [True, False])
async def test_a_succession_brings_the_draft(
    services: Services,
    load: Load,
    database: Database,
    declared_first: bool,  # noqa: FBT001 - a parameter of the case
) -> None:
    await load(a_plan())
    await drafted(services)
    if not declared_first:
        await load(of(OTHER_SIRET))
    accounts = [a_succession()]
    await AccountRepository(database).load(accounts)
    await PlanLoader(database).succeed(accounts)

    assert await titles(services, listings.drafts(staff(OTHER_SIRET), ReportFilter())) == ["P-1"]
    assert await titles(services, listings.drafts(staff(), ReportFilter())) == []
    found = await services.plans.find(staff(OTHER_SIRET), "P-1")
    assert found is not None
    assert found.report is not None
    assert found.report.form.objective == "Ce que l'organisme en dit."


async def test_a_succession_of_a_day_to_come_changes_nothing_yet(
    services: Services, load: Load, database: Database
) -> None:
    await load(a_plan())
    accounts = [a_succession(since=TODAY + timedelta(1))]
    await AccountRepository(database).load(accounts)
    await PlanLoader(database, today=TODAY).succeed(accounts)
    assert await services.plans.find(staff(), "P-1")
    await PlanLoader(database, today=TODAY + timedelta(1)).succeed(accounts)
    assert await services.plans.find(staff(OTHER_SIRET), "P-1")


async def test_successions_are_followed_one_after_the_other_and_a_circle_is_none(database: Database) -> None:
    chain = {"1": "2", "2": "3", "3": "4", "8": "9", "9": "8"}
    await AccountRepository(database).load(
        [
            Account(siret=new, legal_name=new, succession=Succession(former_siret=former, since=date(2025, 1, 1)))
            for former, new in chain.items()
        ]
    )
    heirs = await Successions(database).heirs(["1", "3", "4", "5", "8", "9"], TODAY)
    assert {former: heir.siret for former, heir in heirs.items()} == {"1": "4", "3": "4"}
