from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.acts import transmit
from domain.form import Form
from storage.plans import PlanRepository
from storage.transmitted import TransmittedReports
from tests.factories import NOW, OTHER_SIRET, TODAY, a_plan, an_adviser, counsellor, staff, trainee

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.loading import Written
    from storage.client import Database


@pytest.fixture
async def plans(database: Database, load: Callable[..., Awaitable[Written]]) -> PlanRepository:
    """Two plans with a transmitted report, read once already."""
    repository = PlanRepository(database)
    await load(a_plan("P-1"), a_plan("P-2"))
    for plan_id in ("P-1", "P-2"):
        plan = await repository.find(staff(), plan_id)
        assert plan is not None
        sent = transmit(plan, Form(content="Brasage."), None, now=NOW, today=TODAY)
        assert await repository.replace(staff(), plan, sent)
        assert await repository.find_reported(staff(), plan_id)
    return repository


async def test_a_report_that_was_read_is_shown_without_being_fetched(
    database: Database, plans: PlanRepository
) -> None:
    before = await plans.find(staff(), "P-1")
    unnoticed = {"$set": {"report.form.content": "Changed behind our back, at the same revision."}}
    await database["plans"].update_one({"_id": "P-1"}, unnoticed)

    again = await plans.find_reported(staff(), "P-1")

    assert again == before


async def test_a_report_that_has_changed_is_fetched_again(database: Database, plans: PlanRepository) -> None:
    corrected = {"$set": {"report.form.content": "Corrigé."}, "$inc": {"revision": 1}}
    await database["plans"].update_one({"_id": "P-1"}, corrected)

    again = await plans.find_reported(staff(), "P-1")

    assert again
    assert again.report
    assert again.report.form.content == "Corrigé."


async def test_another_report_at_the_same_revision_is_fetched(database: Database, plans: PlanRepository) -> None:
    anew = {"$set": {"report.form.content": "Effacé, puis saisi de nouveau.", "report.sha256": "e" * 64}}
    await database["plans"].update_one({"_id": "P-1"}, anew)

    again = await plans.find_reported(staff(), "P-1")

    assert again
    assert again.report
    assert again.report.form.content == "Effacé, puis saisi de nouveau."


async def test_who_has_read_a_report_since_is_told(database: Database, plans: PlanRepository) -> None:
    await database["plans"].update_one({"_id": "P-1"}, {"$set": {"fetched": {"1": {"ADVISER": NOW}}}})

    again = await plans.find_reported(staff(), "P-1")

    assert again
    assert again.fetched == {"1": {"ADVISER": NOW}}


async def test_what_is_kept_is_not_shown_to_those_who_may_not_see_it(plans: PlanRepository) -> None:
    for stranger in (staff(OTHER_SIRET), trainee("9999999Z"), counsellor("A-8")):
        assert await plans.find_reported(stranger, "P-1") is None


async def test_an_adviser_who_follows_the_person_no_longer_sees_nothing_from_then_on(
    database: Database, plans: PlanRepository
) -> None:
    assert await plans.find_reported(counsellor(), "P-1")
    handed_over = {"$set": {"adviser": an_adviser("A-8").model_dump()}, "$inc": {"revision": 1}}
    await database["plans"].update_one({"_id": "P-1"}, handed_over)

    assert await plans.find_reported(counsellor(), "P-1") is None
    assert await plans.find_reported(counsellor("A-8"), "P-1")


async def test_a_report_that_was_removed_is_gone_at_once(database: Database, plans: PlanRepository) -> None:
    await database["plans"].delete_one({"_id": "P-1"})

    assert await plans.find_reported(staff(), "P-1") is None


async def test_a_draft_is_never_kept(database: Database, load: Callable[..., Awaitable[Written]]) -> None:
    await load(a_plan())
    kept = TransmittedReports(database["plans"])

    await kept.find(staff(), "P-1")

    assert len(kept) == 0


async def test_no_more_reports_are_kept_than_said(database: Database, plans: PlanRepository) -> None:
    kept = TransmittedReports(database["plans"], number=1)

    assert await plans.find_reported(staff(), "P-2")
    for plan_id in ("P-1", "P-2", "P-1"):
        assert await kept.find(staff(), plan_id)

    assert len(kept) == 1
