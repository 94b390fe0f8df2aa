"""The same id is the same object by every way that leads to it, so that a cache never shows one state for another."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type, is_object_type, is_required_argument

from schema.ids import encode_id
from schema.public import public_schema
from tests.factories import (
    a_person,
    a_plan,
    a_session,
    an_adviser,
    an_organization,
    counsellor,
    staff,
    trainee,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from graphql import GraphQLField

    from domain.access import Viewer
    from domain.loading import Written
    from domain.plan import Plan
    from tests.service import Served

SCHEMA = public_schema._schema  # noqa: SLF001 - strawberry gives graphql-core's schema no other way
QUERY = SCHEMA.query_type
LONGEST_WAY = 4
ARGUMENTS = {"jobSeekers": '(search: "")'}
"""What questions need to be asked for all that they have."""
OF_EACH_ANSWER = {"ReportDocument", "TableDocument", "UploadLink", "ReportDelivery"}
"""Links are made anew each time; and a report is read for the first time while this test asks for it."""
VIEWERS = (staff(), trainee(), counsellor())
SENT = """mutation($input: TransmitReportInput!) {
  transmitReport(input: $input) { report { version } userErrors { code path } } }"""
CORRECTED = """mutation($input: CorrectReportInput!) {
  correctReport(input: $input) { report { id } userErrors { code path } } }"""
EXIT = "mutation($input: RecordPlanExitInput!) { recordPlanExit(input: $input) { userErrors { code path } } }"
ANSWERS = {
    "durationHours": 258,
    "teachingModeCode": "0",
    "certifying": False,
    "exitLevelCode": "13",
    "hasInternship": False,
    "objective": "Dépanner.",
    "content": "Brasage.",
    "exitSituationCode": "EMPLOI_CDI",
}
CORRECTION = {"form": {**ANSWERS, "durationHours": 260}, "reasonCode": "ERREUR_SAISIE", "expectedVersion": 1}


def asked_alone(field: GraphQLField) -> bool:
    return not any(map(is_required_argument, field.args.values()))


def inner(field: GraphQLField) -> GraphQLObjectType | None:
    """The object that a field leads to, through the page of a list."""
    of = get_named_type(field.type)
    if not is_object_type(of):
        return None
    return inner(of.fields["nodes"]) if of.name.endswith("Connection") else of


def is_entity(of: GraphQLObjectType) -> bool:
    return "id" in of.fields


def selection(of: GraphQLObjectType) -> str:
    """All that an object tells of itself: what is no object with an id, and no list."""
    told = ["__typename"]
    for name, field in of.fields.items():
        named = get_named_type(field.type)
        if not asked_alone(field) or named.name.endswith("Connection"):
            continue
        if is_leaf_type(named):
            told.append(name)
        elif is_object_type(named) and not is_entity(named) and named.name not in OF_EACH_ANSWER:
            told.append(f"{name} {{ {selection(named)} }}")
    return " ".join(told)


def ways(of: GraphQLObjectType, so_far: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], GraphQLObjectType]]:
    """Give every way to an object with an id, as the fields that are gone through."""
    for name, field in of.fields.items():
        known = ARGUMENTS.get(name, "")
        led_to = inner(field) if known or asked_alone(field) else None
        if led_to is None or led_to.name in OF_EACH_ANSWER or len(so_far) >= LONGEST_WAY:
            continue
        connected = get_named_type(field.type) is not led_to
        way = (*so_far, f"{name}{known}", *(("nodes",) if connected else ()))
        if is_entity(led_to):
            yield way, led_to
        yield from ways(led_to, way)


WAYS = [way for way in ways(QUERY) if len(way[0]) <= LONGEST_WAY] if QUERY else []


def query(way: tuple[str, ...], of: GraphQLObjectType) -> str:
    return "{ " + " { ".join(way) + f" {{ {selection(of)} }}" + " }" * len(way)


def entities(answer: Any) -> Iterator[dict[str, Any]]:
    if isinstance(answer, list):
        for each in answer:
            yield from entities(each)
    elif isinstance(answer, dict):
        if "id" in answer and "__typename" in answer:
            yield answer
        else:
            for each in answer.values():
                yield from entities(each)


async def told(served: Served, viewer: Viewer) -> dict[tuple[str, str], set[str]]:
    """What is told of each object by every way, and by its id."""
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for way, of in WAYS:
        for each in entities(await served.ask(viewer, query(way, of))):
            found[each["__typename"], each["id"]].add(json.dumps(each, sort_keys=True))
    for kind, global_id in [*found]:
        of_kind = SCHEMA.type_map[kind]
        assert isinstance(of_kind, GraphQLObjectType)
        if not any(each.name == "Node" for each in of_kind.interfaces):
            continue
        by_id = f"{{ node(id: {json.dumps(global_id)}) {{ ... on {kind} {{ {selection(of_kind)} }} }} }}"
        answer = (await served.ask(viewer, by_id))["node"]
        found[kind, global_id].add(json.dumps(answer, sort_keys=True))
    return found


def world(word: str) -> list[Plan]:
    """Plans of two organizations on sessions with one number, of one person; with another word, all else is new."""
    other = an_organization("38012986600014", legal_name=f"Autre {word}")
    home = an_organization(legal_name=f"Organisme {word}")
    session = a_session(title=f"Titre {word}", city=f"Ville {word}")
    elsewhere = a_session(title=f"Ailleurs {word}", city=f"Là {word}")
    person, adviser = a_person(last_name=f"NOM {word}"), an_adviser().model_copy(update={"name": f"Conseil {word}"})
    return [
        a_plan("P-1", organization=home, session=session, job_seeker=person, adviser=adviser),
        a_plan("P-2", organization=home, session=session, job_seeker=person, adviser=adviser),
        a_plan("P-3", organization=other, session=elsewhere, job_seeker=person, adviser=adviser),
        a_plan("P-4", organization=home, session=None, own_title=f"Seul {word}", job_seeker=person, adviser=adviser),
    ]


async def act(served: Served, text: str, **facts: Any) -> None:
    answer = await served.ask(staff(), text, input=facts)
    (payload,) = answer.values()
    assert payload["userErrors"] == []


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_an_object_reads_the_same_by_every_way_before_and_after_a_feed_that_changes_everything(
    served: Served, load: Callable[..., Awaitable[Written]], viewer: Viewer
) -> None:
    await load(*world("avant"))
    first, second = encode_id("TrainingPlan", "P-1"), encode_id("TrainingPlan", "P-2")
    await act(served, SENT, trainingPlanId=first, form=ANSWERS)
    await act(served, SENT, trainingPlanId=second, form=ANSWERS)
    await act(served, CORRECTED, trainingPlanId=second, **CORRECTION)
    before = await told(served, viewer)
    await load(*world("apres"))
    await act(served, EXIT, trainingPlanId=encode_id("TrainingPlan", "P-4"), kind="ABANDONMENT", lastDay="2025-10-02")
    after = await told(served, viewer)

    for found in (before, after):
        assert {key: sorted(states) for key, states in found.items() if len(states) > 1} == {}
    kinds = {kind for kind, _ in before}
    assert {"TrainingPlan", "TrainingSession", "TrainingOrganization", "JobSeeker", "Report"} <= kinds
    frozen = {key for key, states in before.items() if key[0] == "Report"}
    assert all(before[key] == after[key] for key in frozen)
    assert any("apres" in state for states in after.values() for state in states)
