"""The report as data, attached to its PDF as `bilan.json`; `docs/report.schema.json` describes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from domain.hours import attended_hours

if TYPE_CHECKING:
    from datetime import datetime

    from domain.form import Form, Internship
    from domain.nomenclature import Entry
    from domain.plan import Plan
    from domain.report import Correction, Report

NAME = "bilan.json"
SCHEMA = "urn:bilans:schema:report:1"


def attached(plan: Plan, report: Report) -> bytes:
    """Return UTF-8 JSON, the same bytes for the same report; texts as they were typed.

    Reasons of exit and of absence are left out: only the organization that wrote them may see them.
    """
    document = {
        "$schema": SCHEMA,
        "status": report.status.value,
        "version": report.version,
        "updatedAt": _instant(report.updated_at),
        "transmittedAt": _instant(report.transmitted_at) if report.transmitted_at else None,
        "organization": plan.organization.model_dump(mode="json", by_alias=False),
        "trainee": _trainee(plan),
        "plan": _plan(plan),
        "answers": _answers(report.form, plan),
        "correction": _correction(report.correction),
    }
    return json.dumps(_camel(document), ensure_ascii=False, indent=1).encode()


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _trainee(plan: Plan) -> dict[str, Any]:
    return plan.job_seeker.model_dump(include={"identifier", "last_name", "first_name"})


def _plan(plan: Plan) -> dict[str, Any]:
    left = plan.exit
    return {
        "id": plan.id,
        "title": plan.title,
        "carif_number": plan.carif_number,
        "agreement_number": plan.agreement_number,
        "starts_on": plan.starts_on.isoformat(),
        "ends_on": plan.ends_on.isoformat(),
        "exit": {"kind": left.kind.value, "last_day": left.last_day.isoformat()} if left else None,
        "funding": plan.funding.model_dump(),
        "missed_hours": plan.missed_hours,
        "formacode": _entry(plan.formacode),
        "rome": _entry(plan.rome),
    }


def _correction(correction: Correction | None) -> dict[str, Any] | None:
    if correction is None:
        return None
    return {
        "replaces_version": correction.replaces,
        "replaces_transmitted_at": _instant(correction.replaces_transmitted_at),
        "reason": _entry(correction.reason),
        "note": correction.note,
    }


def _answers(form: Form, plan: Plan) -> dict[str, Any]:
    return {
        "duration_hours": form.duration_hours,
        "teaching_mode": _entry(form.teaching_mode),
        "certifying": form.certifying,
        "certification": _entry(form.certification),
        "exit_level": _entry(form.exit_level),
        "has_internship": form.has_internship,
        "internship": _internship(form.internship),
        "objective": form.objective,
        "content": form.content,
        "diploma_obtained": form.diploma_obtained,
        "attended_hours": attended_hours(form, plan),
        "exit_situation": _entry(form.exit_situation),
    }


def _entry(entry: Entry | None) -> dict[str, str] | None:
    return {"code": entry.code, "label": entry.label} if entry else None


def _internship(internship: Internship | None) -> dict[str, Any] | None:
    return internship.model_dump(mode="json") if internship else None


def _camel(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {_camelled(key): _camel(inner) for key, inner in value.items()}
    return [_camel(inner) for inner in value] if isinstance(value, list | tuple) else value


def _camelled(key: str) -> str:
    first, *others = key.split("_")
    return first + "".join(word.capitalize() for word in others)
