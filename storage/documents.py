"""A plan as MongoDB keeps it: the plan's own fields, its positions, its revision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.plan import Plan
from domain.report import ReportStatus
from storage.keys import plan_keys

if TYPE_CHECKING:
    from storage.client import Document

OPEN = "OPEN"
DRAFT = ReportStatus.DRAFT.value
TRANSMITTED = ReportStatus.TRANSMITTED.value


def to_document(plan: Plan) -> Document:
    """Return all that is kept of a plan, except its `_id` and `revision`, which the write sets."""
    document = plan.model_dump(exclude={"id", "revision", "later_reports"})
    document["state"] = plan.report.status.value if plan.report else OPEN
    document["keys"] = plan_keys(plan)
    return document


def from_document(document: Document) -> Plan:
    """Return the plan of a document."""
    return Plan.model_validate({**document, "id": document["_id"]})
