"""How much a paper holds, known before it is printed."""

import pytest

from domain.blockers import MAX_NAME, MAX_PERIODS, MAX_TEXT, blockers
from domain.errors import RefusalCode
from domain.form import Period
from domain.paper import MOST_LINES, lines_of, lines_on_paper
from tests.domain.known import KNOWN
from tests.factories import a_form, a_plan, an_internship


@pytest.mark.parametrize(
    ("text", "lines"),
    [(None, 0), ("a", 1), ("a" * 41, 2), ("a\nb", 2), ("a\n\n \n\nb", 3), ("\n\na\n", 1), ("a\n" * 370, 370)],
)
def test_lines_are_those_that_were_typed_and_those_into_which_long_ones_break(text: str | None, lines: int) -> None:
    assert lines_of(text) == lines


@pytest.mark.parametrize("field", ["objective", "content"])
def test_many_short_lines_stand_in_the_way_of_a_transmission_and_are_told_where_they_are(field: str) -> None:
    form = a_form(**{field: "huit car\n" * 329}).answered(KNOWN)
    (refusal,) = blockers(form, a_plan(), KNOWN)
    assert (refusal.code, refusal.path) == (RefusalCode.INVALID, ("form", field))
    assert "dépasserait six pages" in refusal.message


def test_a_text_that_is_too_long_is_told_so_once() -> None:
    form = a_form(content="un mot\n" * 2000).answered(KNOWN)
    (refusal,) = blockers(form, a_plan(), KNOWN)
    assert "3000 au plus" in refusal.message


def test_the_longest_form_that_has_no_line_ends_holds() -> None:
    a_day = a_plan().starts_on
    internship = an_internship(
        company_name="m" * MAX_NAME,
        place="m" * MAX_NAME,
        periods=(Period(starts_on=a_day, ends_on=a_day),) * MAX_PERIODS,
    )
    form = a_form(objective="W" * MAX_TEXT, content="W" * MAX_TEXT, internship=internship).answered(KNOWN)
    assert blockers(form, a_plan(), KNOWN) == ()
    assert lines_on_paper(form) < MOST_LINES - 50
