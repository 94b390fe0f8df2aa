"""What an organization does to a plan: each act takes the plan as it stands and gives it as it becomes.

An act that changes nothing returns the very plan it was given. Refusals are raised, all at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.calendar import french_day
from domain.errors import Refusal, RefusalCode, Refused
from domain.plan import Withdrawn
from domain.report import Report, saved

if TYPE_CHECKING:
    from datetime import date, datetime

    from domain.facts import Facts
    from domain.form import Form
    from domain.plan import Plan

_PLAN = ("trainingPlanId",)
_WITHDRAWN = {
    Withdrawn.MOVED: "Ce plan est passé à un autre organisme : votre brouillon se lit, et ne se transmet plus.",
    Withdrawn.CANCELLED: "Ce plan a été annulé : votre brouillon se lit, et ne se transmet plus.",
}


def save_draft(plan: Plan, form: Form, expected_version: int | None, *, now: datetime, today: date) -> Plan:
    """Keep a form, complete or not. NOT_OPEN, ALREADY_TRANSMITTED, STALE_VERSION.

    Saving the same again succeeds and changes nothing, whichever version its author has read: the answer to the first
    attempt may have been lost.
    """
    require_open(plan, today)
    require_not_transmitted(plan)
    if _repeats(plan, form, expected_version):
        return plan
    require_version(plan, expected_version)
    return drafted(plan, form, now)


def judged(plan: Plan, *, complete: bool, by: str) -> Plan:
    """Return the plan with whether its report could be transmitted as it was saved, and by whom it was."""
    return plan.with_report(_draft(plan.report).model_copy(update={"complete": complete, "saved_by": by}))


def transmit(plan: Plan, form: Form | None, expected_version: int | None, *, now: datetime, today: date) -> Plan:
    """Send a form, or the draft as saved. The caller checks the blockers, as it knows the lists.

    Sending again what was sent changes nothing. NOT_OPEN, ALREADY_TRANSMITTED, STALE_VERSION, REQUIRED.
    """
    report = plan.report
    if report and report.transmitted_at:
        if form is None or form.answers() == report.form.answers():
            return plan
        require_not_transmitted(plan)
    require_open(plan, today)
    if form is not None:
        require_version(plan, expected_version)
    elif report is None:
        message = "Il n'y a pas de brouillon à transmettre : joignez le formulaire."
        raise Refused([Refusal(code=RefusalCode.REQUIRED, message=message, path=("form",))])
    elif expected_version is not None:
        require_version(plan, expected_version)
    next_draft = drafted(plan, form if form is not None else _draft(report).form, now)
    sent = _draft(next_draft.report).transmitted(at=now, facts=frozen(plan))
    return next_draft.with_report(sent)


def discard_draft(plan: Plan, expected_version: int | None) -> Plan:
    """Throw the draft away. NOT_FOUND when there is none, ALREADY_TRANSMITTED, STALE_VERSION."""
    require_not_transmitted(plan)
    if plan.report is None:
        message = "Ce plan n'a pas de brouillon."
        raise Refused([Refusal(code=RefusalCode.NOT_FOUND, message=message, path=_PLAN)], plan)
    if expected_version is not None:
        require_version(plan, expected_version)
    return plan.with_report(None)


def not_open(plan: Plan, today: date) -> tuple[Refusal, ...]:
    """Say when the report opens: the day after the plan's end, early exit or abandonment; nothing once it is open.

    The day is a published rule. The report of a withdrawn plan is not open any more: NOT_ALLOWED.
    """
    if plan.withdrawn:
        return (Refusal(code=RefusalCode.NOT_ALLOWED, message=_WITHDRAWN[plan.withdrawn], path=_PLAN),)
    if today >= plan.opens_on:
        return ()
    message = f"Le bilan pourra être saisi à partir du {french_day(plan.opens_on)}."
    return (Refusal(code=RefusalCode.NOT_OPEN, message=message, path=_PLAN),)


def require_open(plan: Plan, today: date) -> None:
    """Raise NOT_OPEN before the report opens, NOT_ALLOWED once the plan was withdrawn."""
    if refusals := not_open(plan, today):
        raise Refused(refusals, plan)


def require_not_transmitted(plan: Plan) -> None:
    """Raise ALREADY_TRANSMITTED: a transmitted report does not change. A proposal of ours."""
    if plan.report and plan.report.transmitted_at:
        message = "Le bilan de ce plan est déjà transmis : il ne peut plus être modifié."
        raise Refused([Refusal(code=RefusalCode.ALREADY_TRANSMITTED, message=message, path=_PLAN)], plan)


def require_standing(plan: Plan) -> None:
    """Raise NOT_ALLOWED where the plan was withdrawn: what was written on it is read, and not written on."""
    if plan.withdrawn:
        message = _WITHDRAWN[plan.withdrawn]
        raise Refused([Refusal(code=RefusalCode.NOT_ALLOWED, message=message, path=_PLAN)], plan)


def _repeats(plan: Plan, form: Form, expected: int | None) -> bool:
    report = plan.report
    return report is not None and expected != report.version and form.answers() == report.form.answers()


def require_version(plan: Plan, expected: int | None) -> None:
    """Raise STALE_VERSION when the report is not, or no more, the one that its author has read."""
    current = plan.report.version if plan.report else None
    if expected == current:
        return
    if plan.report and plan.report.transmitted_at:
        message = "Ce bilan a été corrigé entre-temps : relisez-le avant de le corriger."
    elif expected is not None:
        message = "Ce brouillon a été modifié ou abandonné entre-temps : relisez-le avant d'enregistrer."
    else:
        message = "Un brouillon existe déjà pour ce plan : relisez-le avant d'enregistrer."
    raise Refused([Refusal(code=RefusalCode.STALE_VERSION, message=message, path=("expectedVersion",))], plan)


def drafted(plan: Plan, form: Form, now: datetime) -> Plan:
    """Return the plan with a form as its next draft, unchecked."""
    version = plan.report_version + 1
    draft = saved(plan.report, form, version=version, at=now)
    return plan.model_copy(update={"report": draft, "report_version": version})


def previewed(plan: Plan, form: Form, now: datetime) -> Plan:
    """Return the plan with a form that is not saved: its version is none, 0."""
    draft = saved(plan.report, form, version=0, at=now)
    return plan.model_copy(update={"report": draft})


def _draft(report: Report | None) -> Report:
    assert report is not None  # noqa: S101 - each caller has looked
    return report


def frozen(plan: Plan) -> Facts:
    """Return what the report shows for ever; reasons of exit and absence never go with it."""
    return plan.facts.without_reasons()
