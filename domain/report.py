"""The report of a plan: a draft, then transmitted once and for all."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from domain.facts import Facts
from domain.form import Form
from domain.nomenclature import Entry
from domain.values import Value


class ReportStatus(StrEnum):
    """Where a plan's report stands."""

    NOT_OPEN = "NOT_OPEN"
    TO_ENTER = "TO_ENTER"
    DRAFT = "DRAFT"
    TRANSMITTED = "TRANSMITTED"


UNSENT = (ReportStatus.TO_ENTER, ReportStatus.DRAFT)
"""Of a report that may be written and was not transmitted."""


class Correction(Value):
    """Why a transmitted report was replaced, and which: its version, and when it was transmitted."""

    reason: Entry
    note: str | None = None
    replaces: int
    replaces_transmitted_at: datetime


class Report(Value):
    """What an organization says of a plan. `version` grows with each save, also across a discarded draft.

    `facts` are those of the plan (names, titles, labels) at transmission; `sha256` is that of the PDF made then, in
    hexadecimal, `byte_size` its length, and `verification` the code printed on it. Instants are UTC, in milliseconds.
    """

    version: int
    created_at: datetime
    updated_at: datetime
    form: Form
    transmitted_at: datetime | None = None
    facts: Facts | None = None
    sha256: str | None = None
    byte_size: int | None = None
    verification: str | None = None
    correction: Correction | None = None
    complete: bool = False
    saved_by: str | None = None

    @property
    def replaces(self) -> int | None:
        """Version of the report that this one corrects."""
        return self.correction.replaces if self.correction else None

    @property
    def status(self) -> ReportStatus:
        """DRAFT or TRANSMITTED."""
        return ReportStatus.TRANSMITTED if self.transmitted_at else ReportStatus.DRAFT

    def transmitted(self, *, at: datetime, facts: Facts) -> Report:
        """Return the report as sent, with what it must keep for ever."""
        return self.model_copy(update={"transmitted_at": at, "updated_at": at, "facts": facts})


def saved(previous: Report | None, form: Form, *, version: int, at: datetime) -> Report:
    """Return the draft that replaces another, or the first one."""
    created = previous.created_at if previous else at
    return Report(version=version, created_at=created, updated_at=at, form=form)
