"""Training plans, with their reports."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.calendar import paris_day
from domain.facts import Facts
from domain.form import Form
from domain.nomenclature import NomenclatureName, entry
from domain.paper import drawn_together
from domain.people import Adviser
from domain.report import Report, ReportStatus
from domain.values import Day

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from domain.nomenclature import Known


class Withdrawn(StrEnum):
    """Why nothing is to be written on a plan any more."""

    MOVED = "MOVED"
    CANCELLED = "CANCELLED"


class Plan(Facts):
    """One job seeker's training plan, the unit of everything: it carries its report.

    `earlier_reports` are those that `report` replaced, first to last; `later_reports`, never kept, those that
    replaced it where the plan is shown with an earlier one. `fetched` tells by version and role when a report was
    first read. `report_version` is the last one given, `revision` grows with every change of the plan. `withdrawn`
    is a plan that its organization keeps for what it wrote on it, when it passed to another or was cancelled.
    """

    id: str
    adviser: Adviser | None = None
    followed_since: Day | None = None
    withdrawn: Withdrawn | None = None
    report: Report | None = None
    report_version: int = 0
    earlier_reports: tuple[Report, ...] = ()
    later_reports: tuple[Report, ...] = ()
    fetched: dict[str, dict[str, datetime]] | None = None
    revision: int = 0

    @property
    def names_adviser(self) -> bool:
        """Whether the plan itself names its adviser, and not the advisers feed (`followed_since`)."""
        return self.adviser is not None and self.followed_since is None

    @property
    def facts(self) -> Facts:
        """The facts as they are today."""
        return Facts.model_construct(**{name: getattr(self, name) for name in Facts.model_fields})

    @property
    def reports(self) -> tuple[Report, ...]:
        """Every report there is, first to last."""
        return (*self.earlier_reports, *((self.report,) if self.report else ()), *self.later_reports)

    @property
    def delay(self) -> int | None:
        """Days of Paris from the last day, as it was then, to the first transmission; None before it."""
        first = self.reports[0] if self.reports else None
        if first is None or first.transmitted_at is None:
            return None
        return (paris_day(first.transmitted_at) - (first.facts or self).last_day).days

    def status(self, today: date) -> ReportStatus:
        """Return where the report stands on a day."""
        if self.report:
            return self.report.status
        return ReportStatus.TO_ENTER if today >= self.opens_on else ReportStatus.NOT_OPEN

    def prefilled_form(self, known: Known) -> Form:
        """Return the form as it opens, with what the session and the plan already tell."""
        session, certifying = self.session, self.leads_to_certification
        certification = self.certification if certifying else None
        if session is None:
            return Form(certifying=certifying, certification=certification)
        opened = Form(
            duration_hours=session.duration_hours,
            teaching_mode=entry(known, NomenclatureName.TEACHING_MODE, session.teaching_mode_code),
            certifying=certifying,
            certification=certification,
            exit_level=entry(known, NomenclatureName.EXIT_LEVEL, session.exit_level_today),
            objective=session.objective,
            content=session.content,
        )
        return drawn_together(opened)

    def prefilled_codes(self) -> Iterable[tuple[NomenclatureName, str]]:
        """Name the codes whose labels the prefilled form needs."""
        if self.session and self.session.teaching_mode_code:
            yield NomenclatureName.TEACHING_MODE, self.session.teaching_mode_code
        if self.session and self.session.exit_level_today:
            yield NomenclatureName.EXIT_LEVEL, self.session.exit_level_today

    def with_report(self, report: Report | None) -> Plan:
        """Return the plan with another report, or none."""
        return self.model_copy(update={"report": report})

    def without_draft(self) -> Plan:
        """Return the plan as it is for those who see no draft: until it is transmitted, nothing is written of it.

        Of a plan that was read without its report, nothing is told that is written either.
        """
        told = vars(self)
        report: Report | None = told.get("report")
        if report and report.transmitted_at:
            return self.with_report(report.model_copy(update={"saved_by": None})) if report.saved_by else self
        written = {"report": None, "report_version": 0, "absences": ()}
        return self.model_copy(update={name: bare for name, bare in written.items() if name in told})

    def as_of(self, version: int) -> Plan:
        """Return the plan with the report of that version in its place among the others; as it is without one."""
        if self.report and self.report.version == version:
            return self
        reports = self.reports
        for rank, report in enumerate(reports):
            if report.version == version:
                around = {"earlier_reports": reports[:rank], "later_reports": reports[rank + 1 :]}
                return self.model_copy(update={"report": report, **around})
        return self

    @property
    def current(self) -> Plan:
        """The plan with its latest report, even if it is shown with an earlier one."""
        return self.as_of(self.later_reports[-1].version) if self.later_reports else self

    def as_reported(self) -> Plan:
        """Return the plan as its report shows it: frozen at transmission, as it is until then."""
        if self.report is None or self.report.facts is None:
            return self
        return self.model_copy(update=dict(self.report.facts))
