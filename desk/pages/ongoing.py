"""Formations en cours: absences, early exits and abandonments, entered during the training."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from desk.columns import ACTION, PERIOD, PERSON, Column
from desk.french import WRITE_IT_SO, day, number, typed_day
from desk.stopping import Stopped
from desk.tables import list_page, person_search, search_again, sort, turned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from desk.visit import Visit

HALF_HOURS = "Écrivez un nombre d’heures, par exemple 7 ou 3,5."
_FIELDS = (
    "absence-du",
    "absence-au",
    "absence-heures",
    "absence-motif",
    "sortie-genre",
    "sortie-jour",
    "sortie-motif",
)
_PLACES = {
    "absence": {"startsOn": "du", "endsOn": "au", "hours": "heures", "missedHours": "heures", "reasonCode": "motif"},
    "sortie": {"kind": "genre", "lastDay": "jour", "reasonCode": "motif"},
}
_LONGEST_NUMBER = 8

COLUMNS = (
    *PERSON,
    Column("formation", "Formation"),
    PERIOD,
    Column("absences", "Absences"),
    ACTION,
)

Problems = list[tuple[str | None, str]]


async def shown(visit: Visit) -> Response:
    """Show a page of the plans that are not over."""
    search, order = person_search(visit), sort(visit, COLUMNS, "fin")
    data = await visit.ask("Ongoing", search=search or None, orderBy=order.variables, **turned(visit))
    return list_page(
        visit,
        "ongoing.html",
        data["trainingPlans"],
        title="Formations en cours",
        search=search,
        order=order,
        columns=COLUMNS,
        plans=data["trainingPlans"]["nodes"],
    )


async def searched(visit: Visit) -> Response:
    """Search by name or identifier."""
    return search_again(visit)


async def one(visit: Visit) -> Response:
    """Show the absences and the exit of a plan; `?absence=ID` fills the form with an absence, to correct it."""
    data = await visit.node("Attendance", visit.part("plan"))
    typed = dict.fromkeys(_FIELDS, "")
    corrected = visit.query("absence")
    for absence in data["node"].get("absences") or ():
        if absence["id"] == corrected:
            typed |= _typed_of(absence)
    return _page(visit, data, typed, [])


async def entered(visit: Visit) -> Response:
    """Do what the pressed button says, and show the page again: with the result, or with all problems at once."""
    plan, act = visit.part("plan"), visit.form.text("faire")
    typed = {name: visit.form.text(name).strip() for name in _FIELDS}
    problems: Problems = []
    match act:
        case "absence" | "corriger":
            operation, given = _absence(typed, problems, visit.form.text("absence"), corrected=act == "corriger")
        case "retirer-absence":
            operation, given = "WithdrawAbsence", {"absenceId": visit.form.text("absence")}
        case "sortie":
            operation, given = _exit(typed, problems)
        case "retirer-sortie":
            operation, given = "WithdrawPlanExit", {}
        case _:
            raise Stopped.absent()
    if not problems:
        payload = await visit.ask(operation, input={"trainingPlanId": plan, **given})
        errors = next(iter(payload.values()))["userErrors"]
        if not errors:
            return visit.go(f"/en-cours/{plan}?fait={act}")
        problems = _placed(errors, "sortie" if "sortie" in act else "absence")
    return _page(visit, await visit.node("Attendance", plan), typed, problems, status=422)


def _page(
    visit: Visit, data: Mapping[str, Any], typed: Mapping[str, str], problems: Problems, *, status: int = 200
) -> Response:
    plan = data["node"]
    if not plan.get("jobSeeker"):
        raise Stopped.absent()
    return visit.page(
        "attendance.html",
        title="Absences et sortie",
        tab=f"Absences et sortie, {plan['title']}",
        status=status,
        plan=plan,
        absence_reasons=data["absenceReasons"],
        exit_reasons=data["exitReasons"],
        typed=typed,
        problems=problems,
        wrong={field: message for field, message in problems if field},
        corrected=visit.query("absence") or visit.form.text("absence"),
        done=visit.query("fait"),
    )


def _typed_of(absence: Mapping[str, Any]) -> dict[str, str]:
    hours = absence["missedHours"]
    return {
        "absence-du": day(absence["startsOn"]),
        "absence-au": day(absence["endsOn"]),
        "absence-heures": "" if hours is None else number(hours).replace(",0", ""),
        "absence-motif": absence["reason"]["code"] if absence["reason"] else "",
    }


def _absence(
    typed: Mapping[str, str], problems: Problems, absence: str, *, corrected: bool
) -> tuple[str, dict[str, Any]]:
    given: dict[str, Any] = {
        "startsOn": _day(typed, "absence-du", problems),
        "endsOn": _day(typed, "absence-au", problems),
        "missedHours": _hours(typed["absence-heures"], problems),
        "reasonCode": typed["absence-motif"] or None,
    }
    return ("CorrectAbsence", given | {"absenceId": absence}) if corrected else ("RecordAbsence", given)


def _exit(typed: Mapping[str, str], problems: Problems) -> tuple[str, dict[str, Any]]:
    kind = {"sortie": "EARLY_EXIT", "abandon": "ABANDONMENT"}.get(typed["sortie-genre"])
    if kind is None:
        problems.append(("sortie-genre", "Indiquez s’il s’agit d’une sortie anticipée ou d’un abandon."))
    never_came = typed["sortie-motif"] == "NON_PRESENTE" and not typed["sortie-jour"]
    last_day = None if never_came else _day(typed, "sortie-jour", problems)
    return "RecordPlanExit", {"kind": kind, "lastDay": last_day, "reasonCode": typed["sortie-motif"] or None}


def _day(typed: Mapping[str, str], field: str, problems: Problems) -> str | None:
    found = typed_day(typed[field])
    if found is None:
        problems.append((field, WRITE_IT_SO))
    return found


def _hours(text: str, problems: Problems) -> float | None:
    plain = re.sub(r"\s|h(eures?)?$", "", text, flags=re.IGNORECASE)
    if not plain:
        return None
    if len(plain) > _LONGEST_NUMBER or not re.fullmatch(r"[0-9]+([.,][0-9]+)?", plain):
        problems.append(("absence-heures", HALF_HOURS))
        return None
    return float(plain.replace(",", "."))


def _placed(errors: list[dict[str, Any]], part: str) -> Problems:
    """Put each refusal beside its field; one without a field is shown in the summary only."""
    places = _PLACES[part]
    found: Problems = []
    for error in errors:
        last = (error["path"] or [""])[-1]
        found.append((f"{part}-{places[last]}" if last in places else None, error["message"]))
    return found
