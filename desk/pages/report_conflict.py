"""Ce brouillon a été modifié entre-temps: the differing answers of two people side by side, to choose between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desk.answers import NAMES, ORDER, Typed, rows_of, typed_of
from desk.report_saving import asked_version, save

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from desk.report_saving import Saved
    from desk.visit import Visit

_OURS = frozenset({"faire", "version", "jeton", "garde", "leurs", "certification-choix"})
_LISTS = {"modalite": "teachingModes", "niveau": "exitLevels", "situation": "exitSituations"}
_SPOKEN = {"oui": "Oui", "non": "Non"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A question to which two people gave different answers, with the text of both."""

    name: str
    label: str
    mine: str
    theirs: str


async def page(visit: Visit, saved: Saved) -> Response:
    """Show both versions of the answers, and keep both in the page, so that nothing typed is lost (409)."""
    data = await visit.node("ReportForm", visit.part("plan"))
    plan, report = data["node"], saved.report or data["node"]["report"]
    mine = {name: value for name, value in saved.typed.items() if name not in _OURS and not name.startswith("choix-")}
    theirs = typed_of(report["form"]) if report else {}
    return visit.page(
        "report_conflict.html",
        title="Ce bilan a été transmis entre-temps"
        if saved.transmitted
        else "Ce brouillon a été modifié entre-temps",
        status=409,
        plan=plan,
        report=report,
        transmitted=saved.transmitted,
        mine=mine,
        theirs=visit.seal("theirs", theirs),
        differences=differences(mine, theirs, data),
    )


def differences(mine: Mapping[str, str], theirs: Mapping[str, str], lists: Mapping[str, Any]) -> list[Difference]:
    """List the questions whose answers differ, in the order of the page; `lists` has the labels of codes."""
    names = [name for name in ORDER if name in NAMES]
    pairs = [(name, _spoken(name, mine, lists), _spoken(name, theirs, lists)) for name in names]
    return [Difference(name, NAMES[name], one, other) for name, one, other in pairs if one.split() != other.split()]


def _spoken(name: str, typed: Mapping[str, str], lists: Mapping[str, Any]) -> str:
    if name == "periode":
        return "\n".join(
            f"du {typed.get(f'periode-{row}-du', '')} au {typed.get(f'periode-{row}-au', '')}"
            for row in rows_of(typed)
            if typed.get(f"periode-{row}-du") or typed.get(f"periode-{row}-au")
        )
    if name == "certification":
        return typed.get("certification-recherche", "")
    value = typed.get(name, "")
    if name in _LISTS:
        return next((each["label"] for each in lists[_LISTS[name]] if each["code"] == value), value)
    return _SPOKEN.get(value, value)


async def chosen(visit: Visit) -> Response:
    """Save the answers that were chosen: question by question, or all of one person."""
    form, plan = visit.form, visit.part("plan")
    mine = {
        name: value for name, value in form.typed().items() if name not in _OURS and not name.startswith("choix-")
    }
    theirs: Typed = visit.opened("theirs", form.text("leurs")) or {}
    side = form.text("faire")
    if side == "leurs":
        return visit.go(f"/bilans/{plan}")
    taken = mine if side == "miennes" else merged(mine, theirs, form.typed())
    saved = await save(visit, plan, taken, asked_version(form.text("version")))
    if saved.conflict or saved.transmitted:
        return await page(visit, saved)
    return visit.go(f"/bilans/{plan}?{'revoir=1' if saved.problems else 'fait=brouillon'}")


def merged(mine: Mapping[str, str], theirs: Mapping[str, str], choices: Mapping[str, str]) -> Typed:
    """Return the answers of `theirs` for the questions where they were chosen, those of `mine` for all others."""
    taken = dict(mine)
    for name in NAMES:
        if choices.get(f"choix-{name}") != "leurs":
            continue
        for field in [field for field in taken if field == name or field.startswith(f"{name}-")]:
            del taken[field]
        taken |= {field: value for field, value in theirs.items() if field == name or field.startswith(f"{name}-")}
    return taken
