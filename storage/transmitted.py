"""Transmitted reports that this process has read before: kept, and shown again as long as they are still so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachetools import LRUCache

from domain.access import seen_as
from storage.documents import TRANSMITTED, from_document
from storage.scope import FIELD, value_at, visible
from storage.together import documents_together

if TYPE_CHECKING:
    from domain.access import Role, Viewer
    from domain.plan import Plan
    from storage.client import Collection, Document

NUMBER = 1_000
_STANDING = dict.fromkeys((*FIELD.values(), "state", "withdrawn", "revision", "report.sha256", "fetched"), 1)
"""The fields that tell whether a plan is as it was read, who may see it, and who has read its reports since."""


class TransmittedReports:
    """Plans by id and revision, the latest read `number` of those whose report is transmitted.

    A kept plan is never shown without asking: each question reads the plan's revision, by the rule of
    `storage/scope.py`. So a plan that is not the viewer's costs as much as one that does not exist.
    """

    def __init__(self, plans: Collection, number: int = NUMBER) -> None:
        self._plans = plans
        self._kept: LRUCache[str, _Kept] = LRUCache(number)
        self._standings = documents_together(plans, _STANDING)

    def __len__(self) -> int:
        return len(self._kept)

    async def find(self, viewer: Viewer, plan_id: str) -> Plan | None:
        """Return a whole plan, or None when the viewer sees none of that id."""
        kept = self._kept.get(plan_id)
        if kept is not None:
            standing = await self._standings.of({"_id": plan_id, **visible(viewer)})
            if standing is None:
                return None
            if kept.stands(standing):
                return kept.seen_as(viewer.role)
        document = await self._plans.find_one({"_id": plan_id, **visible(viewer)})
        if document is None:
            return None
        read = _Kept(from_document(document))
        if document["state"] == TRANSMITTED:
            self._kept[plan_id] = read
        return read.seen_as(viewer.role)


class _Kept:
    """A plan that was read, and as each role sees it."""

    __slots__ = ("_plan", "_seen")

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._seen: dict[Role, Plan] = {}

    def stands(self, standing: Document) -> bool:
        """Tell whether the plan is what stands, and take from it who has read its reports since.

        That is the one thing that is written without a new revision. A plan that was erased and loaded anew may be
        at the same revision: its report has another PDF.
        """
        plan, sha256 = self._plan, self._plan.report.sha256 if self._plan.report else None
        if standing["revision"] != plan.revision or value_at(standing, "report.sha256") != sha256:
            return False
        if standing.get("fetched") != plan.fetched:
            self._plan = plan.model_copy(update={"fetched": standing.get("fetched")})
            self._seen.clear()
        return True

    def seen_as(self, role: Role) -> Plan:
        """Return the plan as those of a role see it: always the very same, until something is new."""
        found = self._seen.get(role)
        if found is None:
            found = self._seen[role] = seen_as(role, self._plan)
        return found
