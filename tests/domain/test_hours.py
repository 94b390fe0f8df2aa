"""Hours attended are told where they are known, and held to what can be."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import acts
from domain.blockers import blockers
from domain.errors import RefusalCode
from domain.facts import Absence, PlanExit, PlanExitKind
from domain.form import Form
from domain.hours import attended_hours, spelt
from tests.domain.known import KNOWN
from tests.factories import NOW, TODAY, a_form, a_plan, a_session

if TYPE_CHECKING:
    from domain.plan import Plan
    from domain.values import Hours

FIRST, LAST = date(2025, 9, 1), date(2025, 11, 19)


def left_on(day: date) -> PlanExit:
    return PlanExit(kind=PlanExitKind.ABANDONMENT, last_day=day)


def away(hours: Hours | None, day: date = date(2025, 9, 15)) -> Absence:
    return Absence(id=f"a-{day}", starts_on=day, ends_on=day, hours=hours)


def whole(hours: int = 258, **answers: Any) -> Form:
    return Form(duration_hours=hours, **answers)


def refused(plan: Plan, **answers: Any) -> list[str]:
    found = blockers(a_form(internship=None, has_internship=False, **answers).answered(KNOWN), plan, KNOWN)
    assert all(each.code is RefusalCode.INVALID for each in found)
    return [(each.path or ())[-1] for each in found]


@pytest.mark.parametrize(
    ("absences", "attended"),
    [
        ((), 258),
        ((away(14), away(6, FIRST)), 238),
        ((away(3.5),), 254.5),
        ((away(14), away(None, FIRST)), None),
    ],
)
def test_of_a_whole_training_they_are_its_hours_less_those_missed(
    absences: tuple[Absence, ...], attended: Hours | None
) -> None:
    assert attended_hours(whole(), a_plan(absences=absences)) == attended


def test_of_a_draft_that_has_too_few_hours_they_are_none_and_never_less() -> None:
    assert attended_hours(whole(7), a_plan(absences=(away(14),))) == 0


def test_they_are_not_known_while_the_length_is_not() -> None:
    assert attended_hours(Form(), a_plan()) is None


@pytest.mark.parametrize("absences", [(), (away(7, FIRST),)])
@pytest.mark.parametrize("told", ["announced_exit", "recorded_exit"])
def test_after_an_exit_they_are_not_those_of_the_whole_training(absences: tuple[Absence, ...], told: str) -> None:
    left: dict[str, Any] = {told: left_on(FIRST + timedelta(1))}
    plan = a_plan(absences=absences, **left)
    assert attended_hours(whole(910), plan) is None
    assert attended_hours(whole(910, attended_hours=13.5), plan) == 13.5


def test_an_exit_on_the_very_last_day_leaves_the_training_whole() -> None:
    assert attended_hours(whole(), a_plan(recorded_exit=left_on(LAST))) == 258


def test_who_never_came_attended_none() -> None:
    absent = a_plan(recorded_exit=left_on(FIRST - timedelta(1)))
    assert attended_hours(whole(), absent) == 0
    assert refused(absent, attended_hours=0) == []
    assert refused(absent, attended_hours=7) == ["attendedHours"]


@pytest.mark.parametrize("hours", [0, 0.5, 131, 258])
def test_the_organization_may_give_them_itself(hours: float) -> None:
    plan = a_plan(absences=(away(14),))
    assert refused(plan, attended_hours=hours) == []
    assert attended_hours(whole(attended_hours=hours), plan) == hours


@pytest.mark.parametrize("hours", [-0.5, 258.5, 0.25, 1e300, float("inf"), float("nan")])
def test_other_hours_are_refused(hours: float) -> None:
    assert refused(a_plan(), attended_hours=hours) == ["attendedHours"]


def test_after_an_exit_they_fit_in_the_days_before_it() -> None:
    plan = a_plan(recorded_exit=left_on(FIRST + timedelta(1)))
    assert refused(plan, attended_hours=20) == []
    assert refused(plan, attended_hours=20.5) == ["attendedHours"]


@pytest.mark.parametrize("session", [None, a_session(), a_session(duration_hours=None)])
def test_no_more_hours_are_missed_than_the_training_has(session: Any) -> None:
    plan = a_plan(session=session, absences=(away(10), away(10, FIRST)))
    assert refused(plan, duration_hours=20) == []
    assert refused(plan, duration_hours=19) == ["durationHours"]


def test_a_report_that_was_sent_with_more_hours_missed_is_corrected_all_the_same() -> None:
    answers = a_form(internship=None, has_internship=False, duration_hours=7)
    plan = a_plan(absences=(away(10), away(10, FIRST)))
    sent = acts.transmit(plan, answers.answered(KNOWN), None, now=NOW, today=TODAY)
    assert refused(sent, duration_hours=7) == []
    whole_ = acts.transmit(plan, whole(20), None, now=NOW, today=TODAY)
    assert refused(whole_, duration_hours=7) == ["durationHours"]


@pytest.mark.parametrize(
    ("hours", "text"), [(0, "0 h"), (7, "7 h"), (7.0, "7 h"), (3.5, "3 h 30"), (0.5, "0 h 30"), (1240, "1 240 h")]
)
def test_hours_are_spelt_as_they_are_read(hours: Hours, text: str) -> None:
    assert spelt(hours).replace("\u00a0", " ").replace("\u202f", " ") == text


HALVES = st.none() | st.integers(0, 200).map(lambda halves: halves / 2)


@given(
    duration=st.none() | st.integers(0, 2_000),
    given_hours=HALVES,
    missed=st.lists(HALVES, max_size=5),
    last_day=st.none() | st.dates(FIRST - timedelta(3), LAST + timedelta(3)),
)
def test_whatever_is_told_they_are_unknown_or_between_none_and_all(
    duration: int | None, given_hours: float | None, missed: list[float | None], last_day: date | None
) -> None:
    absences = tuple(away(hours, FIRST + timedelta(rank)) for rank, hours in enumerate(missed))
    plan = a_plan(absences=absences, recorded_exit=last_day and left_on(last_day))
    form = Form(duration_hours=duration, attended_hours=given_hours)
    found = attended_hours(form, plan)
    assert found is None or found >= 0
    assert given_hours is None or found == given_hours
    if given_hours is None and duration is not None and found is not None:
        assert found <= duration
    if given_hours is None and last_day is not None and FIRST <= last_day < LAST:
        assert found is None
