"""Keeps a form that cannot be taken now: encrypted in the page that says why, and sent again from there."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from desk.answers import NAMES
from desk.forms import KEPT_FIELD, LARGEST_FORM, TOKEN_FIELD, SentForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk.visit import Visit

LARGEST_KEPT = 200 * 1024
"""In bytes: a longer form is not kept in the page, which would be sent back and forth with it."""
_OURS = frozenset(
    {TOKEN_FIELD, KEPT_FIELD, "faire", "acte", "leurs", "avant", "retour", "fichier-garde", "certification", "oui"}
)
_OURS_BEFORE = ("version", "plan-", "choix-", "notification")
_MORE_NAMES = {
    "certification-recherche": "Certification",
    "precision": "Précision",
    "recherche": "Recherche",
    "adresse": "Adresse",
}


def sealed(visit: Visit) -> str:
    """Encrypt the form of a visit for the path that it was sent to; empty where it is too long to be kept."""
    form = visit.form
    file = b64encode(form.file).decode() if len(form.file) <= LARGEST_KEPT else ""
    kept = visit.desk.sessions.seal(_purpose(visit), [form.fields, file])
    return kept if len(kept) < LARGEST_FORM else ""


def taken(visit: Visit) -> SentForm:
    """Return the form that a page had kept and now sends again; otherwise the form as it came."""
    kept = visit.desk.sessions.open(_purpose(visit), visit.form.text(KEPT_FIELD))
    if not isinstance(kept, list):
        return visit.form
    pairs: Sequence[Sequence[str]] = kept[0]
    return SentForm(tuple((name, value) for name, value in pairs), b64decode(kept[1]))


def _purpose(visit: Visit) -> str:
    return f"form:{visit.path}"


def written(form: SentForm) -> list[tuple[str, str]]:
    """Return the answers of a form as pairs of field and text, for their author to read and copy."""
    return [
        (_label(name), value)
        for name, value in form.fields
        if value.strip() and name not in _OURS and not name.startswith(_OURS_BEFORE)
    ]


def _label(name: str) -> str:
    if known := (NAMES | _MORE_NAMES).get(name):
        return known
    stem, _, number = name.rpartition("-")
    if stem in NAMES and number.isdecimal():
        return f"{NAMES[stem]}, ligne {number}"
    return name.replace("-", " ").capitalize()
