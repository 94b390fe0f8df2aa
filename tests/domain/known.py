"""The lists as tests know them: the packaged ones, and two certifications of which one is retired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.lists import PACKAGED
from domain.nomenclature import ListedEntry, NomenclatureName

if TYPE_CHECKING:
    from domain.form import Form, TypedForm
    from domain.nomenclature import Code

CERTIFICATIONS = (
    ListedEntry(code="RNCP34159", label="TP - Monteur dépanneur frigoriste"),
    ListedEntry(code="RNCP278", label="TP - Agent de propreté", retired=True),
)
KNOWN: dict[Code, ListedEntry] = {
    (name, entry.code): entry
    for name, entries in {**PACKAGED, NomenclatureName.CERTIFICATION: CERTIFICATIONS}.items()
    for entry in entries
}


def answered(typed: TypedForm) -> Form:
    return typed.answered(KNOWN)
