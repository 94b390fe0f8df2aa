"""The public schema: exported, described, and never less than the contract, of which a copy stands beside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphql import (
    DangerousChangeType,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
    find_dangerous_changes,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
)

from schema.public import public_schema, sdl

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
CONTRACT = ROOT / "tests" / "contract.graphql"


def of_ours() -> GraphQLSchema:
    return public_schema._schema  # noqa: SLF001 - strawberry gives graphql-core's schema no other way


def described(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Give every name of the schema with its description."""
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        yield name, kind.description
        if is_enum_type(kind):
            yield from ((f"{name}.{value}", each.description) for value, each in kind.values.items())
        if is_input_object_type(kind):
            yield from ((f"{name}.{field}", each.description) for field, each in kind.fields.items())
        if is_object_type(kind) or is_interface_type(kind):
            for field, shown in kind.fields.items():
                yield f"{name}.{field}", shown.description
                yield from ((f"{name}.{field}({arg}:)", each.description) for arg, each in shown.args.items())


def test_the_exported_schema_is_the_one_that_is_served() -> None:
    """`just schema` exports it again: a change of the public schema shows as a diff."""
    assert (ROOT / "schema.graphql").read_text() == sdl()


def test_everything_in_the_schema_is_described() -> None:
    built_in = {"Boolean", "Float", "ID", "Int", "String"}
    names = dict(described(of_ours()))
    assert [name for name, text in names.items() if not (text and text.strip()) and name not in built_in] == []


def test_the_contract_is_kept() -> None:
    contract = build_schema(CONTRACT.read_text())
    assert [change.description for change in find_breaking_changes(contract, of_ours())] == []
    defaults = [
        change.description
        for change in find_dangerous_changes(contract, of_ours())
        if change.type is DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE
    ]
    assert defaults == []


def test_the_contract_has_not_grown_thin() -> None:
    """The copy against which the promise is kept is itself the whole contract."""
    contract = build_schema(CONTRACT.read_text())
    assert contract.query_type
    assert contract.mutation_type
    assert contract.subscription_type
    assert set(contract.query_type.fields) == {
        "viewer", "node", "reportDashboard", "pendingSessions", "pendingPlans", "draftReports", "transmittedReports",
        "jobSeekers", "nomenclature",
    }  # fmt: skip
    assert set(contract.mutation_type.fields) == {
        "saveReportDraft", "transmitReport", "discardReportDraft", "previewReport", "recordPlanExit", "recordAbsence",
    }  # fmt: skip
    assert set(contract.subscription_type.fields) == {"reportTransmitted"}
