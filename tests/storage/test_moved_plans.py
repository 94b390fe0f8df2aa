"""A plan that a feed moves to another organization: who wrote keeps what they wrote."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from domain.acts import not_open
from domain.corrections import TypedReason
from domain.errors import RefusalCode, Refused
from domain.facts import PlanExit, PlanExitKind
from domain.filters import PlanFilter, ReportFilter
from resolvers import acts, attendance
from resolvers.corrections import correct_report
from storage import listings
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
from tests.storage.moving import AWAY, drafted, of, titles, transmitted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.loading import Written
    from resolvers.services import Services

    Load = Callable[..., Awaitable[Written]]

LEFT = PlanExit(kind=PlanExitKind.ABANDONMENT, last_day=date(2025, 10, 3), reason_code="SANTE")


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
