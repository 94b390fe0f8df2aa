from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import Funding
from domain.form import Form, Internship, TypedForm
from domain.nomenclature import Entry
from tests.domain.known import KNOWN, answered
from tests.factories import a_form, a_plan, a_session, an_internship


@pytest.mark.parametrize(
    ("scheme", "paid", "required"),
    [
        ("AIF", True, True),
        ("AFC", True, True),
        ("POEC", True, True),
        ("POEC_OPCA", True, True),
        ("AFC", False, False),
        ("POEI", True, False),
        ("41C", True, False),
        ("aif", True, False),
    ],
)
def test_a_report_is_compulsory_where_the_employment_service_pays_through_certain_schemes(
    scheme: str,
    paid: bool,  # noqa: FBT001 - a parameter of the case
    required: bool,  # noqa: FBT001 - as above
) -> None:
    funding = Funding(reference="41C25", scheme=scheme, employment_service_funded=paid)
    assert a_plan(funding=funding).report_required is required


@pytest.mark.parametrize("scheme", ["POEC_OPCA", "41C", "Autres_AFC", "CR", "inconnu", ""])
def test_a_scheme_of_the_open_list_is_kept_and_shown_as_other(scheme: str) -> None:
    funding = Funding(reference="41N012253095", scheme=scheme, employment_service_funded=True)
    assert (funding.shown_scheme, funding.scheme) == ("OTHER", scheme)


@pytest.mark.parametrize("scheme", ["AIF", "AFC", "POEC"])
def test_three_schemes_are_shown_as_themselves(scheme: str) -> None:
    assert Funding(scheme=scheme, employment_service_funded=False).shown_scheme == scheme


@pytest.mark.parametrize(
    ("told", "opens_with"),
    [
        ("4", "13"),
        ("5", "14"),
        ("6", "15"),
        ("2", None),
        ("3", None),
        ("7", None),
        ("8", None),
        ("0", "0"),
        ("13", "13"),
    ],
)
def test_an_old_level_opens_the_form_as_the_one_of_today_where_that_is_certain(
    told: str, opens_with: str | None
) -> None:
    level = a_plan(session=a_session(exit_level_code=told)).prefilled_form(KNOWN).exit_level
    assert (level.code if level else None) == opens_with


def test_a_course_that_names_a_certification_leads_to_it_unless_it_says_no() -> None:
    silent = a_plan(session=a_session(certifying=None)).prefilled_form(KNOWN)
    assert (silent.certifying, silent.certification) == (True, a_session().certification)
    nothing = a_plan(session=a_session(certifying=None, certification=None)).prefilled_form(KNOWN)
    assert (nothing.certifying, nothing.certification) == (None, None)


def test_title_and_number_are_the_sessions_where_there_is_one() -> None:
    referenced = a_plan(own_title="À soi", own_carif_number="1")
    assert (referenced.title, referenced.carif_number) == (a_session().title, "00035125")
    own = a_plan(session=None, own_carif_number="90512")
    assert (own.title, own.carif_number) == ("Permis C", "90512")


def test_the_form_opens_with_what_the_session_already_tells() -> None:
    assert a_plan().prefilled_form(KNOWN) == Form(
        duration_hours=258,
        teaching_mode=Entry(code="0", label="Formation entièrement présentielle"),
        certifying=True,
        certification=Entry(code="RNCP34159", label="TP - Monteur dépanneur frigoriste"),
        exit_level=Entry(code="13", label="Niveau 3 : CAP, BEP"),
        objective="Dépanner des équipements frigorifiques.",
        content="Brasage, circuits, fluides.",
    )


def test_a_session_that_certifies_nothing_opens_no_certification() -> None:
    assert a_plan(session=a_session(certifying=False)).prefilled_form(KNOWN).certification is None


def test_a_plan_without_session_opens_an_empty_form() -> None:
    assert a_plan(session=None).prefilled_form(KNOWN) == Form()


def test_a_header_that_does_not_fit_its_course_is_shown_and_stands_in_nobodys_way() -> None:
    odd = a_session(rome=Entry(code="F1605", label="Montage de réseaux électriques et télécoms"))
    assert a_plan(session=odd).prefilled_form(KNOWN) == a_plan().prefilled_form(KNOWN)


def test_an_unknown_code_is_kept_for_its_author_to_mend() -> None:
    form = answered(a_form(exit_level_code=" NIVEAU 4 "))
    assert form.exit_level is not None
    assert form.exit_level.code == "NIVEAU 4"


def test_a_siret_typed_in_groups_is_kept_without_its_spaces() -> None:
    form = answered(a_form(internship=an_internship(siret="356 000 000 00048")))
    assert form.internship is not None
    assert form.internship.siret == "35600000000048"


def test_a_blank_internship_is_none() -> None:
    assert answered(a_form(internship=Internship(company_name=" ", siret="", place="\xa0"))).internship is None


@pytest.mark.parametrize(
    "changes",
    [
        {"duration_hours": 0},
        {"certifying": False},
        {"has_internship": False},
        {"internship": an_internship(place="Lens")},
        {"objective": "Autre."},
        {"diploma_obtained": None},
        {"exit_situation_code": "AUTRE"},
    ],
)
def test_forms_that_answer_differently_differ(changes: dict[str, Any]) -> None:
    assert answered(a_form(**changes)).answers() != answered(a_form()).answers()


@given(st.builds(TypedForm))
def test_answers_written_down_and_read_again_are_the_same(typed: TypedForm) -> None:
    form = answered(typed)
    assert Form.model_validate_json(form.model_dump_json()) == form
