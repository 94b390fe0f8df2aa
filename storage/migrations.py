"""What a database of an earlier release needs before this one may work on it: each migration, oldest first.

A migration is written so that the release before it goes on working while it runs (expand, migrate, contract): what
that release reads stays until a later migration removes it. It finds by itself what is still to be done, so it may be
stopped at any point and begun again, beside acts: what somebody changes meanwhile is compared by revision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.access import RECIPIENTS
from domain.facts import Facts
from storage.documents import TRANSMITTED, from_document
from storage.keys import plan_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.client import Document


@dataclass(frozen=True, slots=True)
class Migration:
    """To which shape of documents it leads, and what it changes of a collection: nothing for a document that has it.

    `changed` returns the fields to set and those to remove, or None; what it raises is of a document that cannot be
    read, which stays as it is and is named. `oldest` is the shape of the oldest release that may work on the result.
    """

    to: int
    oldest: int
    what: str
    collection: str
    changed: Callable[[Document], tuple[Document, tuple[str, ...]] | None]


def _of_the_first_release(document: Document) -> tuple[Document, tuple[str, ...]] | None:
    """Give a plan of before 1.0.0 its facts and positions as they are made since: all of those that it lacks."""
    told = {
        name: value
        for name in ("report", "earlier_reports")
        if (value := _with_facts(document.get(name))) != document.get(name)
    }
    if "unread" not in document and document.get("state") == TRANSMITTED:
        told["unread"] = _unread(document)
    keys = plan_keys(from_document({**document, **told}))
    if keys != document.get("keys"):
        told["keys"] = keys
    return (told, ()) if told else None


def _unread(document: Document) -> Document:
    """Say by whom a report was not read yet, as it is noted since."""
    read = (document.get("fetched") or {}).get(str(document["report"]["version"]), {})
    return {role.value: True for role in RECIPIENTS if role.value not in read}


def _with_facts(report: Any) -> Any:  # noqa: ANN401 - a report, several, or none, as they are kept
    if isinstance(report, list):
        return [_with_facts(each) for each in report]
    if not isinstance(report, dict) or "frozen_plan" not in report:
        return report
    kept = {name: value for name, value in report.items() if name != "frozen_plan"}
    frozen = report["frozen_plan"]
    facts = {name: frozen[name] for name in Facts.model_fields if name in frozen} if frozen else None
    return kept | {"facts": facts}


MIGRATIONS = (
    Migration(1, 1, "facts and positions of plans, as the first release keeps them", "plans", _of_the_first_release),
    Migration(2, 2, "what statistics count plans by, which is among their positions", "plans", _of_the_first_release),
)
SHAPE = MIGRATIONS[-1].to
"""Of the documents that this release writes."""
