"""Transmitted reports that this process has read before: kept, and shown again as long as they are still so."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from domain.access import seen
from storage.documents import TRANSMITTED, from_document
from storage.scope import FIELD, visible
from storage.together import Together

if TYPE_CHECKING:
    from domain.access import Viewer
    from domain.plan import Plan
    from storage.client import Collection, Document

NUMBER = 1_000
_STANDING = dict.fromkeys((*FIELD.values(), "state", "revision", "report.sha256", "fetched"), 1)
"""What tells whether a plan is still as it was read, whose it is to see, and who has read its reports since."""


class TransmittedReports:
    """Plans by id and revision, the latest read `number` of those whose report is transmitted.

    Nothing is shown on what is kept alone: each question asks the database for the plan's revision and for whom it
    concerns now, and the rule of `storage/scope.py` is held to that answer.
    """

    def __init__(self, plans: Collection, number: int = NUMBER) -> None:
        self._plans = plans
        self._number = number
        self._kept: OrderedDict[str, Plan] = OrderedDict()
        self._standings: Together[str, Document | None] = Together(self._ask_how_they_stand)

    def __len__(self) -> int:
        return len(self._kept)

    async def find(self, viewer: Viewer, plan_id: str) -> Plan | None:
        """Return a whole plan, or None when the viewer sees none of that id."""
        kept = self._kept.get(plan_id)
        if kept is not None:
            standing = await self._standings.of(plan_id)
            if standing and _stands(kept, standing) and _matches(standing, visible(viewer)):
                return seen(viewer, _as_fetched(kept, standing))
        document = await self._plans.find_one({"_id": plan_id, **visible(viewer)})
        if document is None:
            return None
        plan = from_document(document)
        if document["state"] == TRANSMITTED:
            self._keep(plan)
        return seen(viewer, plan)

    async def _ask_how_they_stand(self, plan_ids: list[str]) -> list[Document | None]:
        cursor = self._plans.find({"_id": {"$in": plan_ids}}, _STANDING)
        found = {document["_id"]: document async for document in cursor}
        return [found.get(plan_id) for plan_id in plan_ids]

    def _keep(self, plan: Plan) -> None:
        self._kept[plan.id] = plan
        self._kept.move_to_end(plan.id)
        if len(self._kept) > self._number:
            self._kept.popitem(last=False)


def _stands(kept: Plan, standing: Document) -> bool:
    """Tell whether what is kept is what stands; one erased and loaded anew may be at its revision."""
    sha256 = kept.report.sha256 if kept.report else None
    return bool(standing["revision"] == kept.revision and _value(standing, "report.sha256") == sha256)


def _as_fetched(plan: Plan, standing: Document) -> Plan:
    """Tell of a plan who has read its reports: the one thing that is written without a new revision."""
    fetched = standing.get("fetched")
    return plan if fetched == plan.fetched else plan.model_copy(update={"fetched": fetched})


def _matches(document: Document, match: Document) -> bool:
    """Hold a document to a filter of equalities."""
    return all(_value(document, path) == wanted for path, wanted in match.items())


def _value(document: Document, path: str) -> object:
    value: object = document
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
