"""Global identifiers as text: opaque to clients, stable for ever."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.plan import Plan

CORRECTED = "CorrectedReport"
"""Kind of the identifier of a corrected report: the first of its plan keeps its own for ever."""


def global_id(kind: str, key: str) -> str:
    """Make the identifier of an object of a public type."""
    return urlsafe_b64encode(f"{kind}:{key}".encode()).decode().rstrip("=")


def report_id(plan: Plan) -> str:
    """Make the identifier of a plan's report: one names one transmitted report, whatever corrects it."""
    report = plan.report
    if report is None or report.correction is None:
        return global_id("Report", plan.id)
    return global_id(CORRECTED, f"{report.version}:{plan.id}")
