"""What happens during the training: an early exit or abandonment, days missed; recorded, corrected, taken back.

Each act gives the plan as it becomes, or the very plan when it changes nothing: a second click, or a retry after
a lost answer, is no refusal. The rules on days, hours and what is known ahead are proposals of ours: no
published source was found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.acts import require_not_transmitted, require_standing
from domain.calendar import french_day
from domain.errors import Refusal, RefusalCode, Refused
from domain.facts import NEVER_CAME
from domain.hours import absence_refusals
from domain.nomenclature import NomenclatureName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.facts import Absence, PlanExit
    from domain.nomenclature import Known
    from domain.plan import Plan


def record_exit(plan: Plan, exit_: PlanExit, known: Known) -> Plan:
    """Record that the trainee left before the end, or correct it; the report is due from the next day.

    That day is a published rule.

    A day to come is welcome: people give notice. Of somebody who never came (NON_PRESENTE) there is no last day of
    presence: a day before the first stands for none, and is kept as the very day before. ALREADY_TRANSMITTED;
    UNKNOWN_CODE; INVALID when the day is outside the plan or before the last absence.
    """
    exit_ = exit_.within(plan.starts_on)
    if plan.recorded_exit == exit_:
        return plan
    _require_open_to_records(plan)
    kept = plan.recorded_exit.reason_code if plan.recorded_exit else None
    _refuse(
        plan, *_reason(NomenclatureName.EXIT_REASON, exit_.reason_code, kept, known), *_exit_refusals(plan, exit_)
    )
    return plan.model_copy(update={"recorded_exit": exit_})


def withdraw_exit(plan: Plan) -> Plan:
    """Take back the exit that was recorded; one that the employment service announced shows again.

    A draft stays: it waits for the plan to be over. ALREADY_TRANSMITTED; NOT_ALLOWED for an exit that was only
    announced; INVALID when an absence is recorded after the announced one.
    """
    if plan.recorded_exit is None:
        if plan.announced_exit:
            message = (
                "La sortie qui reste est annoncée par le service public de l'emploi : elle ne se retire pas ici, "
                "mais vous pouvez en enregistrer une autre."
            )
            _refuse(plan, Refusal(code=RefusalCode.NOT_ALLOWED, message=message, path=("trainingPlanId",)))
        return plan
    _require_open_to_records(plan)
    if plan.announced_exit:
        _refuse(plan, *_absences_after(plan, plan.announced_exit, "trainingPlanId"))
    return plan.model_copy(update={"recorded_exit": None})


def record_absence(plan: Plan, absence: Absence, known: Known) -> Plan:
    """Record days missed; the same again (days, hours, reason) changes nothing. Days to come are welcome.

    ALREADY_TRANSMITTED; UNKNOWN_CODE; INVALID when outside the plan, overlapping, upside down, or with more hours
    than fit in its days or in the course.
    """
    if any(_facts(each) == _facts(absence) for each in plan.absences):
        return plan
    return _with_absence(plan, absence, None, known)


def correct_absence(plan: Plan, absence: Absence, known: Known) -> Plan:
    """Replace the absence of that id. NOT_FOUND when there is none; otherwise refused like `record_absence`."""
    previous = next((each for each in plan.absences if each.id == absence.id), None)
    if previous is None:
        message = "Cette absence n'existe pas ou a été retirée."
        raise Refused([Refusal(code=RefusalCode.NOT_FOUND, message=message, path=("absenceId",))], plan)
    return plan if previous == absence else _with_absence(plan, absence, previous, known)


def withdraw_absence(plan: Plan, absence_id: str) -> Plan:
    """Take an absence back; one that is not there is taken back already. ALREADY_TRANSMITTED."""
    others = tuple(each for each in plan.absences if each.id != absence_id)
    if len(others) == len(plan.absences):
        return plan
    _require_open_to_records(plan)
    return plan.model_copy(update={"absences": others})


def _require_open_to_records(plan: Plan) -> None:
    require_standing(plan)
    require_not_transmitted(plan)


def _with_absence(plan: Plan, absence: Absence, previous: Absence | None, known: Known) -> Plan:
    _require_open_to_records(plan)
    others = tuple(each for each in plan.absences if each is not previous)
    kept = previous.reason_code if previous else None
    _refuse(
        plan,
        *_reason(NomenclatureName.ABSENCE_REASON, absence.reason_code, kept, known),
        *_day_refusals(plan, absence, others),
        *absence_refusals(plan, absence, others),
    )
    absences = sorted((*others, absence), key=lambda each: each.starts_on)
    return plan.model_copy(update={"absences": tuple(absences)})


def _facts(absence: Absence) -> dict[str, object]:
    return absence.model_dump(exclude={"id"})


def _refuse(plan: Plan, *refusals: Refusal) -> None:
    if refusals:
        raise Refused(refusals, plan)


def _invalid(message: str, field: str) -> Refusal:
    return Refusal(code=RefusalCode.INVALID, message=message, path=(field,))


def _reason(name: NomenclatureName, code: str | None, kept: str | None, known: Known) -> Iterator[Refusal]:
    """Hold a reason to its list; one that was there before may stay after it was retired."""
    if code is None or code == kept:
        return
    found = known.get((name, code))
    if found is None or found.retired:
        message = "Choisissez le motif dans la liste : ce code n'existe pas ou n'est plus proposé."
        yield Refusal(code=RefusalCode.UNKNOWN_CODE, message=message, path=("reasonCode",))


def _exit_refusals(plan: Plan, exit_: PlanExit) -> Iterator[Refusal]:
    never_came = exit_.reason_code == NEVER_CAME and exit_.last_day < plan.starts_on
    if never_came or plan.starts_on <= exit_.last_day <= plan.ends_on:
        yield from _absences_after(plan, exit_, "lastDay")
    else:
        within = f"du {french_day(plan.starts_on)} au {french_day(plan.ends_on)}"
        yield _invalid(f"Le dernier jour de présence doit être dans les dates du plan, {within}.", "lastDay")


def _absences_after(plan: Plan, exit_: PlanExit, field: str) -> Iterator[Refusal]:
    late = [each for each in plan.absences if each.ends_on > exit_.last_day]
    if late:
        day = french_day(exit_.last_day)
        yield _invalid(f"Une absence {_days(late[-1])} dépasse le {day} : corrigez-la d'abord.", field)


def _day_refusals(plan: Plan, absence: Absence, others: tuple[Absence, ...]) -> Iterator[Refusal]:
    if absence.ends_on < absence.starts_on:
        yield _invalid("L'absence finit avant de commencer.", "endsOn")
        return
    within = f"du {french_day(plan.starts_on)} au {french_day(plan.last_day)}"
    for field, day in (("startsOn", absence.starts_on), ("endsOn", absence.ends_on)):
        if not plan.starts_on <= day <= plan.last_day:
            yield _invalid(f"L'absence doit être dans les dates du plan, {within}.", field)
    for other in others:
        if absence.starts_on <= other.ends_on and other.starts_on <= absence.ends_on:
            yield _invalid(f"Une absence est déjà enregistrée {_days(other)} : corrigez-la.", "startsOn")


def _days(absence: Absence) -> str:
    if absence.starts_on == absence.ends_on:
        return f"le {french_day(absence.starts_on)}"
    return f"du {french_day(absence.starts_on)} au {french_day(absence.ends_on)}"
