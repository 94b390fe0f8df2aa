"""A plan in which everything stands that a document can hold: pinned as it is kept and as its paper tells it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from domain.acts import frozen
from domain.facts import Absence, PlanExit, PlanExitKind
from domain.nomenclature import Entry
from domain.report import Correction, Report
from tests.domain.known import KNOWN
from tests.factories import a_form, a_plan

if TYPE_CHECKING:
    from domain.plan import Plan

SAVED = datetime(2025, 11, 24, 9, 30, 5, 120000, tzinfo=UTC)
SENT = datetime(2025, 11, 25, 14, 2, 8, 250000, tzinfo=UTC)
CORRECTED = datetime(2025, 12, 1, 8, 0, 0, 500000, tzinfo=UTC)


def whole_plan() -> Plan:
    """Return a plan whose report was corrected, with an exit, an absence and first readings."""
    living = a_plan(
        announced_exit=PlanExit(kind=PlanExitKind.EARLY_EXIT, last_day=date(2025, 11, 14), reason_code="EMPLOI"),
        recorded_exit=PlanExit(kind=PlanExitKind.ABANDONMENT, last_day=date(2025, 11, 7), reason_code="SANTE"),
        absences=(
            Absence(id="a-1", starts_on=date(2025, 9, 8), ends_on=date(2025, 9, 9), reason_code="MALADIE", hours=10),
        ),
        report_version=4,
    )
    first = _report(living, 3, SENT, "0" * 64, "0123456789AB")
    reason = Entry(code="ERREUR_SAISIE", label="Erreur de saisie")
    correction = Correction(
        reason=reason, note="La durée comptait le stage.", replaces=3, replaces_transmitted_at=SENT
    )
    second = _report(living, 4, CORRECTED, "f" * 64, "7KQ4M2XD9PT0")
    return living.model_copy(
        update={
            "report": second.model_copy(update={"correction": correction}),
            "earlier_reports": (first,),
        }
    )


def _report(plan: Plan, version: int, at: datetime, sha256: str, code: str) -> Report:
    form = a_form(attended_hours=201.5).answered(KNOWN)
    draft = Report(version=version, created_at=SAVED, updated_at=SAVED, form=form)
    sent = draft.transmitted(at=at, facts=frozen(plan))
    return sent.model_copy(update={"sha256": sha256, "verification": code})
