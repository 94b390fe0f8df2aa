from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import acts, attendance
from domain.errors import RefusalCode, Refused
from domain.facts import Absence, PlanExit, PlanExitKind
from domain.form import Form
from domain.lists import PACKAGED
from domain.nomenclature import ListedEntry, NomenclatureName
from domain.report import ReportStatus
from tests.factories import NOW, TODAY, a_plan, a_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.plan import Plan

KNOWN = {(name, entry.code): entry for name, entries in PACKAGED.items() for entry in entries}
FIRST, LAST = date(2025, 9, 1), date(2025, 11, 19)


def an_exit(last_day: date = date(2025, 10, 2), **changes: Any) -> PlanExit:
    return PlanExit.model_validate({"kind": PlanExitKind.EARLY_EXIT, "last_day": last_day} | changes)


def an_absence(absence_id: str = "a-1", **changes: Any) -> Absence:
    facts = {"starts_on": date(2025, 9, 15), "ends_on": date(2025, 9, 16), "hours": 14, "reason_code": "MALADIE"}
    return Absence.model_validate({"id": absence_id} | facts | changes)


def with_absences(*absences: Absence) -> Plan:
    return a_plan(absences=absences)


def transmitted(plan: Plan) -> Plan:
    return acts.transmit(plan, Form(), None, now=NOW, today=TODAY)


def refusals(act: Callable[[], Plan]) -> list[tuple[RefusalCode, tuple[str, ...] | None]]:
    with pytest.raises(Refused) as refused:
        act()
    return [(each.code, each.path) for each in refused.value.refusals]


def test_a_plan_left_early_is_due_the_next_day() -> None:
    left = attendance.record_exit(a_plan(), an_exit(date(2025, 10, 2)), KNOWN)
    assert left.opens_on == date(2025, 10, 3)
    assert left.status(date(2025, 10, 2)) is ReportStatus.NOT_OPEN
    assert left.status(date(2025, 10, 3)) is ReportStatus.TO_ENTER


def test_recording_an_exit_again_corrects_it() -> None:
    left = attendance.record_exit(a_plan(), an_exit(date(2025, 10, 2)), KNOWN)
    assert attendance.record_exit(left, an_exit(date(2025, 10, 9)), KNOWN).last_day == date(2025, 10, 9)


def test_recording_the_same_exit_changes_nothing_even_after_transmission() -> None:
    left = transmitted(attendance.record_exit(a_plan(), an_exit(), KNOWN))
    assert attendance.record_exit(left, an_exit(), KNOWN) is left


@pytest.mark.parametrize("day", [FIRST - timedelta(1), LAST + timedelta(1)])
def test_an_exit_lies_within_the_plan(day: date) -> None:
    invalid = [(RefusalCode.INVALID, ("lastDay",))]
    assert refusals(lambda: attendance.record_exit(a_plan(), an_exit(day), KNOWN)) == invalid


@pytest.mark.parametrize("day", [FIRST, LAST])
def test_the_first_and_the_last_day_may_be_the_last_of_presence(day: date) -> None:
    assert attendance.record_exit(a_plan(), an_exit(day), KNOWN).last_day == day


@pytest.mark.parametrize("day", [date.min, FIRST - timedelta(30), FIRST - timedelta(1)])
def test_somebody_who_never_came_has_no_day_of_presence(day: date) -> None:
    absent = attendance.record_exit(a_plan(), an_exit(day, reason_code="NON_PRESENTE"), KNOWN)
    assert absent.never_attended
    assert absent.last_day == FIRST - timedelta(1)
    assert absent.opens_on == FIRST
    assert attendance.record_exit(absent, an_exit(day, reason_code="NON_PRESENTE"), KNOWN) is absent
    assert absent.without_reasons().never_attended


def test_who_never_came_is_not_recorded_after_an_absence_that_was() -> None:
    plan = with_absences(an_absence())
    absent = an_exit(FIRST - timedelta(1), reason_code="NON_PRESENTE")
    assert refusals(lambda: attendance.record_exit(plan, absent, KNOWN)) == [(RefusalCode.INVALID, ("lastDay",))]


def test_nobody_leaves_before_their_last_absence() -> None:
    plan = with_absences(an_absence(ends_on=date(2025, 9, 19)))
    with pytest.raises(Refused, match="INVALID") as refused:
        attendance.record_exit(plan, an_exit(date(2025, 9, 18)), KNOWN)
    assert "15/09/2025 au 19/09/2025" in refused.value.refusals[0].message


def test_a_wrong_reason_and_a_wrong_day_are_told_together() -> None:
    wrong = an_exit(LAST + timedelta(1), reason_code="NO_SUCH")
    assert refusals(lambda: attendance.record_exit(a_plan(), wrong, KNOWN)) == [
        (RefusalCode.UNKNOWN_CODE, ("reasonCode",)),
        (RefusalCode.INVALID, ("lastDay",)),
    ]


def test_a_retired_reason_is_not_taken_and_stays_where_it_was() -> None:
    code = (NomenclatureName.EXIT_REASON, "SANTE")
    retired = KNOWN | {code: ListedEntry(code="SANTE", label="Raison de santé", retired=True)}
    with pytest.raises(Refused, match="UNKNOWN_CODE"):
        attendance.record_exit(a_plan(), an_exit(reason_code="SANTE"), retired)
    left = a_plan(recorded_exit=an_exit(reason_code="SANTE"))
    corrected = attendance.record_exit(left, an_exit(date(2025, 10, 9), reason_code="SANTE"), retired)
    assert corrected.last_day == date(2025, 10, 9)


def test_a_withdrawn_exit_brings_the_planned_end_back() -> None:
    left = attendance.record_exit(a_plan(), an_exit(), KNOWN)
    assert attendance.withdraw_exit(left).last_day == LAST


def test_withdrawing_an_exit_that_is_not_there_changes_nothing() -> None:
    plan = a_plan()
    assert attendance.withdraw_exit(plan) is plan


def test_a_withdrawn_exit_leaves_the_one_that_was_announced() -> None:
    announced = a_plan(announced_exit=an_exit(date(2025, 10, 20)), recorded_exit=an_exit(date(2025, 10, 2)))
    assert attendance.withdraw_exit(announced).last_day == date(2025, 10, 20)


def test_an_announced_exit_is_not_withdrawn_here() -> None:
    announced = a_plan(announced_exit=an_exit())
    not_allowed = [(RefusalCode.NOT_ALLOWED, ("trainingPlanId",))]
    assert refusals(lambda: attendance.withdraw_exit(announced)) == not_allowed


def test_an_exit_is_not_withdrawn_for_an_announced_one_before_an_absence() -> None:
    plan = a_plan(
        announced_exit=an_exit(date(2025, 9, 10)),
        recorded_exit=an_exit(date(2025, 10, 2)),
        absences=(an_absence(),),
    )
    assert refusals(lambda: attendance.withdraw_exit(plan)) == [(RefusalCode.INVALID, ("trainingPlanId",))]


def test_a_draft_outlives_its_exit_and_waits_for_the_plan_to_be_over() -> None:
    early = date(2025, 10, 3)
    left = attendance.record_exit(a_plan(), an_exit(date(2025, 10, 2)), KNOWN)
    back = attendance.withdraw_exit(acts.save_draft(left, Form(), None, now=NOW, today=early))
    assert back.report is not None
    with pytest.raises(Refused, match="NOT_OPEN"):
        acts.transmit(back, None, None, now=NOW, today=early)
    assert [each.code for each in acts.not_open(back, early)] == [RefusalCode.NOT_OPEN]
    assert acts.not_open(back, LAST + timedelta(1)) == ()


def test_absences_stand_in_order() -> None:
    later = an_absence("a-2", starts_on=date(2025, 9, 20), ends_on=date(2025, 9, 20), hours=7)
    plan = attendance.record_absence(a_plan(), later, KNOWN)
    plan = attendance.record_absence(plan, an_absence(), KNOWN)
    assert [each.id for each in plan.absences] == ["a-1", "a-2"]


def test_the_same_absence_again_changes_nothing() -> None:
    plan = with_absences(an_absence("a-1"))
    assert attendance.record_absence(plan, an_absence("a-2"), KNOWN) is plan


def test_an_overlapping_absence_names_the_one_that_is_there() -> None:
    plan = with_absences(an_absence())
    with pytest.raises(Refused, match="INVALID") as refused:
        attendance.record_absence(plan, an_absence("a-2", starts_on=date(2025, 9, 16)), KNOWN)
    assert "du 15/09/2025 au 16/09/2025" in refused.value.refusals[0].message


def test_an_absence_lies_between_the_first_day_and_the_exit() -> None:
    left = a_plan(recorded_exit=an_exit(date(2025, 10, 2)))
    outside = an_absence(starts_on=FIRST - timedelta(1), ends_on=date(2025, 10, 3))
    assert refusals(lambda: attendance.record_absence(left, outside, KNOWN)) == [
        (RefusalCode.INVALID, ("startsOn",)),
        (RefusalCode.INVALID, ("endsOn",)),
    ]


def test_an_absence_does_not_end_before_it_starts() -> None:
    upside_down = an_absence(ends_on=date(2025, 9, 14))
    assert refusals(lambda: attendance.record_absence(a_plan(), upside_down, KNOWN)) == [
        (RefusalCode.INVALID, ("endsOn",))
    ]


@pytest.mark.parametrize("hours", [-1, 0, 20.5, 24, 49, float("nan"), float("inf")])
def test_the_hours_missed_fit_in_the_days(hours: float) -> None:
    wrong = an_absence(hours=hours)
    assert refusals(lambda: attendance.record_absence(a_plan(), wrong, KNOWN)) == [(RefusalCode.INVALID, ("hours",))]


@pytest.mark.parametrize("hours", [0.5, 3.5, 14, 20])
def test_half_hours_can_be_missed(hours: float) -> None:
    plan = attendance.record_absence(a_plan(), an_absence(hours=hours), KNOWN)
    assert plan.missed_hours == hours


@pytest.mark.parametrize("hours", [0.25, 3.1, 7.75])
def test_hours_are_whole_or_halves(hours: float) -> None:
    wrong = an_absence(hours=hours)
    assert refusals(lambda: attendance.record_absence(a_plan(), wrong, KNOWN)) == [(RefusalCode.INVALID, ("hours",))]


def test_without_a_session_the_draft_tells_the_hours_of_the_course() -> None:
    plan = acts.save_draft(a_plan(session=None), Form(duration_hours=20), None, now=NOW, today=TODAY)
    plan = attendance.record_absence(plan, an_absence(hours=14), KNOWN)
    more = an_absence("a-2", starts_on=date(2025, 9, 22), ends_on=date(2025, 9, 22), hours=7)
    assert refusals(lambda: attendance.record_absence(plan, more, KNOWN)) == [(RefusalCode.INVALID, ("hours",))]


def test_no_more_hours_are_missed_than_the_course_has() -> None:
    plan = a_plan(session=a_session(duration_hours=20), absences=(an_absence(hours=14),))
    more = an_absence("a-2", starts_on=date(2025, 9, 22), ends_on=date(2025, 9, 22), hours=7)
    assert refusals(lambda: attendance.record_absence(plan, more, KNOWN)) == [(RefusalCode.INVALID, ("hours",))]
    assert attendance.record_absence(plan, more.model_copy(update={"hours": 6}), KNOWN).missed_hours == 20


def test_an_absence_is_corrected_over_its_own_days() -> None:
    plan = with_absences(an_absence())
    corrected = attendance.correct_absence(plan, an_absence(starts_on=date(2025, 9, 16), hours=7), KNOWN)
    assert [(each.starts_on, each.hours) for each in corrected.absences] == [(date(2025, 9, 16), 7)]


def test_a_corrected_absence_does_not_overlap_another() -> None:
    plan = with_absences(an_absence(), an_absence("a-2", starts_on=date(2025, 9, 20), ends_on=date(2025, 9, 20)))
    assert refusals(lambda: attendance.correct_absence(plan, an_absence(ends_on=date(2025, 9, 20)), KNOWN)) == [
        (RefusalCode.INVALID, ("startsOn",))
    ]


def test_an_absence_that_is_not_there_is_not_corrected() -> None:
    not_found = [(RefusalCode.NOT_FOUND, ("absenceId",))]
    assert refusals(lambda: attendance.correct_absence(a_plan(), an_absence(), KNOWN)) == not_found


def test_withdrawing_an_absence_twice_is_withdrawing_it() -> None:
    without = attendance.withdraw_absence(with_absences(an_absence()), "a-1")
    assert without.absences == ()
    assert attendance.withdraw_absence(without, "a-1") is without


@pytest.mark.parametrize(
    "act",
    [
        lambda plan: attendance.record_exit(plan, an_exit(date(2025, 10, 9)), KNOWN),
        attendance.withdraw_exit,
        lambda plan: attendance.record_absence(plan, an_absence("a-2", starts_on=FIRST, ends_on=FIRST), KNOWN),
        lambda plan: attendance.correct_absence(plan, an_absence(hours=7), KNOWN),
        lambda plan: attendance.withdraw_absence(plan, "a-1"),
    ],
)
def test_nothing_is_recorded_after_transmission(act: Callable[[Plan], Plan]) -> None:
    sent = transmitted(a_plan(recorded_exit=an_exit(), absences=(an_absence(),)))
    assert refusals(lambda: act(sent)) == [(RefusalCode.ALREADY_TRANSMITTED, ("trainingPlanId",))]


def test_a_transmitted_report_keeps_the_hours_missed_and_no_reason() -> None:
    sent = transmitted(a_plan(recorded_exit=an_exit(reason_code="SANTE"), absences=(an_absence(),)))
    reported = sent.as_reported()
    assert reported.missed_hours == 14
    assert reported.exit is not None
    assert reported.exit.reason_code is None
    assert [each.reason_code for each in reported.absences] == [None]


@given(
    st.lists(
        st.tuples(st.dates(FIRST - timedelta(3), LAST + timedelta(3)), st.integers(-1, 9), st.integers(0, 30)),
        max_size=12,
    )
)
def test_whatever_is_recorded_absences_never_overlap_nor_leave_the_plan(tried: list[tuple[date, int, int]]) -> None:
    plan = a_plan()
    for rank, (day, length, hours) in enumerate(tried):
        absence = an_absence(f"a-{rank}", starts_on=day, ends_on=day + timedelta(length), hours=hours)
        try:
            plan = attendance.record_absence(plan, absence, KNOWN)
        except Refused:
            continue
    days = [day for each in plan.absences for day in (each.starts_on, each.ends_on)]
    assert days == sorted(days)
    assert all(FIRST <= day <= LAST for day in days)
    assert all(one.ends_on < other.starts_on for one, other in zip(plan.absences, plan.absences[1:], strict=False))
