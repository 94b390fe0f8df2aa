from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import acts
from domain.access import concerns, require_writer, seen, sees
from domain.errors import RefusalCode, Refused
from domain.facts import Absence, PlanExit, PlanExitKind
from domain.form import Form
from domain.report import ReportStatus
from tests.factories import (
    NOW,
    OTHER_SIRET,
    SIRET,
    TODAY,
    a_person,
    a_plan,
    an_adviser,
    an_organization,
    counsellor,
    staff,
    trainee,
)

if TYPE_CHECKING:
    from domain.access import Viewer
    from domain.plan import Plan


def in_state(plan: Plan, state: str) -> Plan:
    if state == "open":
        return plan
    draft = acts.save_draft(plan, Form(), None, now=NOW, today=TODAY)
    return draft if state == "draft" else acts.transmit(draft, None, None, now=NOW, today=TODAY)


def code_of(viewer: Viewer, plan: Plan | None) -> RefusalCode:
    with pytest.raises(Refused) as refused:
        require_writer(viewer, plan)
    (refusal,) = refused.value.refusals
    return refusal.code


keys = st.sampled_from(["one", "two"])
viewers = st.one_of(keys.map(staff), keys.map(trainee), keys.map(counsellor))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    plan = a_plan(
        organization=an_organization(draw(keys)),
        job_seeker=a_person(draw(keys)),
        adviser=draw(st.none() | keys.map(an_adviser)),
    )
    return in_state(plan, draw(st.sampled_from(["open", "draft", "transmitted"])))


@pytest.mark.parametrize("state", ["open", "draft", "transmitted"])
def test_an_organization_sees_its_own_plans_and_no_other(state: str) -> None:
    plan = in_state(a_plan(), state)
    assert sees(staff(SIRET), plan)
    assert not sees(staff(OTHER_SIRET), plan)


@pytest.mark.parametrize("state", ["open", "draft", "transmitted"])
@pytest.mark.parametrize("viewer", [trainee(), counsellor()])
def test_a_job_seeker_and_an_adviser_see_the_plan_from_the_day_it_is_loaded(viewer: Viewer, state: str) -> None:
    assert sees(viewer, in_state(a_plan(), state))


@pytest.mark.parametrize("viewer", [trainee(), counsellor()])
def test_a_draft_is_for_those_who_read_still_to_be_written(viewer: Viewer) -> None:
    shown = seen(viewer, in_state(a_plan(), "draft"))
    assert shown.report is None
    assert shown.report_version == 0
    assert shown.status(TODAY) is ReportStatus.TO_ENTER
    assert seen(viewer, in_state(a_plan(), "transmitted")).status(TODAY) is ReportStatus.TRANSMITTED


def test_an_adviser_sees_nobody_elses_portfolio_and_nobody_one_without_adviser() -> None:
    sent = in_state(a_plan(), "transmitted")
    assert not sees(counsellor("A-8"), sent)
    assert not sees(trainee("9999999Z"), sent)
    assert not concerns(counsellor("None"), in_state(a_plan(adviser=None), "transmitted"))


def test_a_key_counts_for_its_role_only() -> None:
    sent = in_state(a_plan(), "transmitted")
    assert not sees(trainee(SIRET), sent)
    assert not sees(counsellor(SIRET), sent)
    assert not sees(staff(sent.job_seeker.identifier), sent)


@given(viewers, plans())
def test_who_may_write_sees_the_plan_and_is_its_organization(viewer: Viewer, plan: Plan) -> None:
    try:
        written = require_writer(viewer, plan)
    except Refused as refused:
        codes = {each.code for each in refused.refusals}
        assert codes == {RefusalCode.NOT_ALLOWED if sees(viewer, plan) else RefusalCode.NOT_FOUND}
    else:
        assert written is plan
        assert viewer.key == plan.organization.siret


def test_what_may_not_be_seen_is_refused_like_what_does_not_exist() -> None:
    with pytest.raises(Refused) as others:
        require_writer(staff(OTHER_SIRET), a_plan())
    with pytest.raises(Refused) as nobodys:
        require_writer(staff(), None)
    assert others.value.refusals == nobodys.value.refusals
    assert others.value.plan is None


@pytest.mark.parametrize("viewer", [trainee(), counsellor()])
def test_who_reads_does_not_write(viewer: Viewer) -> None:
    assert code_of(viewer, in_state(a_plan(), "transmitted")) is RefusalCode.NOT_ALLOWED
    assert code_of(viewer, in_state(a_plan(), "draft")) is RefusalCode.NOT_ALLOWED
    assert code_of(viewer, None) is RefusalCode.NOT_FOUND


@given(viewers, plans())
def test_reasons_are_seen_by_their_organization_and_by_nobody_else(viewer: Viewer, plan: Plan) -> None:
    left = PlanExit(kind=PlanExitKind.ABANDONMENT, last_day=plan.starts_on, reason_code="SANTE")
    missed = Absence(id="a-1", starts_on=plan.starts_on, ends_on=plan.starts_on, reason_code="MALADIE", hours=7)
    with_reasons = plan.model_copy(update={"recorded_exit": left, "announced_exit": left, "absences": (missed,)})
    shown = seen(viewer, with_reasons)
    kept = viewer.role.value == "TRAINING_ORGANIZATION"
    assert ("SANTE" in shown.model_dump_json()) is kept
    assert ("MALADIE" in shown.model_dump_json()) is kept
    assert shown.last_day == with_reasons.last_day
    told = kept or plan.status(TODAY) is ReportStatus.TRANSMITTED
    assert shown.missed_hours == (7 if told else 0)
