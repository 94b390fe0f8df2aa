"""Entries of the audit trail as the documents that keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.trail import Deed, Origin, Seen, TrailEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.client import Document

OF_READER = ("account", "address", "agent")
"""Lists, where one event was told to many."""


def entry_document(entry: TrailEntry) -> Document:
    """Write an entry as a document."""
    return {
        "at": entry.at,
        "account": entry.account,
        "role": entry.role,
        "deed": entry.deed.value,
        "outcome": entry.outcome,
        "seen": [{"person": each.person, "plan": each.plan, "report": each.report} for each in entry.seen],
        "address": entry.origin.address,
        "agent": entry.origin.short_agent,
    }


def entries_of(document: Document) -> Iterator[TrailEntry]:
    """Read the entries of a document: one, or one for each reader."""
    places = [document[name] for name in OF_READER]
    readers = zip(*places, strict=True) if isinstance(document["account"], list) else [places]
    for account, address, agent in readers:
        yield TrailEntry(
            at=document["at"],
            account=account,
            role=document["role"],
            deed=Deed(document["deed"]),
            outcome=document["outcome"],
            seen=tuple(Seen(**each) for each in document["seen"]),
            origin=Origin(address, agent),
        )
