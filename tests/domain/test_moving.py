"""Whatever a feed tells of a plan, an organization keeps what it wrote, and nobody else is handed it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from domain import acts
from domain.facts import Absence
from domain.form import Form
from domain.moving import left_behind, retold
from domain.plan import Withdrawn
from tests.factories import NOW, OTHER_SIRET, SIRET, TODAY, a_plan, a_session, an_adviser, an_organization

if TYPE_CHECKING:
    from domain.plan import Plan

OWN, OTHERS = "Ce que l'un en dit.", "Ce que l'autre en dit."
AWAY = Absence(id="a-1", starts_on=date(2025, 9, 8), ends_on=date(2025, 9, 9), reason_code="MALADIE", hours=14)
SIRETS = st.sampled_from([SIRET, OTHER_SIRET])


@st.composite
def kept_plans(draw: st.DrawFn) -> Plan:
    plan = a_plan(absences=draw(st.sampled_from([(), (AWAY,)])))
    state = draw(st.sampled_from(["open", "draft", "transmitted", "withdrawn"]))
    if state == "open":
        return plan
    draft = acts.save_draft(plan, Form(objective=OWN), None, now=NOW, today=TODAY)
    if state == "withdrawn":
        return draft.model_copy(update={"withdrawn": Withdrawn.CANCELLED, "adviser": None})
    return draft if state == "draft" else acts.transmit(draft, None, None, now=NOW, today=TODAY)


@st.composite
def told_plans(draw: st.DrawFn) -> Plan:
    told = a_plan(
        organization=an_organization(draw(SIRETS)),
        adviser=draw(st.sampled_from([None, an_adviser("A-8")])),
        session=draw(st.sampled_from([None, a_session(title="Un autre intitulé")])),
    )
    return told.model_copy(update={"withdrawn": draw(st.sampled_from([None, Withdrawn.CANCELLED]))})


def of_the_other() -> Plan:
    plan = a_plan(organization=an_organization(OTHER_SIRET))
    return left_behind(acts.save_draft(plan, Form(objective=OTHERS), None, now=NOW, today=TODAY))


@given(kept_plans(), told_plans(), st.booleans(), st.booleans())
def test_who_wrote_keeps_and_nobody_else_is_handed_it(
    kept: Plan,
    told: Plan,
    succeeded: bool,  # noqa: FBT001 - drawn
    returning: bool,  # noqa: FBT001 - drawn
) -> None:
    left = of_the_other() if returning else None
    become = retold(kept, told, succeeded=succeeded, returning=left)
    plan, passes = become.plan, become.plan.organization.siret != kept.organization.siret
    transmitted = kept.report is not None and kept.report.transmitted_at is not None

    assert plan.report_version >= kept.report_version
    if transmitted:
        assert plan.report == kept.report
        assert plan.withdrawn is None
        assert not passes or succeeded
        assert become.left is None
    elif passes and not succeeded:
        assert (plan.report.form.objective if plan.report else None) == (OTHERS if left else None)
        assert (become.left.report if become.left else None) == kept.report
        assert "MALADIE" not in plan.model_dump_json()
    else:
        assert plan.report == kept.report
        assert plan.absences == kept.absences
    if become.left:
        assert become.left.organization == kept.organization
        assert (become.left.withdrawn, become.left.adviser) == (Withdrawn.MOVED, None)
    if plan.withdrawn:
        assert plan.adviser is None
        assert not passes


@given(kept_plans(), told_plans())
def test_the_same_line_again_changes_nothing(kept: Plan, told: Plan) -> None:
    once = retold(kept, told, succeeded=False).plan
    if once.organization.siret == told.organization.siret:
        again = retold(once, told, succeeded=False)
        assert again.plan == once
        assert again.left is None
