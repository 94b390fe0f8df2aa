"""Which codes a report may give: what is offered, and what its plan gives a right to."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import acts
from domain.blockers import blockers
from domain.corrections import TypedReason, correct
from domain.errors import RefusalCode
from domain.nomenclature import Entry, ListedEntry, NomenclatureName
from tests.domain.known import KNOWN
from tests.factories import NOW, TODAY, a_form, a_plan, a_session

if TYPE_CHECKING:
    from domain.form import TypedForm
    from domain.nomenclature import Known
    from domain.plan import Plan

CERTIFICATION, EXIT_LEVEL = NomenclatureName.CERTIFICATION, NomenclatureName.EXIT_LEVEL
OWN, OTHER = "RNCP34159", "RNCP278"
STARTS_ON = a_plan().starts_on


def retired(name: NomenclatureName, code: str, on: date | None = None) -> Known:
    return KNOWN | {(name, code): ListedEntry(code=code, label="Retirée", retired=True, retired_on=on)}


def unknown(plan: Plan, form: TypedForm, known: Known) -> list[str]:
    found = blockers(form.answered(known), plan, known)
    return [(each.path or ())[-1] for each in found if each.code is RefusalCode.UNKNOWN_CODE]


def test_the_certification_of_the_plans_own_session_is_taken_after_it_was_retired() -> None:
    assert unknown(a_plan(), a_form(certification_code=OWN), retired(CERTIFICATION, OWN, date(2020, 1, 1))) == []


def test_it_is_taken_where_the_session_does_not_say_that_it_certifies() -> None:
    plan = a_plan(session=a_session(certifying=None))
    assert unknown(plan, a_form(certification_code=OWN), retired(CERTIFICATION, OWN)) == []


@pytest.mark.parametrize(
    ("retired_on", "refused"),
    [(date(2025, 9, 2), False), (date(2025, 9, 1), True), (date(2024, 1, 1), True), (None, True)],
)
def test_another_is_taken_where_it_was_offered_when_the_plan_began(
    retired_on: date | None,
    refused: bool,  # noqa: FBT001 - what is expected
) -> None:
    known = retired(CERTIFICATION, OTHER, retired_on)
    assert unknown(a_plan(), a_form(certification_code=OTHER), known) == ["certificationCode"] * refused


def test_a_certification_that_no_list_has_is_taken_where_the_session_names_it() -> None:
    plan = a_plan(session=a_session(certification=Entry(code="RNCP1", label="Absente de la liste")))
    assert unknown(plan, a_form(certification_code="RNCP1"), KNOWN) == []
    assert unknown(a_plan(), a_form(certification_code="RNCP1"), KNOWN) == ["certificationCode"]


def test_a_level_that_was_retired_meanwhile_is_no_new_answer() -> None:
    known = retired(EXIT_LEVEL, "14", date(2025, 10, 1))
    assert unknown(a_plan(), a_form(exit_level_code="14"), known) == ["exitLevelCode"]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        (NomenclatureName.TEACHING_MODE, "teaching_mode_code"),
        (NomenclatureName.CERTIFICATION, "certification_code"),
        (NomenclatureName.EXIT_LEVEL, "exit_level_code"),
        (NomenclatureName.EXIT_SITUATION, "exit_situation_code"),
    ],
)
def test_a_correction_keeps_every_code_of_what_it_corrects(name: NomenclatureName, field: str) -> None:
    plan, form = a_plan(session=None), a_form()
    sent = acts.transmit(plan, form.answered(KNOWN), None, now=NOW, today=TODAY)
    known = retired(name, getattr(form, field), date(2020, 1, 1))
    other = form.answered(known).model_copy(update={"duration_hours": 1})
    corrected = correct(sent, other, TypedReason(code="ERREUR_SAISIE"), 1, known, now=NOW)
    assert corrected.report is not None
    assert blockers(corrected.report.form, sent, known) == ()
    draft = acts.save_draft(plan, form.answered(known), None, now=NOW, today=TODAY)
    assert [each.code for each in blockers(form.answered(known), draft, known)] == [RefusalCode.UNKNOWN_CODE]


CODES = st.sampled_from(["0", "3", "4", "13", "99", "RNCP34159", "RNCP278", "RNCP1"])


@given(
    mode=st.none() | CODES,
    certifying=st.none() | st.booleans(),
    certification=st.none() | CODES,
    level=st.none() | CODES,
)
def test_what_opens_the_form_is_never_refused_when_it_comes_back(
    mode: str | None,
    certifying: bool | None,  # noqa: FBT001 - yes, no, not told
    certification: str | None,
    level: str | None,
) -> None:
    plan = a_plan(
        session=a_session(
            teaching_mode_code=mode,
            certifying=certifying,
            certification=certification and Entry(code=certification, label="De la session"),
            exit_level_code=level,
        )
    )
    opened = plan.prefilled_form(KNOWN)
    refused = {
        (each.path or ())[1] for each in blockers(opened, plan, KNOWN) if each.code is RefusalCode.UNKNOWN_CODE
    }
    assert refused == set()
