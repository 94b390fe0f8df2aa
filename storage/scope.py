"""The rule of `domain/access.py` as filters of MongoDB. Every read and write passes here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access import ADVISERS, Role
from storage.documents import DRAFT, OPEN, TRANSMITTED, left_id
from storage.searching import EMPTY

if TYPE_CHECKING:
    from domain.access import Viewer
    from storage.client import Document

FIELD = {
    Role.TRAINING_ORGANIZATION: "organization.siret",
    Role.JOB_SEEKER: "job_seeker.identifier",
    Role.ADVISER: "adviser.id",
}


_REPORTS = ("report", "earlier_reports")


NOBODYS: Document = {"nobodys": EMPTY}
"""No plan at all, whatever else is asked of it: the field is no plan's."""


# An index of other fields than before takes another name: under the same one, two releases that serve at once would
# drop each other's every minute. 1.0.0 reads by transmitted_training_organization, which no later release makes.
_NAMED_ANEW = {"transmitted_training_organization": "transmitted_and_unread"}


def index_of_role(name: str, role: Role) -> str:
    """Name the index of that name which begins with the scope of a role."""
    named = f"{name}_{role.value.lower()}"
    return _NAMED_ANEW.get(named, named)


def index_of(name: str, viewer: Viewer) -> str:
    """Name the index of that name which begins with the viewer's scope."""
    return index_of_role(name, viewer.role)


def owned(viewer: Viewer) -> Document:
    """Select the plans that name the viewer, withdrawn ones too: enough to find the name."""
    return NOBODYS if viewer.role is Role.NOTIFIER else {FIELD[viewer.role]: viewer.key}


def concerning(viewer: Viewer) -> Document:
    """Select the plans that are the viewer's own, even those that they may not see yet.

    One that was withdrawn is there for its organization alone; it has no adviser.
    """
    own = owned(viewer)
    return {**own, "withdrawn": None} if viewer.role is Role.JOB_SEEKER else own


def announced_to(viewer: Viewer) -> Document:
    """Select the transmissions of which the viewer is told: of their own plans, or all that have a recipient."""
    if viewer.role is not Role.NOTIFIER:
        return concerning(viewer)
    return {"withdrawn": None, **({"adviser.id": {"$gt": ""}} if viewer.key == ADVISERS else {})}


def written_by(viewer: Viewer, plan_id: str) -> Document:
    """Select what an organization wrote on a plan that another has now: its draft, or what it transmitted."""
    left = {"_id": left_id(plan_id, viewer.key), **concerning(viewer)}
    facts = "facts.organization.siret"
    sent = [{"_id": plan_id, "state": TRANSMITTED, f"{each}.{facts}": viewer.key} for each in _REPORTS]
    return {"$or": [left, *sent]}


def visible(viewer: Viewer) -> Document:
    """Select the plans that exist for the viewer."""
    return concerning(viewer)


def writable(viewer: Viewer) -> Document:
    """Select the plans on which the viewer may write: those of their organization, none for anybody else."""
    if viewer.role is not Role.TRAINING_ORGANIZATION:
        return {**concerning(viewer), "_id": EMPTY}
    return concerning(viewer)


def visible_in(viewer: Viewer, state: str) -> Document:
    """Select the plans in a state that the viewer sees: none at all where they see no such state."""
    own = owned(viewer)
    if state != TRANSMITTED and viewer.role is not Role.TRAINING_ORGANIZATION:
        return {**own, "state": EMPTY}
    return {**own, "state": state}


def unwritten(viewer: Viewer) -> object:
    """Say in which states a report is still to be written for the viewer: a draft counts as none for the others."""
    return OPEN if viewer.role is Role.TRAINING_ORGANIZATION else {"$in": [OPEN, DRAFT]}


def matches(document: Document, match: Document) -> bool:
    """Hold a document that was read to a filter of equalities, such as `visible` gives."""
    return all(value_at(document, path) == wanted for path, wanted in match.items())


def value_at(document: Document, path: str) -> object:
    """Return what a document has at a dotted path, None where it has nothing there."""
    value: object = document
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
