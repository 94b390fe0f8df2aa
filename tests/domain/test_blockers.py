from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.blockers import blockers
from domain.errors import RefusalCode
from domain.facts import PlanExit, PlanExitKind
from domain.form import Internship, Period, TypedForm
from domain.lists import PACKAGED
from domain.nomenclature import NomenclatureName
from tests.domain.known import KNOWN
from tests.factories import a_form, a_plan, an_internship

if TYPE_CHECKING:
    from domain.plan import Plan

REQUIRED, INVALID, UNKNOWN = RefusalCode.REQUIRED, RefusalCode.INVALID, RefusalCode.UNKNOWN_CODE
FIRST, LAST = date(2025, 9, 1), date(2025, 11, 19)
COMPULSORY = (
    "durationHours",
    "teachingModeCode",
    "exitLevelCode",
    "objective",
    "content",
    "exitSituationCode",
)
BLANK = " \t\n\r\x0b\x0c\xa0\u2003\u200b\u202f\u3000\ufeff"


def told(form: TypedForm, plan: Plan | None = None) -> list[tuple[RefusalCode, str]]:
    found = blockers(form.answered(KNOWN), plan or a_plan(), KNOWN)
    assert all((each.path or ())[:1] == ("form",) for each in found)
    return [(each.code, ".".join((each.path or ())[1:])) for each in found]


def in_period(starts_on: date, ends_on: date) -> Internship:
    return an_internship(periods=(Period(starts_on=starts_on, ends_on=ends_on),))


def test_a_whole_form_has_no_blocker() -> None:
    assert told(a_form()) == []


def test_an_empty_form_is_told_every_compulsory_answer_at_once_in_the_order_of_the_form() -> None:
    assert told(TypedForm()) == [(REQUIRED, field) for field in COMPULSORY]


def test_what_has_no_asterisk_may_stay_unanswered() -> None:
    bare = a_form(
        certifying=None, certification_code=None, has_internship=None, internship=None, diploma_obtained=None
    )
    assert told(bare) == []


@given(st.text(st.sampled_from(BLANK)))
def test_spaces_do_not_make_an_answer(blank: str) -> None:
    texts = ("teaching_mode_code", "exit_level_code", "objective", "content", "exit_situation_code")
    form = a_form(
        **dict.fromkeys(texts, blank),
        certification_code=blank,
        diploma_obtained=False,
        internship=an_internship(company_name=blank, siret=blank, place=blank),
    )
    assert {field for code, field in told(form) if code is REQUIRED} == {
        *(field for field in COMPULSORY if field != "durationHours"),
        "certificationCode",
        "internship.companyName",
        "internship.siret",
        "internship.place",
    }
    assert {code for code, _ in told(form)} == {REQUIRED}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"duration_hours": 0}, []),
        ({"duration_hours": 99_999}, []),
        ({"duration_hours": -1}, [(INVALID, "durationHours")]),
        ({"duration_hours": 100_000}, [(INVALID, "durationHours")]),
        ({"objective": "x" * 3_000}, []),
        ({"objective": "x" * 3_001}, [(INVALID, "objective")]),
        ({"content": "é" * 3_000}, []),
        ({"content": "e\u0301" * 3_000}, []),
        ({"content": "😀" * 3_001}, [(INVALID, "content")]),
        ({"content": " " + "x" * 3_000 + "\n"}, []),
        ({"internship": an_internship(company_name="x" * 250, place="y" * 250)}, []),
        ({"internship": an_internship(company_name="x" * 251)}, [(INVALID, "internship.companyName")]),
        ({"internship": an_internship(place="x" * 251)}, [(INVALID, "internship.place")]),
    ],
)
def test_hours_and_lengths_are_bounded(changes: dict[str, Any], expected: list[tuple[RefusalCode, str]]) -> None:
    assert told(a_form(**changes)) == expected


@pytest.mark.parametrize(
    ("field", "code", "path"),
    [
        ("teaching_mode_code", "3", "teachingModeCode"),
        ("teaching_mode_code", "00", "teachingModeCode"),
        ("exit_level_code", "9", "exitLevelCode"),
        ("exit_level_code", "NIVEAU 4", "exitLevelCode"),
        ("exit_situation_code", "emploi_cdi", "exitSituationCode"),
        ("exit_situation_code", "SANTE", "exitSituationCode"),
        ("certification_code", "RNCP1", "certificationCode"),
        ("certification_code", "$ne", "certificationCode"),
    ],
)
def test_a_code_that_its_list_does_not_have_is_unknown(field: str, code: str, path: str) -> None:
    assert told(a_form(**{field: code})) == [(UNKNOWN, path)]


@pytest.mark.parametrize("code", ["2", "3", "4", "5", "6", "7", "8"])
def test_an_old_level_is_not_taken_for_a_new_answer_and_keeps_its_label(code: str) -> None:
    form = a_form(exit_level_code=code).answered(KNOWN)
    assert form.exit_level is not None
    assert form.exit_level.label == KNOWN[NomenclatureName.EXIT_LEVEL, code].label
    assert told(a_form(exit_level_code=code)) == [(UNKNOWN, "exitLevelCode")]


def test_a_retired_certification_is_no_longer_taken() -> None:
    assert told(a_form(certification_code="RNCP278")) == [(UNKNOWN, "certificationCode")]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        (NomenclatureName.TEACHING_MODE, "teaching_mode_code"),
        (NomenclatureName.EXIT_LEVEL, "exit_level_code"),
        (NomenclatureName.EXIT_SITUATION, "exit_situation_code"),
    ],
)
def test_everything_that_is_offered_is_taken(name: NomenclatureName, field: str) -> None:
    for entry in PACKAGED[name]:
        assert bool(told(a_form(**{field: entry.code}))) is entry.retired


@pytest.mark.parametrize(
    ("certifying", "certification", "diploma", "expected"),
    [
        (True, "RNCP34159", True, []),
        (True, "RNCP34159", False, []),
        (False, None, False, []),
        (None, None, None, []),
        (True, None, False, [(REQUIRED, "certificationCode")]),
        (True, None, True, [(REQUIRED, "certificationCode"), (INVALID, "diplomaObtained")]),
        (False, None, True, [(INVALID, "diplomaObtained")]),
        (None, None, True, [(INVALID, "diplomaObtained")]),
        (False, "RNCP34159", None, [(INVALID, "certificationCode")]),
        (None, "RNCP34159", True, [(INVALID, "certificationCode"), (INVALID, "diplomaObtained")]),
        (False, "RNCP1", None, [(INVALID, "certificationCode"), (UNKNOWN, "certificationCode")]),
    ],
)
def test_a_certification_goes_with_certifying_and_a_diploma_with_both(
    certifying: bool | None,  # noqa: FBT001 - yes, no, not answered
    certification: str | None,
    diploma: bool | None,  # noqa: FBT001 - as above
    expected: list[tuple[RefusalCode, str]],
) -> None:
    form = a_form(certifying=certifying, certification_code=certification, diploma_obtained=diploma)
    assert told(form) == expected


@pytest.mark.parametrize(
    "siret",
    [
        "79455821300029",
        "794 558 213 00029",
        " 79455821300029 ",
        "\u202a79455821300029\u202c",
        "794\u202f558\u202f213\u200b\xa000029\ufeff",
        "35600000000048",
        "35600000000001",
    ],
)
def test_a_siret_has_its_check_digit_and_the_post_office_its_own_rule(siret: str) -> None:
    assert told(a_form(internship=an_internship(siret=siret))) == []


@pytest.mark.parametrize(
    "siret",
    [
        "79455821300028",
        "00000000000000",
        "7945582130002",
        "794558213000290",
        "35600000000002",
        "٧٩٤٥٥٨٢١٣٠٠٠٢٩",
        "FR79455821300029",
        "inconnu",
        "-",
        "{}",
    ],
)
def test_another_siret_is_invalid(siret: str) -> None:
    assert told(a_form(internship=an_internship(siret=siret))) == [(INVALID, "internship.siret")]


def test_an_internship_that_took_place_is_described_whole() -> None:
    assert told(a_form(internship=None)) == [(REQUIRED, "internship")]
    assert told(a_form(internship=Internship(company_name=" "))) == [(REQUIRED, "internship")]
    assert told(a_form(internship=Internship(place="Arras"))) == [
        (REQUIRED, "internship.companyName"),
        (REQUIRED, "internship.siret"),
        (REQUIRED, "internship.periods"),
    ]


@pytest.mark.parametrize("took_place", [False, None])
def test_an_internship_that_did_not_take_place_is_not_described(
    took_place: bool | None,  # noqa: FBT001 - no, not answered
) -> None:
    assert told(a_form(has_internship=took_place)) == [(INVALID, "internship")]
    assert told(a_form(has_internship=took_place, internship=Internship(company_name=" "))) == []


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "expected"),
    [
        (FIRST, LAST, []),
        (FIRST, FIRST, []),
        (date(2025, 8, 31), LAST, ["startsOn"]),
        (FIRST, date(2025, 11, 20), ["endsOn"]),
        (date(2024, 10, 6), date(2024, 10, 17), ["startsOn", "endsOn"]),
        (date(2025, 10, 17), date(2025, 10, 16), ["endsOn"]),
        (date.min, date.max, ["startsOn", "endsOn"]),
    ],
)
def test_a_period_lies_within_the_plan(starts_on: date, ends_on: date, expected: list[str]) -> None:
    found = told(a_form(internship=in_period(starts_on, ends_on)))
    assert found == [(INVALID, f"internship.periods.0.{field}") for field in expected]


def test_a_period_ends_with_the_exit_of_who_left_early() -> None:
    left = a_plan(recorded_exit=PlanExit(kind=PlanExitKind.ABANDONMENT, last_day=date(2025, 10, 10)))
    assert told(a_form(), left) == [(INVALID, "internship.periods.0.endsOn")]


def test_each_of_several_periods_is_named_by_its_place() -> None:
    good = Period(starts_on=date(2025, 10, 6), ends_on=date(2025, 10, 10))
    bad = Period(starts_on=date(2025, 10, 6), ends_on=date(2025, 12, 24))
    assert told(a_form(internship=an_internship(periods=(good, bad, good, bad)))) == [
        (INVALID, "internship.periods.1.endsOn"),
        (INVALID, "internship.periods.3.endsOn"),
    ]


def test_periods_are_twenty_at_most() -> None:
    period = Period(starts_on=date(2025, 10, 6), ends_on=date(2025, 10, 10))
    assert told(a_form(internship=an_internship(periods=(period,) * 20))) == []
    assert told(a_form(internship=an_internship(periods=(period,) * 21))) == [(INVALID, "internship.periods")]


def test_everything_wrong_is_told_at_once_each_in_a_sentence() -> None:
    wrong = a_form(
        duration_hours=-7,
        teaching_mode_code="9",
        certifying=False,
        exit_level_code="4",
        internship=an_internship(company_name=None, siret="1", periods=()),
        objective=None,
        content="x" * 3_001,
        exit_situation_code="INCONNUE",
    )
    found = blockers(wrong.answered(KNOWN), a_plan(), KNOWN)
    assert [(each.path or ())[-1] for each in found] == [
        "durationHours",
        "teachingModeCode",
        "certificationCode",
        "exitLevelCode",
        "companyName",
        "siret",
        "periods",
        "objective",
        "content",
        "diplomaObtained",
        "exitSituationCode",
    ]
    assert all(each.message[0].isupper() and each.message.endswith(".") for each in found)
    assert len({each.message for each in found}) == len(found)


@given(st.builds(TypedForm))
def test_whatever_is_typed_is_either_taken_or_told_and_never_breaks(form: TypedForm) -> None:
    for refusal in blockers(form.answered(KNOWN), a_plan(), KNOWN):
        assert refusal.message.endswith(".")
        assert (refusal.path or ())[0] == "form"
