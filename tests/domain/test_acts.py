from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from domain import acts
from domain.errors import RefusalCode, Refused
from domain.facts import PlanExit, PlanExitKind
from domain.form import Form
from domain.nomenclature import Entry
from domain.report import ReportStatus
from tests.domain.known import answered
from tests.factories import NOW, TODAY, a_form, a_plan, a_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.plan import Plan

LATER = NOW + timedelta(minutes=5)
SHORT, WHOLE = Form(duration_hours=7), answered(a_form())


def a_draft(form: Form = SHORT) -> Plan:
    return acts.save_draft(a_plan(), form, None, now=NOW, today=TODAY)


def sent(form: Form | None = WHOLE) -> Plan:
    return acts.transmit(a_plan(), form, None, now=NOW, today=TODAY)


def refused(act: Callable[[], Plan]) -> tuple[RefusalCode, tuple[str, ...] | None, Plan | None]:
    with pytest.raises(Refused) as raised:
        act()
    (refusal,) = raised.value.refusals
    assert refusal.message.endswith(".")
    return refusal.code, refusal.path, raised.value.plan


@pytest.mark.parametrize(
    ("announced", "recorded", "opens_on"),
    [
        (None, None, date(2025, 11, 20)),
        (date(2025, 10, 2), None, date(2025, 10, 3)),
        (None, date(2025, 10, 2), date(2025, 10, 3)),
        (date(2025, 10, 2), date(2025, 10, 9), date(2025, 10, 10)),
        (date(2025, 12, 24), None, date(2025, 11, 20)),
    ],
)
def test_a_report_opens_the_day_after_the_last_one_and_not_before(
    announced: date | None, recorded: date | None, opens_on: date
) -> None:
    def left(day: date | None) -> PlanExit | None:
        return PlanExit(kind=PlanExitKind.EARLY_EXIT, last_day=day) if day else None

    plan = a_plan(announced_exit=left(announced), recorded_exit=left(recorded))
    eve = opens_on - timedelta(days=1)

    assert (plan.status(eve), plan.status(opens_on)) == (ReportStatus.NOT_OPEN, ReportStatus.TO_ENTER)
    for act in (acts.save_draft, acts.transmit):
        code, path, _ = refused(partial(act, plan, WHOLE, None, now=NOW, today=eve))
        assert (code, path) == (RefusalCode.NOT_OPEN, ("trainingPlanId",))
        assert act(plan, WHOLE, None, now=NOW, today=opens_on).report is not None


def test_the_refusal_of_a_plan_that_is_not_over_says_from_when() -> None:
    (refusal,) = acts.not_open(a_plan(), date(2025, 9, 1))
    assert "20/11/2025" in refusal.message


def test_a_first_draft_needs_no_version_and_becomes_version_one() -> None:
    draft = a_draft()
    assert draft.report is not None
    assert (draft.report.version, draft.report.form, draft.report.status) == (1, SHORT, ReportStatus.DRAFT)
    assert (draft.report.created_at, draft.report.updated_at) == (NOW, NOW)


def test_a_draft_is_saved_whole_and_keeps_the_day_it_was_begun() -> None:
    again = acts.save_draft(a_draft(), Form(objective="Souder."), 1, now=LATER, today=TODAY)
    assert again.report is not None
    assert again.report.form == Form(objective="Souder.")
    assert (again.report.version, again.report.created_at, again.report.updated_at) == (2, NOW, LATER)


@pytest.mark.parametrize("version", [None, 0, 2, -1])
def test_who_has_not_read_the_draft_that_stands_gets_it_back(version: int | None) -> None:
    draft = a_draft()
    stale = RefusalCode.STALE_VERSION, ("expectedVersion",), draft
    assert refused(lambda: acts.save_draft(draft, WHOLE, version, now=LATER, today=TODAY)) == stale
    assert refused(lambda: acts.transmit(draft, WHOLE, version, now=LATER, today=TODAY)) == stale


def test_a_version_of_no_draft_is_stale() -> None:
    plan = a_plan()
    stale = RefusalCode.STALE_VERSION, ("expectedVersion",), plan
    assert refused(lambda: acts.save_draft(plan, SHORT, 1, now=NOW, today=TODAY)) == stale
    assert refused(lambda: acts.transmit(plan, WHOLE, 1, now=NOW, today=TODAY)) == stale


def test_versions_go_on_across_a_discarded_draft() -> None:
    bare = acts.discard_draft(a_draft(), 1)
    assert (bare.report, bare.status(TODAY)) == (None, ReportStatus.TO_ENTER)
    again = acts.save_draft(bare, SHORT, None, now=LATER, today=TODAY)
    assert again.report is not None
    assert (again.report.version, again.report.created_at) == (2, LATER)


def test_a_draft_is_discarded_by_whoever_has_read_it_or_names_no_version() -> None:
    draft = a_draft()
    assert acts.discard_draft(draft, None).report is None
    stale = RefusalCode.STALE_VERSION, ("expectedVersion",), draft
    assert refused(lambda: acts.discard_draft(draft, 7)) == stale


def test_there_is_no_draft_to_discard() -> None:
    plan = a_plan()
    assert refused(lambda: acts.discard_draft(plan, None)) == (RefusalCode.NOT_FOUND, ("trainingPlanId",), plan)


def test_without_a_form_the_draft_is_sent_as_saved() -> None:
    plan = acts.transmit(a_draft(WHOLE), None, None, now=LATER, today=TODAY)
    assert plan.report is not None
    assert (plan.report.form, plan.report.transmitted_at, plan.report.created_at) == (WHOLE, LATER, NOW)
    assert plan.status(TODAY) is ReportStatus.TRANSMITTED


def test_without_a_form_a_version_that_is_given_is_held_to() -> None:
    draft = a_draft(WHOLE)
    stale = RefusalCode.STALE_VERSION, ("expectedVersion",), draft
    assert refused(lambda: acts.transmit(draft, None, 2, now=LATER, today=TODAY)) == stale
    assert acts.transmit(draft, None, 1, now=LATER, today=TODAY).report is not None


def test_without_form_and_draft_there_is_nothing_to_send() -> None:
    with pytest.raises(Refused) as raised:
        acts.transmit(a_plan(), None, None, now=NOW, today=TODAY)
    assert [(each.code, each.path) for each in raised.value.refusals] == [(RefusalCode.REQUIRED, ("form",))]


@pytest.mark.parametrize("version", [None, 1, 7])
def test_sending_the_same_again_is_the_same_report(version: int | None) -> None:
    plan = sent()
    assert acts.transmit(plan, WHOLE, version, now=LATER, today=TODAY) is plan
    assert acts.transmit(plan, None, version, now=LATER, today=TODAY) is plan


def test_the_same_answers_under_other_labels_are_the_same() -> None:
    relabelled = WHOLE.model_copy(update={"exit_situation": Entry(code="EMPLOI_CDI", label="CDI")})
    plan = sent()
    assert acts.transmit(plan, relabelled, None, now=LATER, today=TODAY) is plan


def test_nothing_of_a_transmitted_report_changes() -> None:
    plan = sent()
    final = RefusalCode.ALREADY_TRANSMITTED, ("trainingPlanId",), plan
    other = WHOLE.model_copy(update={"duration_hours": 8})
    assert refused(lambda: acts.transmit(plan, other, 1, now=LATER, today=TODAY)) == final
    assert refused(lambda: acts.save_draft(plan, WHOLE, 1, now=LATER, today=TODAY)) == final
    assert refused(lambda: acts.discard_draft(plan, 1)) == final


def test_a_transmitted_report_shows_names_and_titles_of_then() -> None:
    plan = sent()
    later = plan.model_copy(
        update={
            "session": a_session(title="Autre intitulé"),
            "job_seeker": plan.job_seeker.model_copy(update={"last_name": "MARTIN"}),
            "organization": plan.organization.model_copy(update={"legal_name": "Rachetée"}),
            "ends_on": date(2026, 1, 1),
        }
    )
    reported = later.as_reported()
    assert reported.report == plan.report
    frozen = {"title", "carif_number", "job_seeker", "organization", "session", "funding", "starts_on", "ends_on"}
    assert all(getattr(reported, name) == getattr(plan, name) for name in frozen)


def test_a_draft_shows_the_plan_as_it_is() -> None:
    draft = a_draft()
    assert draft.as_reported() is draft


def test_the_adviser_of_then_is_not_kept_in_the_report() -> None:
    plan = sent()
    assert plan.report is not None
    assert plan.report.facts is not None
    assert "adviser" not in plan.report.facts.model_dump()
