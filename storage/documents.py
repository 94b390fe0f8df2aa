"""A plan as MongoDB keeps it: the plan's own fields, its positions, its revision."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from domain.facts import Facts
from domain.plan import Plan, Withdrawn
from domain.report import ReportStatus
from storage.keys import plan_keys
from storage.restoring import WHOLE, paths, restoring

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from storage.client import Document

OPEN = "OPEN"
WITHDRAWN = "WITHDRAWN"
"""A plan on which nothing is to be written, kept for what was recorded on it."""
DRAFT = ReportStatus.DRAFT.value
TRANSMITTED = ReportStatus.TRANSMITTED.value


_LEFT = "\x1f"
_KEPT = frozenset(Plan.model_fields) - {"id", "revision", "later_reports", "fetched"}


def to_document(plan: Plan, names: Container[str] = _KEPT) -> Document:
    """Return all that is kept of a plan, or those fields of it; its `_id` and `revision` are set by the write."""
    document = plan.model_dump(include={name for name in _KEPT if name in names})
    if plan.withdrawn and "adviser" in document:
        document["adviser"] = None  # an adviser's plans are found by this field alone
    document["state"] = plan.report.status.value if plan.report else WITHDRAWN if plan.withdrawn else OPEN
    document["keys"] = plan_keys(plan)
    return document


def left_id(plan_id: str, siret: str) -> str:
    """Name the document of what an organization left behind on a plan that passed to another."""
    return f"{plan_id}{_LEFT}{siret}"


def document_id(plan: Plan) -> str:
    """Name the document of a plan. A plan that passed to another organization has two, one for each."""
    moved = plan.withdrawn is Withdrawn.MOVED
    return left_id(plan.id, plan.organization.siret) if moved else plan.id


@lru_cache(maxsize=256)
def projection(unread: frozenset[str]) -> Document:
    """Make the projection that reads a plan in part, its frozen facts too; None where all of it is read."""
    if not unread:
        return {}
    return {name: 1 for name in paths(Plan, _throughout(unread)) if name != "id"}


def reader(unread: frozenset[str]) -> Callable[[Document], Plan]:
    """Return the function that makes plans of documents that were read without those parts."""
    restore: Callable[[Document], Plan] = restoring(Plan, _throughout(unread))

    def read(document: Document) -> Plan:
        document["id"] = document["_id"].partition(_LEFT)[0]
        return restore(document)

    return read


@lru_cache(maxsize=256)
def _throughout(unread: frozenset[str]) -> frozenset[str]:
    """Add the same parts of the facts that the plan's report keeps."""
    of_facts = [path for path in unread if path.partition(".")[0] in Facts.model_fields]
    return unread | {f"report.facts.{path}" for path in of_facts}


def from_document(document: Document, unread: frozenset[str] = WHOLE) -> Plan:
    """Return the plan of a document, whole or without the parts that were not read."""
    return reader(unread)(document)
