"""Only the parts of a plan that are asked for are read (`schema/unasked_parts.py`): each field has what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    Undefined,
    get_named_type,
)

from domain.facts import Absence, PlanExit, PlanExitKind
from domain.plan import Plan
from resolvers import acts, attendance
from schema.public import public_schema
from schema.unasked_parts import SHOWN_BY
from tests.factories import NOW, TODAY, a_form, a_person, a_plan, counsellor, staff, trainee
from tests.storage.test_rows import paths_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from domain.access import Viewer
    from resolvers.services import Services
    from tests.service import Served

SCHEMA = public_schema._schema  # noqa: SLF001 - strawberry gives the schema no other way
DEEPEST = 2
LISTS = {
    "pendingPlans": staff(),
    "draftReports": staff(),
    "transmittedReports": staff(),
    "pendingSessions": staff(),
    "jobSeekers": staff(),
}


def alone(kind: GraphQLObjectType, depth: int = DEEPEST) -> Iterator[str]:
    """Write a selection for every field that needs no argument: it, and one field at a time below it."""
    for name, field in kind.fields.items():
        if any(
            isinstance(each.type, GraphQLNonNull) and each.default_value is Undefined for each in field.args.values()
        ):
            continue
        below = get_named_type(field.type)
        if isinstance(below, GraphQLObjectType):
            if depth:
                yield from (f"{name} {{ {inner} }}" for inner in alone(below, depth - 1))
        elif not isinstance(below, GraphQLInterfaceType | GraphQLUnionType):
            yield name


def nodes_of(list_name: str) -> GraphQLObjectType:
    assert SCHEMA.query_type
    connection = get_named_type(SCHEMA.query_type.fields[list_name].type)
    assert isinstance(connection, GraphQLObjectType)
    nodes = get_named_type(connection.fields["nodes"].type)
    assert isinstance(nodes, GraphQLObjectType)
    return nodes


def test_what_is_read_by_what_is_asked_is_of_the_model_and_of_the_schema() -> None:
    fields = {
        name for kind in SCHEMA.type_map.values() if isinstance(kind, GraphQLObjectType) for name in kind.fields
    }
    assert set(SHOWN_BY) <= set(paths_of(Plan))
    assert frozenset().union(*SHOWN_BY.values()) <= fields


@pytest.fixture
async def everything(services: Services, load: Callable[..., Awaitable[object]]) -> None:
    """A plan to enter with an exit and an absence, a draft and a transmitted report."""
    await load(*(a_plan(f"P-{n}", job_seeker=a_person(f"{n:07}K")) for n in range(3)))
    missed = Absence(id="a", starts_on=a_plan().starts_on, ends_on=a_plan().starts_on, reason_code="MALADIE", hours=7)
    left = PlanExit(kind=PlanExitKind.EARLY_EXIT, last_day=a_plan().ends_on, reason_code="SANTE")
    for plan in ("P-0", "P-1", "P-2"):
        await attendance.record_absence(services, staff(), plan, missed)
        await attendance.record_plan_exit(services, staff(), plan, left)
    await acts.save_report_draft(services, staff(), "P-1", a_form(), None, now=NOW, today=TODAY)
    await acts.transmit_report(services, staff(), "P-2", a_form(), None, now=NOW, today=TODAY)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.usefixtures("everything")
async def test_each_field_of_a_list_has_what_it_needs_when_it_is_asked_alone(served: Served, name: str) -> None:
    search = '(search: "ADAM")' if name == "jobSeekers" else ""
    for selection in alone(nodes_of(name)):
        answer = await served.answer(LISTS[name], f"{{ {name}{search} {{ nodes {{ {selection} }} }} }}")
        assert "errors" not in answer, (selection, answer["errors"])


@pytest.mark.parametrize("viewer", [trainee("0000002K"), counsellor()], ids=lambda viewer: viewer.role.value)
@pytest.mark.usefixtures("everything")
async def test_each_field_of_a_transmitted_report_has_what_it_needs_for_its_recipients(
    served: Served, viewer: Viewer
) -> None:
    for selection in alone(nodes_of("transmittedReports"), DEEPEST - 1):
        answer = await served.answer(viewer, f"{{ transmittedReports {{ nodes {{ {selection} }} }} }}")
        assert "errors" not in answer, (selection, answer["errors"])
