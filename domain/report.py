"""The report of a plan: a draft, then transmitted once and for all."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from domain.form import Form
from domain.nomenclature import Entry
from domain.restoring import restoring
from domain.values import Value

if TYPE_CHECKING:
    from domain.plan import Plan


class ReportStatus(StrEnum):
    """Where a plan's report stands."""

    NOT_OPEN = "NOT_OPEN"
    TO_ENTER = "TO_ENTER"
    DRAFT = "DRAFT"
    TRANSMITTED = "TRANSMITTED"


class Correction(Value):
    """Why a transmitted report was replaced, and which: its version, and when it was transmitted."""

    reason: Entry
    note: str | None = None
    replaces: int
    replaces_transmitted_at: datetime


class Report(Value):
    """What an organization says of a plan. `version` grows with each save, also across a discarded draft.

    `frozen_plan` is the dump of the plan (names, titles, labels) at transmission; `sha256` that of the PDF
    made then, in hexadecimal, and `verification` the code printed on it. Instants are UTC, in milliseconds.
    """

    version: int
    created_at: datetime
    updated_at: datetime
    form: Form
    transmitted_at: datetime | None = None
    frozen_plan: dict[str, Any] | None = None
    sha256: str | None = None
    verification: str | None = None
    correction: Correction | None = None

    @cached_property
    def frozen(self) -> Plan:
        """The plan as it was at transmission, read from its dump once; ValueError for a draft."""
        from domain.plan import Plan  # noqa: PLC0415 - plans hold reports

        if self.frozen_plan is None:
            raise ValueError("nothing is frozen of a draft")
        plan: Plan = restoring(Plan)(self.frozen_plan)
        return plan

    @property
    def replaces(self) -> int | None:
        """Version of the report that this one corrects."""
        return self.correction.replaces if self.correction else None

    @property
    def status(self) -> ReportStatus:
        """DRAFT or TRANSMITTED."""
        return ReportStatus.TRANSMITTED if self.transmitted_at else ReportStatus.DRAFT

    def transmitted(self, *, at: datetime, plan: dict[str, Any]) -> Report:
        """Return the report as sent, with what it must keep for ever."""
        sent = self.model_copy(update={"transmitted_at": at, "updated_at": at, "frozen_plan": plan})
        vars(sent).pop("frozen", None)
        return sent


def saved(previous: Report | None, form: Form, *, version: int, at: datetime) -> Report:
    """Return the draft that replaces another, or the first one."""
    created = previous.created_at if previous else at
    return Report(version=version, created_at=created, updated_at=at, form=form)
