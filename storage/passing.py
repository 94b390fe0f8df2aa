"""The writes by which a plan becomes what a feed tells of it, and passes from one organization to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateOne

from domain.moving import TOLD_BY_FEED, Retold, has_been_written, retold
from storage.documents import document_id, to_document

if TYPE_CHECKING:
    from domain.plan import Plan
    from storage.client import Document
    from storage.successions import Heir

    Write = InsertOne[Document] | UpdateOne | DeleteOne | ReplaceOne[Document]

_WRITTEN = ("report", "report_version", "recorded_exit", "absences")
"""What an organization wrote: changed by a feed only where the plan passes to another."""


class Passing(NamedTuple):
    """A plan as it is kept and as it becomes; `returning` is what came back with it."""

    kept: Plan
    retold: Retold
    returning: Plan | None = None
    note: tuple[str, str] | None = None
    """What an operator should know of it: a field, and why."""

    def leave(self) -> Write:
        """Keep a copy for the organization that the plan goes from; before the plan is changed."""
        left = self.retold.left or self.kept
        document = {**to_document(left), "_id": document_id(left), "revision": left.revision}
        return ReplaceOne({"_id": document["_id"], **_whose(left)}, document, upsert=True)

    def write(self, digest: str | None = None) -> Write:
        """Change the plan where it is as it was read; `digest` is that of its own line, not of what others say."""
        plan = self.retold.plan
        match = {"_id": document_id(self.kept), "revision": self.kept.revision, **_whose(self.kept)}
        if plan.withdrawn and not has_been_written(plan):
            return DeleteOne(match)
        passes = plan.organization.siret != self.kept.organization.siret or self.returning is not None
        document = to_document(plan)
        names = (*TOLD_BY_FEED, "keys", "state", *(_WRITTEN if passes else ()))
        changed = {name: document[name] for name in names} | ({} if digest is None else {"digest": digest})
        return UpdateOne(match, {"$set": changed, "$inc": {"revision": 1}})


def _whose(plan: Plan) -> Document:
    """Say whose a document is: where plans are on several shards, one that changes hands is looked for by it."""
    return {"organization.siret": plan.organization.siret}


def passing(kept: Plan, told: Plan, heirs: dict[str, Heir], left: Plan | None) -> Passing:
    """Return what becomes of a plan told anew; `left` is what the organization told had left behind on it."""
    heir = heirs.get(kept.organization.siret)
    succeeded = heir is not None and heir.siret == told.organization.siret
    become = retold(kept, told, succeeded=succeeded, returning=left)
    return Passing(kept, become, left, _note(kept, told, become))


def _note(kept: Plan, told: Plan, become: Retold) -> tuple[str, str] | None:
    plan = become.plan
    if told.withdrawn and not plan.withdrawn:
        return "cancelled", "its report was transmitted: it stays as it is"
    if plan.withdrawn and has_been_written(plan):
        return "cancelled", "what was written on it stays with its organization"
    if become.left:
        return "organization.siret", "a draft stays with the organization that wrote it, and does not pass on"
    if plan.organization.siret == kept.organization.siret != told.organization.siret:
        return "organization.siret", "the report was transmitted by another, with which the plan stays"
    return None


def given_to(heir: Heir | None, plan: Plan) -> Plan:
    """Return a plan under the organization that took the place of its own, if one did."""
    if heir is None:
        return plan
    return plan.model_copy(update={"organization": heir.instead_of(plan.organization)})
