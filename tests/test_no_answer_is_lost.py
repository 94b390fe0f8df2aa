"""Every field of the form, followed from what was typed to the document, the form, the paper and its data.

Each table below has a line for each field, and is held to the model it follows: a field that is added has to be
followed before this file is green again, and one that is dropped on the way is missed where it went.
"""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType
from pypdf import PdfReader

from domain.form import Form, Internship, Period, TypedForm
from schema.public import public_schema
from tests.factories import a_plan, staff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage.client import Database
    from tests.service import Served

PERIODS = [
    {"startsOn": "2025-10-06", "endsOn": "2025-10-17"},
    {"startsOn": "2025-11-03", "endsOn": "2025-11-07"},
]
INTERNSHIP = {"companyName": "Froid du Nord", "siret": "35600000000048", "place": "Arras", "periods": PERIODS}
TYPED: dict[str, Any] = {
    "durationHours": 258,
    "teachingModeCode": "1",
    "certifying": True,
    "certificationCode": "RNCP34159",
    "exitLevelCode": "13",
    "hasInternship": True,
    "internship": INTERNSHIP,
    "objective": "Dépanner des équipements.",
    "content": "Brasage, circuits, fluides.",
    "diplomaObtained": True,
    "attendedHours": 251.5,
    "exitSituationCode": "EMPLOI_CDI",
}
SHOWN: dict[str, Any] = {
    "durationHours": 258,
    "teachingMode": {"code": "1"},
    "certifying": True,
    "certification": {"code": "RNCP34159"},
    "exitLevel": {"code": "13"},
    "hasInternship": True,
    "internship": INTERNSHIP,
    "objective": "Dépanner des équipements.",
    "content": "Brasage, circuits, fluides.",
    "diplomaObtained": True,
    "attendedHours": 251.5,
    "attendedHoursGiven": True,
    "exitSituation": {"code": "EMPLOI_CDI"},
}
KEPT: dict[str, Any] = {
    "duration_hours": 258,
    "teaching_mode": "1",
    "certifying": True,
    "certification": "RNCP34159",
    "exit_level": "13",
    "has_internship": True,
    "internship": {
        "company_name": "Froid du Nord",
        "siret": "35600000000048",
        "place": "Arras",
        "periods": [
            {"starts_on": "2025-10-06", "ends_on": "2025-10-17"},
            {"starts_on": "2025-11-03", "ends_on": "2025-11-07"},
        ],
    },
    "objective": "Dépanner des équipements.",
    "content": "Brasage, circuits, fluides.",
    "diploma_obtained": True,
    "attended_hours": 251.5,
    "exit_situation": "EMPLOI_CDI",
}
PRINTED = {
    "durationHours": "Durée 258 h",
    "teachingModeCode": "Modalité d’enseignement Formation mixte",
    "certifying": "Formation certifiante Oui",
    "certificationCode": "Certification RNCP34159",
    "exitLevelCode": "Niveau de sortie Niveau 3",
    "hasInternship": "Stage effectué Oui",
    "internship.companyName": "Entreprise Froid du Nord",
    "internship.siret": "SIRET 356 000 000 00048",
    "internship.place": "Lieu Arras",
    "internship.periods": "Périodes du 06/10/2025 au 17/10/2025 du 03/11/2025 au 07/11/2025",
    "objective": "Objectif de la formation Dépanner des équipements.",
    "content": "Contenu de la formation Brasage, circuits, fluides.",
    "diplomaObtained": "Diplôme obtenu Oui",
    "attendedHours": "Heures suivies 251 h 30",
    "exitSituationCode": "Situation à la sortie En emploi : CDI",
}
SELECTION = """form { durationHours teachingMode { code } certifying certification { code } exitLevel { code }
  hasInternship internship { companyName siret place periods { startsOn endsOn } } objective content diplomaObtained
  attendedHours attendedHoursGiven exitSituation { code } }"""
SAVE = f"""mutation ($id: ID!, $form: ReportFormInput!) {{
  saveReportDraft(input: {{trainingPlanId: $id, form: $form}}) {{
    report {{ {SELECTION} document {{ url }} }} userErrors {{ code path message }} }} }}"""
PREVIEW = """mutation ($id: ID!, $form: ReportFormInput!) {
  previewReport(input: {trainingPlanId: $id, form: $form}) { document { url } } }"""


def fields_of(name: str) -> set[str]:
    kind = public_schema._schema.get_type(name)  # noqa: SLF001 - strawberry gives the schema no other way
    assert isinstance(kind, GraphQLInputObjectType | GraphQLObjectType)
    return set(kind.fields)


def test_the_tables_have_every_field_of_what_they_follow() -> None:
    assert set(TYPED) == fields_of("ReportFormInput")
    assert set(SHOWN) == fields_of("ReportForm")
    assert set(KEPT) == set(Form.model_fields)
    assert set(INTERNSHIP) == fields_of("InternshipInput") == fields_of("Internship")
    assert set(KEPT["internship"]) == set(Internship.model_fields)
    assert set(PERIODS[0]) == fields_of("PeriodInput") == fields_of("Period")
    assert set(KEPT["internship"]["periods"][0]) == set(Period.model_fields)
    within = {f"internship.{name}" for name in INTERNSHIP}
    assert set(PRINTED) == set(TYPED) - {"internship"} | within


def test_the_form_as_typed_has_every_field_of_its_input() -> None:
    assert {_camelled(name) for name in TypedForm.model_fields} == set(TYPED)


async def plan_id(served: Served) -> str:
    found = await served.ask(staff(), "{ pendingPlans { nodes { id } } }")
    return str(found["pendingPlans"]["nodes"][0]["id"])


@pytest.fixture
async def saved(served: Served, load: Callable[..., Awaitable[object]]) -> dict[str, Any]:
    """The report, after every answer was typed and saved over HTTP."""
    await load(a_plan())
    answer = await served.ask(staff(), SAVE, id=await plan_id(served), form=TYPED)
    assert answer["saveReportDraft"]["userErrors"] == []
    report: dict[str, Any] = answer["saveReportDraft"]["report"]
    return report


async def test_what_was_typed_is_in_the_form_as_it_is_read(saved: dict[str, Any]) -> None:
    assert saved["form"] == SHOWN


@pytest.mark.usefixtures("saved")
async def test_what_was_typed_is_in_the_document(database: Database) -> None:
    document = await database["plans"].find_one({"_id": "P-1"})
    assert document
    form = document["report"]["form"]
    assert {name: _code(answer) for name, answer in form.items()} == KEPT


async def test_what_was_typed_is_on_paper_and_in_its_data(served: Served, saved: dict[str, Any]) -> None:
    await told_in((await served.http.get(saved["document"]["url"])).content)


async def test_what_was_typed_is_on_the_paper_of_a_preview(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    answer = await served.ask(staff(), PREVIEW, id=await plan_id(served), form=TYPED)
    await told_in((await served.http.get(answer["previewReport"]["document"]["url"])).content)


async def told_in(content: bytes) -> None:
    reader = PdfReader(BytesIO(content))
    said = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert [name for name, words in PRINTED.items() if words not in said] == []
    attached = json.loads(reader.attachments["bilan.json"][0])["answers"]
    assert {name: _code(answer) for name, answer in attached.items()} == {
        _camelled(name): _camelled_keys(answer) for name, answer in KEPT.items()
    }


def _code(answer: Any) -> Any:
    return answer["code"] if isinstance(answer, dict) and "code" in answer else answer


def _camelled(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def _camelled_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {_camelled(name): _camelled_keys(inner) for name, inner in value.items()}
    return [_camelled_keys(each) for each in value] if isinstance(value, list) else value
