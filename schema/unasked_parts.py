"""Finds the parts of plans that a selection does not ask for, so that they are not read."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from cachetools import LRUCache
from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from graphql import GraphQLResolveInfo, SelectionSetNode

    from schema.context import Info

_ORGANIZATION = frozenset({"organization", "trainingPlan"})
_FORM = frozenset({"prefilledForm"})
_CODES = _FORM | {"blockers"}
SHOWN_BY: dict[str, frozenset[str]] = {
    "adviser": frozenset({"adviser", "trainingPlan", "delivery"}),
    "organization.legal_name": _ORGANIZATION,
    "organization.address": _ORGANIZATION,
    "organization.phone": _ORGANIZATION,
    "report": frozenset(
        {"report", "reportStatus", "absences", "missedHours", "attendedHours", "daysAwaited", "late"}
    ),
    "report.facts": frozenset({"report", "replaces", "replacedBy"}),
    "earlier_reports": frozenset({"replaces", "replacedBy"}),
    "fetched": frozenset({"delivery"}),
    "report.form": frozenset({"form", "blockers", "warnings"}),
    "session.funding": frozenset({"funding"}),
    "session.formacode": frozenset({"formacode"}),
    "session.rome": frozenset({"rome"}),
    "session.teaching_mode_code": _CODES,
    "session.certifying": _FORM,
    "session.certification": _CODES,
    "session.exit_level_code": _CODES,
    "session.objective": _FORM,
    "session.content": _FORM,
}
"""Parts of a plan, and the names of the fields that show them. Every other part is always read."""
_OF_THE_PERSON = frozenset({"job_seeker", "funding", "own_title", "own_carif_number"})
"""Parts of a plan that only stands for its session."""
_PLACES = 128
_KNOWN: LRUCache[tuple[int, ...], tuple[Sequence[FieldNode], frozenset[str]]] = LRUCache(_PLACES)
"""Names below the places of documents that are asked again and again, by their nodes."""


def unasked(info: Info, *shown: str) -> frozenset[str]:
    """Name the parts of plans that no field below this one shows, except those that `shown` needs.

    Names count wherever they stand, under whatever condition: rather too much is read than too little.
    """
    return _parts_without(frozenset(shown) | _names(info))


def unasked_of_sessions(info: Info) -> frozenset[str]:
    """Name likewise the parts of plans that show only their session."""
    return unasked(info) | _OF_THE_PERSON


def asks_for_one(info: Info, *fields: str) -> bool:
    """Whether one of those names stands below this field, wherever."""
    return not _names(info).isdisjoint(fields)


@lru_cache(maxsize=1024)
def _parts_without(names: frozenset[str]) -> frozenset[str]:
    return frozenset(part for part, fields in SHOWN_BY.items() if names.isdisjoint(fields))


def _names(info: Info) -> frozenset[str]:
    raw = info._raw_info  # noqa: SLF001 - strawberry's own reading of a selection makes objects of all its arguments
    nodes = raw.field_nodes
    place = tuple(map(id, nodes))
    try:
        return _KNOWN[place][1]
    except KeyError:
        names = _names_below(raw)
    _KNOWN[place] = (nodes, names)  # kept alive, nodes keep their id
    return names


def _names_below(raw: GraphQLResolveInfo[Any]) -> frozenset[str]:
    names: set[str] = set()
    fragments: set[str] = set()
    waiting: list[SelectionSetNode | None] = [node.selection_set for node in raw.field_nodes]
    while waiting:
        selected = waiting.pop()
        for each in selected.selections if selected else ():
            if isinstance(each, FragmentSpreadNode):
                name = each.name.value
                if name not in fragments:
                    fragments.add(name)
                    waiting.append(raw.fragments[name].selection_set)
            elif isinstance(each, FieldNode):
                names.add(each.name.value)
                waiting.append(each.selection_set)
            elif isinstance(each, InlineFragmentNode):
                waiting.append(each.selection_set)
    return frozenset(names)
