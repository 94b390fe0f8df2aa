"""A transmitted report does not change: its organization transmits a corrected one, which replaces it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.acts import frozen, require_version
from domain.errors import Refusal, RefusalCode, Refused
from domain.nomenclature import NomenclatureName, entry
from domain.report import Correction, saved
from domain.text import cleaned
from domain.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from domain.form import Form
    from domain.nomenclature import Code, Known
    from domain.plan import Plan
    from domain.report import Report

LONGEST_NOTE = 300
_OTHER = "AUTRE"


class TypedReason(Value):
    """Why a report is corrected, as somebody typed it."""

    code: str
    note: str | None = None

    def codes(self) -> list[Code]:
        """Name the code to look up before `correct`."""
        return [(NomenclatureName.CORRECTION_REASON, self.code)]


def correct(
    plan: Plan, form: Form, typed: TypedReason, expected_version: int, known: Known, *, now: datetime
) -> Plan:
    """Replace the transmitted report by a corrected one; the same correction again changes nothing.

    Names, titles and labels are frozen anew: a correction may be there for them alone. NOT_FOUND without a
    transmitted report, STALE_VERSION, UNKNOWN_CODE, REQUIRED, INVALID for a note too long, or where nothing changes.
    """
    report = plan.report
    if report is None or report.transmitted_at is None:
        message = "Ce plan n'a pas de bilan transmis à corriger."
        raise Refused([Refusal(code=RefusalCode.NOT_FOUND, message=message, path=("trainingPlanId",))], plan)
    if refusals := tuple(_reason_refusals(typed, known)):
        raise Refused(refusals, plan)
    correction = Correction(
        reason=entry(known, NomenclatureName.CORRECTION_REASON, typed.code),
        note=cleaned(typed.note),
        replaces=report.version,
        replaces_transmitted_at=report.transmitted_at,
    )
    facts = frozen(plan)
    changes = form.answers() != report.form.answers() or facts != plan.as_reported().facts
    if _same(report, form, correction) and (report.replaces == expected_version or not changes):
        return plan
    require_version(plan, expected_version)
    if not changes:
        message = "Rien n'est changé : ce bilan est celui qui est déjà transmis."
        raise Refused([Refusal(code=RefusalCode.INVALID, message=message, path=("form",))], plan)
    version = plan.report_version + 1
    draft = saved(report, form, version=version, at=now).model_copy(update={"correction": correction})
    corrected = draft.transmitted(at=now, facts=facts)
    earlier = (*plan.earlier_reports, report)
    return plan.model_copy(update={"report": corrected, "report_version": version, "earlier_reports": earlier})


def _same(report: Report, form: Form, correction: Correction) -> bool:
    made = report.correction
    return (
        made is not None
        and (made.reason.code, made.note) == (correction.reason.code, correction.note)
        and report.form.answers() == form.answers()
    )


def _reason_refusals(typed: TypedReason, known: Known) -> Iterator[Refusal]:
    found = known.get((NomenclatureName.CORRECTION_REASON, typed.code))
    note = cleaned(typed.note)
    if found is None or found.retired:
        message = "Choisissez le motif de la correction dans la liste : ce code n'existe pas ou n'est plus proposé."
        yield Refusal(code=RefusalCode.UNKNOWN_CODE, message=message, path=("reasonCode",))
    elif typed.code == _OTHER and note is None:
        message = "Dites en une phrase pourquoi le bilan est corrigé."
        yield Refusal(code=RefusalCode.REQUIRED, message=message, path=("reasonNote",))
    if note and len(note) > LONGEST_NOTE:
        message = f"Dites le motif en {LONGEST_NOTE} caractères au plus."
        yield Refusal(code=RefusalCode.INVALID, message=message, path=("reasonNote",))
