"""Lines of the grid whose report a colleague transmitted meanwhile: what was typed there is shown, not dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.answers import Problem
from desk.french import NO_BREAK
from desk.session_grid import COLUMNS, stored
from desk.templating import person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desk.answers import Typed
    from desk.visit import Visit

TRANSMITTED = "bilan transmis entre-temps"
NOT_HERE = "Un stagiaire n’est plus dans cette session"


async def told_of_gone(
    visit: Visit, plans: Sequence[Mapping[str, Any]], form: Mapping[str, str]
) -> tuple[Problem, ...]:
    """Return a problem for each plan that left the page while answers were typed for it.

    `plans` are those still on the page. A problem quotes the typed answers; none is made where the report that was
    transmitted gives the same ones.
    """
    there = {plan["id"] for plan in plans}
    gone = {plan: typed for plan, typed in _lines(form).items() if plan not in there}
    if not gone:
        return ()
    data = await visit.ask("GoneLines", ids=list(gone))
    found = {node["id"]: node for node in data["nodes"] if node}
    labels = {each["code"]: each["label"] for each in data["exitSituations"]}
    return tuple(
        _problem(found.get(plan), typed, labels)
        for plan, typed in gone.items()
        if plan not in found or any(stored(found[plan])[name] != typed[name] for name in COLUMNS)
    )


def _lines(form: Mapping[str, str]) -> dict[str, Typed]:
    lines, number = dict[str, "Typed"](), 1
    while plan := form.get(f"plan-{number}"):
        lines[plan] = {name: form.get(f"{name}-{number}", "") for name in COLUMNS}
        number += 1
    return lines


def _problem(plan: Mapping[str, Any] | None, typed: Typed, labels: Mapping[str, str]) -> Problem:
    said = f"durée {typed['duree'] or '–'}, diplôme {typed['diplome'] or '–'}"
    said += f", situation {labels.get(typed['situation'], typed['situation']) or '–'}"
    about = f"{person(plan['jobSeeker'])}{NO_BREAK}: {TRANSMITTED}" if plan else NOT_HERE
    return Problem(None, f"{about}. Vous aviez écrit{NO_BREAK}: {said}.")
