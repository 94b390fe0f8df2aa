"""What the rows of a table are read without, held to the model: no secret can come in with a new field."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from domain.plan import Plan
from domain.values import Value
from storage.documents import from_document, projection, to_document
from storage.rows import UNREAD
from tests.golden.values import whole_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.facts import Facts


def paths_of(model: type[Value], prefix: str = "") -> Iterator[str]:
    """Name every field of a model, and of those within."""
    for name, field in model.model_fields.items():
        yield f"{prefix}{name}"
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, Value):
                yield from paths_of(kind, f"{prefix}{name}.")


def test_every_reason_that_a_plan_can_hold_stays_in_the_database() -> None:
    reasons = {path for path in paths_of(Plan) if path.endswith("reason_code") and "reports" not in path}
    facts = {path for path in reasons if path.startswith("report.facts.")}
    assert reasons - facts <= UNREAD
    assert {path.removeprefix("report.facts.") for path in facts} <= UNREAD
    assert not [path for path in projection(UNREAD) if "reason_code" in path]


def test_what_is_not_read_is_of_the_model() -> None:
    assert set(paths_of(Plan)) >= UNREAD


@pytest.mark.parametrize("of", ["the plan", "its report"])
def test_a_reason_that_was_not_read_is_a_fault_to_look_at_and_never_none(of: str) -> None:
    document = {**to_document(whole_plan()), "_id": "P-1", "revision": 0}
    plan = from_document(document, UNREAD)
    facts: Facts = plan if of == "the plan" else plan.as_reported()
    with pytest.raises(AttributeError):
        _ = facts.absences[0].reason_code
    assert facts.absences[0].hours == 10
