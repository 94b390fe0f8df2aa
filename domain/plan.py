"""Sessions, training plans, exits and absences; when a plan's report opens."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.form import Form
from domain.nomenclature import Entry, Known, NomenclatureName, entry
from domain.people import Adviser, JobSeeker, Organization
from domain.report import Report, ReportStatus
from domain.values import Day, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

COMPULSORY = frozenset({"AIF", "AFC", "POEC", "POEC_OPCA"})
_SHOWN = frozenset({"AIF", "AFC", "POEC"})
_DAY = timedelta(days=1)


class Funding(Value):
    """Who pays. `scheme` (dispositif) is an open list and is kept as it came."""

    reference: str | None = None
    scheme: str
    employment_service_funded: bool

    @property
    def shown_scheme(self) -> str:
        """AIF, AFC and POEC count as themselves, anything else as OTHER."""
        return self.scheme if self.scheme in _SHOWN else "OTHER"


class Session(Value):
    """A session of a course, with what it already tells of the report."""

    id: str
    carif_number: str
    agreement_number: str | None = None
    title: str
    starts_on: Day
    ends_on: Day
    city: str | None = None
    funding: Funding | None = None
    duration_hours: int | None = None
    formacode: Entry | None = None
    rome: Entry | None = None
    teaching_mode_code: str | None = None
    certifying: bool | None = None
    certification: Entry | None = None
    exit_level_code: str | None = None
    objective: str | None = None
    content: str | None = None


class PlanExitKind(StrEnum):
    """How a trainee left before the end."""

    EARLY_EXIT = "EARLY_EXIT"
    ABANDONMENT = "ABANDONMENT"


class PlanExit(Value):
    """An early exit (sortie anticipée) or an abandonment (abandon)."""

    kind: PlanExitKind
    last_day: Day
    reason_code: str | None = None


class Absence(Value):
    """Days, both included, and hours missed during the training."""

    id: str
    starts_on: Day
    ends_on: Day
    reason_code: str | None = None
    hours: int | None = None


class Plan(Value):
    """One job seeker's training plan, the unit of everything: it carries its report.

    `announced_exit` comes with the plans feed, `recorded_exit` from the organization, whose word goes before.
    `earlier_reports` are those that `report` replaced, first to last; `later_reports`, never kept, those that
    replaced it where the plan is shown with an earlier one. `fetched` tells by version and role when a report was
    first read. `report_version` is the last one given, `revision` grows with every change of the plan.
    """

    id: str
    starts_on: Day
    ends_on: Day
    own_title: str | None = None
    own_carif_number: str | None = None
    funding: Funding
    job_seeker: JobSeeker
    adviser: Adviser | None = None
    organization: Organization
    session: Session | None = None
    announced_exit: PlanExit | None = None
    recorded_exit: PlanExit | None = None
    absences: tuple[Absence, ...] = ()
    report: Report | None = None
    report_version: int = 0
    earlier_reports: tuple[Report, ...] = ()
    later_reports: tuple[Report, ...] = ()
    fetched: dict[str, dict[str, datetime]] | None = None
    revision: int = 0

    @property
    def reports(self) -> tuple[Report, ...]:
        """Every report there is, first to last."""
        return (*self.earlier_reports, *((self.report,) if self.report else ()), *self.later_reports)

    @property
    def title(self) -> str:
        """The session's where there is one."""
        return self.session.title if self.session else self.own_title or ""

    @property
    def carif_number(self) -> str | None:
        """The session's where there is one."""
        return self.session.carif_number if self.session else self.own_carif_number

    @property
    def exit(self) -> PlanExit | None:
        """How the trainee left before the end, if they did."""
        return self.recorded_exit or self.announced_exit

    @property
    def last_day(self) -> date:
        """Last day of the plan, early exit and abandonment included."""
        exit_ = self.recorded_exit or self.announced_exit
        return min(self.ends_on, exit_.last_day) if exit_ else self.ends_on

    @property
    def opens_on(self) -> date:
        """First day on which the report may be entered: the day after the plan's end or exit (S)."""
        return self.last_day + _DAY

    @property
    def report_required(self) -> bool:
        """Whether the employment service pays through AIF, AFC or POEC (POEC_OPCA included) (S)."""
        return self.funding.employment_service_funded and self.funding.scheme in COMPULSORY

    @property
    def missed_hours(self) -> int:
        """Hours of all absences together; an absence without hours counts for none."""
        return sum(absence.hours or 0 for absence in self.absences)

    def attended_hours(self, duration_hours: int | None) -> int | None:
        """Return the hours of a course less those missed (heures suivies); None while the duration is not known."""
        return None if duration_hours is None else max(duration_hours - self.missed_hours, 0)

    def status(self, today: date) -> ReportStatus:
        """Return where the report stands on a day."""
        if self.report:
            return self.report.status
        return ReportStatus.TO_ENTER if today >= self.opens_on else ReportStatus.NOT_OPEN

    def prefilled_form(self, known: Known) -> Form:
        """Return the form as it opens, with what the session already tells."""
        session = self.session
        if session is None:
            return Form()
        return Form(
            duration_hours=session.duration_hours,
            teaching_mode=entry(known, NomenclatureName.TEACHING_MODE, session.teaching_mode_code),
            certifying=session.certifying,
            certification=session.certification if session.certifying else None,
            exit_level=entry(known, NomenclatureName.EXIT_LEVEL, session.exit_level_code),
            objective=session.objective,
            content=session.content,
        )

    def prefilled_codes(self) -> Iterable[tuple[NomenclatureName, str]]:
        """Name the codes whose labels the prefilled form needs."""
        if self.session and self.session.teaching_mode_code:
            yield NomenclatureName.TEACHING_MODE, self.session.teaching_mode_code
        if self.session and self.session.exit_level_code:
            yield NomenclatureName.EXIT_LEVEL, self.session.exit_level_code

    def without_reasons(self) -> Plan:
        """Return the plan without what can be near to health data."""
        known = self.model_copy(update={"announced_exit": None, "recorded_exit": self.exit})
        return known.without_written_reasons()

    def without_written_reasons(self) -> Plan:
        """Return the plan without the reasons that its organization wrote; that of an announced exit stays."""
        exit_ = self.recorded_exit and self.recorded_exit.model_copy(update={"reason_code": None})
        absences = tuple(absence.model_copy(update={"reason_code": None}) for absence in self.absences)
        return self.model_copy(update={"recorded_exit": exit_, "absences": absences})

    def with_report(self, report: Report | None) -> Plan:
        """Return the plan with another report, or none."""
        return self.model_copy(update={"report": report})

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

    def as_reported(self) -> Plan:
        """Return the plan as its report shows it: frozen at transmission, as it is until then."""
        if self.report is None or self.report.frozen_plan is None:
            return self
        told = self.model_fields_set & {"report", "report_version", "earlier_reports", "later_reports", "fetched"}
        return self.report.frozen.model_copy(update={name: getattr(self, name) for name in told})
