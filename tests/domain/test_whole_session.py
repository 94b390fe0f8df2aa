from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refusal, RefusalCode, Refused
from domain.form import TypedForm
from domain.whole_session import MOST_ROWS, SessionRow, placed, require_few, require_once
from tests.factories import a_form

if TYPE_CHECKING:
    from typing import Any

WRONG = Refusal(code=RefusalCode.REQUIRED, message="Indiquez.", path=("form", "exitSituationCode"))


def row(**said: Any) -> SessionRow:
    return SessionRow(plan_id="P-1", form=TypedForm.model_validate(said))


@given(st.sets(st.sampled_from(sorted(TypedForm.model_fields))))
def test_what_a_row_says_goes_before_and_what_it_does_not_say_is_common(names: set[str]) -> None:
    whole, other = a_form().model_dump(), a_form(duration_hours=7, objective="Autre.", exit_situation_code="AUTRE")
    said = {name: whole[name] for name in names if whole[name] is not None}
    written = row(**said).over(other)
    assert written is not None
    for name in TypedForm.model_fields:
        assert getattr(written, name) == getattr(a_form() if name in said else other, name), name


def test_a_row_without_answers_is_the_common_ones_and_without_those_its_own() -> None:
    assert SessionRow(plan_id="P-1").over(a_form()) == a_form()
    assert SessionRow(plan_id="P-1", form=a_form()).over(None) == a_form()
    assert SessionRow(plan_id="P-1").over(None) is None


def test_a_row_that_is_not_certifying_does_not_take_the_common_certification() -> None:
    written = row(certifying=False).over(a_form())
    assert written is not None
    assert (written.certifying, written.certification_code, written.diploma_obtained) == (False, None, None)


def test_a_row_without_internship_does_not_take_the_common_one() -> None:
    written = row(has_internship=False).over(a_form())
    assert written is not None
    assert (written.has_internship, written.internship) == (False, None)


def test_an_empty_text_of_a_row_takes_the_common_one_away() -> None:
    written = row(objective="").over(a_form())
    assert written is not None
    assert written.objective == ""


@pytest.mark.parametrize(
    ("said", "common", "path"),
    [
        ({"exit_situation_code": "?"}, a_form(), ("reports", "3", "form", "exitSituationCode")),
        ({}, a_form(), ("common", "exitSituationCode")),
        ({}, a_form(exit_situation_code=None), ("reports", "3", "form", "exitSituationCode")),
        ({}, None, ("reports", "3", "form", "exitSituationCode")),
    ],
)
def test_a_refusal_names_the_answer_to_be_mended(
    said: dict[str, Any], common: TypedForm | None, path: tuple[str, ...]
) -> None:
    assert placed(WRONG, row(**said), common, 3).path == path


def test_what_is_wrong_with_the_plan_names_the_row() -> None:
    refusal = Refusal(code=RefusalCode.NOT_FOUND, message="Non.", path=("trainingPlanId",))
    assert placed(refusal, row(), a_form(), 0).path == ("reports", "0", "trainingPlanId")


def test_a_plan_stands_once_and_rows_are_few() -> None:
    require_once([row(), row()], 0)
    with pytest.raises(Refused):
        require_once([row(), row()], 1)
    require_few([row()] * MOST_ROWS)
    with pytest.raises(Refused, match="INVALID"):
        require_few([row()] * (MOST_ROWS + 1))
