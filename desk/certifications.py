"""Finds a certification by words of its title or by its code: while the person types, or by a button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.answers import Problem, certification_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desk.answers import Typed
    from desk.visit import Visit

LONGEST_SEARCH = 100
CHOOSE = "Choisissez votre certification parmi celles qui correspondent."
NONE_FOUND = "Aucune certification ne correspond : cherchez par un autre mot, ou par le code RNCP ou RS."


@dataclass(frozen=True, slots=True)
class Found:
    """The fields of the page with one certification chosen in them, or the certifications from which to choose."""

    typed: Typed
    matches: Sequence[Mapping[str, str]] = ()
    problem: Problem | None = None


async def search(visit: Visit, text: str) -> Sequence[Mapping[str, str]]:
    """Return the certifications (code and label) that match a text, eight at most."""
    wanted = text.partition(" – ")[0].strip()[:LONGEST_SEARCH]
    if not wanted:
        return ()
    matches: Sequence[Mapping[str, str]] = (await visit.ask("Certifications", search=wanted))["nomenclature"]
    return matches


async def settled(visit: Visit, typed: Typed, *, searching: bool = False) -> Found:
    """Turn what was typed into a code: that of a choice, an exact code, or the only match; else give the matches."""
    text, chosen = typed.get("certification-recherche", "").strip(), typed.pop("certification-choix", "")
    if chosen:
        return _taken(typed, await search(visit, chosen), chosen)
    if not text:
        return Found({**typed, "certification": ""})
    code = typed.get("certification", "")
    if code and text.startswith(f"{code} ") and not searching:
        return Found(typed)
    matches = await search(visit, text)
    exact = [each["code"] for each in matches if each["code"].casefold() == text.partition(" – ")[0].casefold()]
    if exact or (len(matches) == 1 and not searching):
        return _taken(typed, matches, exact[0] if exact else matches[0]["code"])
    unsettled = {**typed, "certification": ""}
    return Found(unsettled, matches, Problem("certification", CHOOSE if matches else NONE_FOUND))


def _taken(typed: Typed, matches: Sequence[Mapping[str, str]], code: str) -> Found:
    match = next((each for each in matches if each["code"] == code), None)
    text = certification_text(match) if match else typed.get("certification-recherche", "")
    return Found({**typed, "certification": code, "certification-recherche": text})
