"""What is true of a training: who is trained, where, when, at whose cost; exits and absences.

A plan has it, as the feeds and its organization tell it today; a transmitted report keeps it as it was.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from math import ceil
from typing import Self

from domain.lists import EXIT_LEVEL_TODAY
from domain.nomenclature import Entry
from domain.people import JobSeeker, Organization
from domain.values import Day, Hours, Value

COMPULSORY = frozenset({"AIF", "AFC", "POEC", "POEC_OPCA"})
NEVER_CAME = "NON_PRESENTE"
"""The reason of an exit (EXIT_REASON) that needs no day of presence."""
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

    @property
    def shown(self) -> str:
        """What lists and tables show: the reference, or the scheme where there is none."""
        return self.reference or self.scheme


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

    @property
    def exit_level_today(self) -> str | None:
        """The exit level as one may be given today; None where no level of today is certain."""
        return EXIT_LEVEL_TODAY.get(self.exit_level_code or "", self.exit_level_code)


def session_key(session_id: str, siret: str) -> str:
    """Return the key of an organization's session; two organizations may have one with the same number."""
    return f"{session_id}\x1f{siret}"


class PlanExitKind(StrEnum):
    """How a trainee left before the end."""

    EARLY_EXIT = "EARLY_EXIT"
    ABANDONMENT = "ABANDONMENT"


class PlanExit(Value):
    """An early exit (sortie anticipée) or an abandonment (abandon)."""

    kind: PlanExitKind
    last_day: Day
    reason_code: str | None = None

    def within(self, first_day: date) -> Self:
        """Return the exit, moved to the eve of the plan's first day if it is earlier.

        That eve means that the trainee never came.
        """
        eve = first_day - _DAY
        return self if self.last_day >= eve else self.model_copy(update={"last_day": eve})


class Absence(Value):
    """Days, both included, and hours missed during the training."""

    id: str
    starts_on: Day
    ends_on: Day
    reason_code: str | None = None
    hours: Hours | None = None

    @property
    def whole_hours(self) -> int | None:
        """The hours, half an hour counted as one; None where they are not known."""
        return None if self.hours is None else ceil(self.hours)


class Facts(Value):
    """The facts of one job seeker's training.

    `announced_exit` comes with the plans feed, `recorded_exit` from the organization, whose word goes before.
    """

    starts_on: Day
    ends_on: Day
    own_title: str | None = None
    own_carif_number: str | None = None
    own_agreement_number: str | None = None
    own_formacode: Entry | None = None
    own_certification: Entry | None = None
    funding: Funding
    job_seeker: JobSeeker
    organization: Organization
    session: Session | None = None
    announced_exit: PlanExit | None = None
    recorded_exit: PlanExit | None = None
    absences: tuple[Absence, ...] = ()

    @property
    def title(self) -> str:
        """The session's where there is one."""
        return self.session.title if self.session else self.own_title or ""

    @property
    def carif_number(self) -> str | None:
        """The session's where there is one."""
        return self.session.carif_number if self.session else self.own_carif_number

    @property
    def agreement_number(self) -> str | None:
        """N° de convention: the session's where it has one, else the one that the organization has."""
        return (self.session.agreement_number if self.session else None) or self.own_agreement_number

    @property
    def formacode(self) -> Entry | None:
        """The session's where it has one."""
        return (self.session.formacode if self.session else None) or self.own_formacode

    @property
    def rome(self) -> Entry | None:
        """The session's where there is one."""
        return self.session.rome if self.session else None

    @property
    def certification(self) -> Entry | None:
        """What the training leads to: the session's certification where it names one."""
        return (self.session.certification if self.session else None) or self.own_certification

    @property
    def leads_to_certification(self) -> bool | None:
        """Whether the training is certifying. Where nothing says so, a training that names a certification is."""
        told = self.session.certifying if self.session else None
        return True if told is None and self.certification else told

    @property
    def session_key(self) -> str | None:
        """The key that tells the session from all others: the number that feeds give it, and its organization."""
        return session_key(self.session.id, self.organization.siret) if self.session else None

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
    def never_attended(self) -> bool:
        """Whether the trainee never came: then their last day is the eve of the first."""
        return self.last_day < self.starts_on

    @property
    def opens_on(self) -> date:
        """First day on which the report may be entered: the day after the plan's end or exit (a published rule)."""
        return self.last_day + _DAY

    @property
    def report_required(self) -> bool:
        """Whether the employment service pays through AIF, AFC or POEC, POEC_OPCA included (a published rule)."""
        return self.funding.employment_service_funded and self.funding.scheme in COMPULSORY

    @property
    def missed_hours(self) -> Hours:
        """Hours of all absences together; an absence without hours counts for none."""
        return sum(absence.hours or 0 for absence in self.absences)

    def without_reasons(self) -> Self:
        """Return them without what can be near to health data."""
        known = self.model_copy(update={"announced_exit": None, "recorded_exit": self.exit})
        return known.without_written_reasons()

    def without_written_reasons(self) -> Self:
        """Return them without the reasons that its organization wrote; that of an announced exit stays."""
        exit_ = self.recorded_exit and self.recorded_exit.model_copy(update={"reason_code": None})
        absences = tuple(absence.model_copy(update={"reason_code": None}) for absence in self.absences)
        return self.model_copy(update={"recorded_exit": exit_, "absences": absences})
