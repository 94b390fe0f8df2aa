"""Hours of a training: those attended, told only where they are known, and the bounds of what may be said of them."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from domain.errors import Refusal, RefusalCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from domain.facts import Absence, Facts
    from domain.form import Form
    from domain.plan import Plan
    from domain.values import Hours

A_DAY = 10
"""The longest day of a trainee (Code du travail, articles L6343-2 and L3121-18)."""
_HALVES = "Indiquez des heures entières ou des demi-heures."


def attended_hours(form: Form, facts: Facts) -> Hours | None:
    """Return the hours attended (heures suivies), None where they are not known.

    The organization's own figure goes before. Of a whole training they are its hours less those missed, unless an
    absence does not say its hours; of one that was left early nothing is known; who never came attended none.
    """
    if form.attended_hours is not None:
        return form.attended_hours
    if facts.never_attended:
        return 0
    if form.duration_hours is None or facts.last_day < facts.ends_on:
        return None
    if any(absence.hours is None for absence in facts.absences):
        return None
    return max(form.duration_hours - facts.missed_hours, 0)


def spelt(hours: Hours) -> str:
    """Spell hours as they are read: « 1 240 h », « 3 h 30 »."""
    whole = f"{int(hours):,} h".replace(",", "\u202f").replace(" ", "\u00a0")
    return whole if hours == int(hours) else f"{whole}\u00a030"


def form_refusals(form: Form, facts: Facts, corrected: Form | None = None) -> Iterator[Refusal]:
    """Say what cannot be: more hours missed or attended than the training has, or than fit in its days.

    A report that was transmitted with more hours missed is corrected all the same: its absences do not change.
    """
    duration, missed = form.duration_hours, facts.missed_hours
    if duration is not None and missed > duration >= 0 and not _was_so(corrected, missed):
        message = f"Les absences enregistrées font {spelt(missed)}, sur une formation de {spelt(duration)}."
        yield _invalid(message, "form", "durationHours")
    if form.attended_hours is not None:
        yield from _attended_refusals(form.attended_hours, duration, facts)


def absence_refusals(plan: Plan, absence: Absence, others: Sequence[Absence]) -> Iterator[Refusal]:
    """Say what cannot be of the hours of an absence beside the others of its plan."""
    if absence.hours is None:
        return
    days = abs((absence.ends_on - absence.starts_on).days) + 1
    if not (isfinite(absence.hours) and 0 < absence.hours <= A_DAY * days):
        message = f"Le nombre d'heures doit tenir dans les jours d'absence, {A_DAY} heures par jour au plus."
        yield _invalid(message, "hours")
        return
    if not _in_halves(absence.hours):
        yield _invalid(_HALVES, "hours")
    course = _course_hours(plan)
    missed = sum(each.hours or 0 for each in (*others, absence))
    if course is not None and missed > course:
        message = f"Avec cette absence, {spelt(missed)} seraient manquées sur une formation de {spelt(course)}."
        yield _invalid(message, "hours")


def _was_so(corrected: Form | None, missed: Hours) -> bool:
    return corrected is not None and corrected.duration_hours is not None and missed > corrected.duration_hours


def _attended_refusals(attended: Hours, duration: int | None, facts: Facts) -> Iterator[Refusal]:
    most = _most(duration, facts)
    if not (isfinite(attended) and 0 <= attended <= most):
        message = f"Les heures suivies doivent être comprises entre 0 et {spelt(most)}."
        yield _invalid(message, "form", "attendedHours")
    elif not _in_halves(attended):
        yield _invalid(_HALVES, "form", "attendedHours")


def _most(duration: int | None, facts: Facts) -> int:
    """Return the most hours that can have been attended: the training's, and what fits the days before an exit."""
    whole = _MOST if duration is None else max(min(duration, _MOST), 0)
    if facts.last_day >= facts.ends_on:
        return whole
    return min(whole, A_DAY * max((facts.last_day - facts.starts_on).days + 1, 0))


def _course_hours(plan: Plan) -> int | None:
    """Return what is known of a training's hours before its report is sent: its session's, else its draft's."""
    told = plan.session.duration_hours if plan.session else None
    return told or (plan.report.form.duration_hours if plan.report else None)


def _in_halves(hours: Hours) -> bool:
    return hours * 2 == int(hours * 2)


def _invalid(message: str, *path: str) -> Refusal:
    return Refusal(code=RefusalCode.INVALID, message=message, path=path)


_MOST = 99_999
