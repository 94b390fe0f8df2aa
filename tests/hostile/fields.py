"""Each field of a plan and of a report: how it is asked for, and what it shows to whom, in which state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.access import Role
from domain.calendar import paris_day, spelt_instant
from domain.report import ReportStatus
from schema.ids import encode_id
from service.clock import present
from tests.hostile.worlds import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.access import Viewer
    from domain.facts import Facts
    from domain.plan import Plan

    Shown = Callable[[Viewer, Plan], Any]


def writes(viewer: Viewer) -> bool:
    return viewer.role is Role.TRAINING_ORGANIZATION


def sent(plan: Plan) -> bool:
    return plan.report is not None and plan.report.transmitted_at is not None


def status(viewer: Viewer, plan: Plan) -> ReportStatus:
    """Where the report stands for a viewer: only its organization knows of a draft."""
    if writes(viewer) or sent(plan):
        return plan.status(NOW.date())
    return ReportStatus.TO_ENTER if plan.opens_on <= NOW.date() else ReportStatus.NOT_OPEN


def shows_report(viewer: Viewer, plan: Plan) -> bool:
    return sent(plan) or (writes(viewer) and plan.report is not None)


def _exit(plan: Facts, *, reason: bool) -> Any:
    left = plan.exit
    if left is None:
        return None
    told = {"code": left.reason_code} if reason and left.reason_code else None
    return {"kind": left.kind.value, "lastDay": left.last_day.isoformat(), "reason": told}


def _days_awaited(plan: Plan) -> int | None:
    """Since a day in 2025; of a draft as of nothing, so that nobody else learns of it."""
    over = not sent(plan) and plan.withdrawn is None and plan.opens_on <= NOW.date()
    return (paris_day(present()) - plan.opens_on).days if over else None


def late(plan: Plan) -> bool:
    """Those of the worlds are of 2025, and late whenever they are awaited; none but the compulsory ones."""
    return plan.report_required and (_days_awaited(plan) or 0) >= 30


def _absences(viewer: Viewer, plan: Plan) -> Any:
    if not (writes(viewer) or sent(plan)):
        return []
    return [
        {"startsOn": each.starts_on.isoformat(), "reason": {"code": each.reason_code} if writes(viewer) else None}
        for each in plan.absences
    ]


def _report(viewer: Viewer, plan: Plan) -> Any:
    return {"id": encode_id("Report", plan.id)} if shows_report(viewer, plan) else None


def _adviser(plan: Plan) -> Any:
    return plan.adviser and {"id": encode_id("Adviser", plan.adviser.id), "name": plan.adviser.name}


OF_PLAN: dict[str, tuple[str, Shown]] = {
    "id": ("id", lambda _, plan: encode_id("TrainingPlan", plan.id)),
    "title": ("title", lambda _, plan: plan.title),
    "carifNumber": ("carifNumber", lambda _, plan: plan.carif_number),
    "agreementNumber": ("agreementNumber", lambda _, plan: plan.agreement_number),
    "formacode": ("formacode { code }", lambda _, plan: plan.formacode and {"code": plan.formacode.code}),
    "startsOn": ("startsOn", lambda _, plan: plan.starts_on.isoformat()),
    "endsOn": ("endsOn", lambda _, plan: plan.ends_on.isoformat()),
    "lastDay": ("lastDay", lambda _, plan: plan.last_day.isoformat()),
    "reportRequired": ("reportRequired", lambda _, plan: plan.report_required),
    "reportOpensOn": ("reportOpensOn", lambda _, plan: plan.opens_on.isoformat()),
    "daysAwaited": ("daysAwaited", lambda _, plan: _days_awaited(plan)),
    "late": ("late", lambda _, plan: late(plan)),
    "missedHours": (
        "missedHours",
        lambda viewer, plan: plan.missed_hours if writes(viewer) or sent(plan) else 0,
    ),
    "jobSeeker": ("jobSeeker { identifier }", lambda _, plan: {"identifier": plan.job_seeker.identifier}),
    "session": (
        "session { city durationHours }",
        lambda _, plan: plan.session and {"city": plan.session.city, "durationHours": plan.session.duration_hours},
    ),
    "organization": ("organization { siret }", lambda _, plan: {"siret": plan.organization.siret}),
    "adviser": ("adviser { id name }", lambda _, plan: _adviser(plan)),
    "funding": ("funding { reference }", lambda _, plan: {"reference": plan.funding.reference}),
    "exit": ("exit { kind lastDay reason { code } }", lambda viewer, plan: _exit(plan, reason=writes(viewer))),
    "absences": ("absences { startsOn reason { code } }", _absences),
    "reportStatus": ("reportStatus", lambda viewer, plan: status(viewer, plan).value),
    "report": ("report { id }", _report),
    "prefilledForm": (
        "prefilledForm { objective exitSituation { code } }",
        lambda _, plan: {"objective": plan.session.objective if plan.session else None, "exitSituation": None},
    ),
}
"""Every field of `TrainingPlan`, for the viewers whose own the plan is."""
OF_REPORT: dict[str, tuple[str, Shown]] = {
    "id": ("id", lambda _, plan: encode_id("Report", plan.id)),
    "status": ("status", lambda _, plan: plan.status(NOW.date()).value),
    "version": ("version", lambda _, plan: plan.report_version),
    "createdAt": ("createdAt", lambda *_: spelt_instant(NOW)),
    "updatedAt": ("updatedAt", lambda *_: spelt_instant(NOW)),
    "transmittedAt": ("transmittedAt", lambda _, plan: spelt_instant(NOW) if sent(plan) else None),
    "plan": (
        "plan { title exit { kind lastDay reason { code } } }",
        lambda viewer, plan: {
            "title": plan.title,
            "exit": _exit(plan, reason=writes(viewer) and not sent(plan)),
        },
    ),
    "organization": ("organization { siret }", lambda _, plan: {"siret": plan.organization.siret}),
    "jobSeeker": ("jobSeeker { identifier }", lambda _, plan: {"identifier": plan.job_seeker.identifier}),
    "trainingPlan": ("trainingPlan { id }", lambda _, plan: {"id": encode_id("TrainingPlan", plan.id)}),
    "form": ("form { objective }", lambda _, plan: {"objective": f"texte {plan.id}"}),
    "blockers": ("__typename", lambda *_: "Report"),
    "warnings": ("__typename", lambda *_: "Report"),
    "document": (
        "document { sha256 }",
        lambda _, plan: {"sha256": plan.report.sha256 if plan.report else None},
    ),
    "delivery": ("delivery { adviser { name } }", lambda _, plan: _delivery(plan)),
    "savedBy": ("savedBy", lambda *_: None),
    "complete": ("complete", lambda _, plan: sent(plan)),
    "replaces": ("replaces { id }", lambda *_: None),
    "replacedBy": ("replacedBy { id }", lambda *_: None),
    "correctionReason": ("correctionReason { code }", lambda *_: None),
    "correctionNote": ("correctionNote", lambda *_: None),
    "verificationCode": ("verificationCode", lambda *_: None),
    "verificationUrl": ("verificationUrl", lambda *_: None),
}
"""Every field of `Report`, for those who see it: its organization from the first draft, the others later.

What `blockers` and `warnings` say of a draft is another test's; here they are not asked.
"""


def _delivery(plan: Plan) -> Any:
    if not sent(plan):
        return None
    return {"adviser": plan.adviser and {"name": plan.adviser.name}}


def selection(fields: dict[str, tuple[str, Shown]]) -> str:
    return " ".join(asked for asked, _ in fields.values())


def shown(fields: dict[str, tuple[str, Shown]], viewer: Viewer, plan: Plan) -> dict[str, Any]:
    return {asked.partition(" ")[0]: rule(viewer, plan) for asked, rule in fields.values()}
