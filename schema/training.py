"""Job seekers, sessions and plans."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from domain import facts as domain
from domain import lateness
from domain.filters import PlanFilter
from domain.listed import AskedList, ListName
from domain.plan import Plan
from resolvers import reports
from schema.connections import After, AskedPage, Before, First, Last, TableConnection, page_request, table_connection
from schema.context import Info
from schema.enums import ReportStatus
from schema.forms import ReportForm
from schema.ids import encode_id
from schema.list_arguments import Funded, Late, PlanEnds, Statuses, statuses_of
from schema.list_arguments import late as late_of
from schema.node import QUESTION, Node, shown
from schema.people import Adviser, TrainingOrganization
from schema.plan_parts import Absence, Funding, PlanExit
from schema.shared import NomenclatureEntry, days, entry_of

if TYPE_CHECKING:
    from schema.reports import Report


@strawberry.type(description="Demandeur d'emploi (DE).")
class JobSeeker(Node):
    identifier: str = shown("Identifier known to the employment service (N° DE).")
    last_name: str = shown("Nom.")
    first_name: str = shown("Prénom.")

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """Show the person of a plan."""
        person = plan.job_seeker
        return cls(
            id=encode_id("JobSeeker", person.identifier),
            identifier=person.identifier,
            last_name=person.last_name,
            first_name=person.first_name,
        )

    @shown(
        "The plans the viewer may see, latest first; `reportStatus` separates those to do from those done.",
        points=QUESTION,
    )
    async def plans(
        self,
        info: Info,
        report_status: Statuses = None,
        first: First = 20,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> "TableConnection[TrainingPlan]":
        context, wanted = info.context, statuses_of(report_status)
        span = AskedPage(first, after, last, before)
        asked = AskedList.of_plans_of(ListName.PLANS_OF_PERSON, self.identifier, wanted)
        page = await context.loaders.plans.load((asked, page_request(info, span)))
        return table_connection(page, TrainingPlan.of, asked)


@strawberry.type(description="Session de formation.")
class TrainingSession(Node):
    session: strawberry.Private[domain.Session]
    plan: strawberry.Private[Plan]
    carif_number: str = shown("N° CARIF.")
    agreement_number: str | None = shown("N° de convention.")
    title: str = shown("Intitulé.")
    starts_on: date = shown("First day.")
    ends_on: date = shown("Last day.")
    city: str | None = shown("Ville.")
    duration_hours: int | None = shown("Hours.")

    @classmethod
    def of(cls, plan: Plan) -> "TrainingSession | None":
        """Show the session of a plan."""
        session = plan.session
        if session is None:
            return None
        return cls(
            id=encode_id("TrainingSession", plan.session_key or ""),
            session=session,
            plan=plan,
            carif_number=session.carif_number,
            agreement_number=session.agreement_number,
            title=session.title,
            starts_on=session.starts_on,
            ends_on=session.ends_on,
            city=session.city,
            duration_hours=session.duration_hours,
        )

    @classmethod
    def of_its_plan(cls, plan: Plan) -> "TrainingSession":
        """Show the session of a plan that is known to have one."""
        found = cls.of(plan)
        if found is None:
            raise KeyError(plan.id)
        return found

    @shown("Financement.")
    def funding(self) -> Funding | None:
        return Funding.of(self.session.funding) if self.session.funding else None

    @shown("Formacode principal.")
    def formacode(self) -> NomenclatureEntry | None:
        return entry_of(self.session.formacode)

    @shown("ROME principal.")
    def rome(self) -> NomenclatureEntry | None:
        return entry_of(self.session.rome)

    @shown("Who gives the course.")
    def organization(self) -> TrainingOrganization:
        return TrainingOrganization.of(self.plan.organization)

    @shown("Reports still to enter, drafts not included.")
    async def pending_report_count(
        self,
        info: Info,
        employment_service_funded: Funded = None,
        plan_ends_on: PlanEnds = None,
        late: Late = None,
    ) -> int:
        wanted = PlanFilter(
            session_id=self.plan.session_key,
            funded=employment_service_funded,
            ends=days(plan_ends_on),
            late=late_of(info, late),
        )
        return await info.context.loaders.pending_count.load(wanted)

    @shown("Its plans that the viewer may see, by name.", points=QUESTION)
    async def plans(
        self,
        info: Info,
        report_status: Statuses = None,
        first: First = 20,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> "TableConnection[TrainingPlan]":
        context, wanted = info.context, statuses_of(report_status)
        span = AskedPage(first, after, last, before)
        asked = AskedList.of_plans_of(ListName.PLANS_OF_SESSION, self.plan.session_key or "", wanted)
        page = await context.loaders.plans.load((asked, page_request(info, span)))
        return table_connection(page, TrainingPlan.of, asked)


@strawberry.type(description="One job seeker's plan on a session (plan de formation).")
class TrainingPlan(Node):
    plan: strawberry.Private[Plan]
    title: str = shown("Intitulé; the session's where there is one.")
    carif_number: str | None = shown("N° CARIF.")
    starts_on: date = shown("First day, the person's own.")
    ends_on: date = shown("As planned.")
    report_required: bool = shown(
        "Whether the report is compulsory: funded by the employment service through AIF, AFC or POEC."
    )
    report_opens_on: date = shown(
        "First day on which the report may be entered: the day after the plan's end or exit."
    )

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """Show a plan."""
        return cls(
            id=encode_id("TrainingPlan", plan.id),
            plan=plan,
            title=plan.title,
            carif_number=plan.carif_number,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
            report_required=plan.report_required,
            report_opens_on=plan.opens_on,
        )

    @shown("Last day of the plan, early exit and abandonment included.")
    def last_day(self) -> date:
        return self.plan.last_day

    @shown("N° de convention: the session's, else the one that the organization has on the first day.")
    def agreement_number(self) -> str | None:
        return self.plan.agreement_number

    @shown("Formacode principal: the session's, else the plan's own.")
    def formacode(self) -> NomenclatureEntry | None:
        return entry_of(self.plan.formacode)

    @shown("Hours of all its `absences` together, half hours too.")
    def missed_hours(self) -> float:
        return self.plan.missed_hours

    @shown("Who is trained.")
    def job_seeker(self) -> JobSeeker:
        return JobSeeker.of(self.plan)

    @shown("null: entered by the employment service without a referenced session.")
    def session(self) -> TrainingSession | None:
        return TrainingSession.of(self.plan)

    @shown("Who trains and writes the report.")
    def organization(self) -> TrainingOrganization:
        return TrainingOrganization.of(self.plan.organization)

    @shown("Who follows the job seeker and receives the report; null where the plan names nobody.")
    def adviser(self) -> Adviser | None:
        return Adviser.of(self.plan.adviser) if self.plan.adviser else None

    @shown("Financement.")
    def funding(self) -> Funding:
        return Funding.of(self.plan.funding)

    @shown("Sortie anticipée ou abandon, as soon as it is known.")
    def exit(self) -> PlanExit | None:
        return PlanExit.of(self.plan.exit)

    @shown(
        "Absences during the training, in order; its organization sees them as they are recorded, the job seeker and "
        "the adviser once the report is transmitted."
    )
    def absences(self) -> list[Absence]:
        return [Absence.of(absence) for absence in self.plan.absences]

    @shown("Where the report stands today; a draft is still to be entered for all but its organization.")
    def report_status(self, info: Info) -> ReportStatus:
        return ReportStatus(self.plan.status(info.context.today).value)

    @shown(
        "Days for which the report has been awaited, 0 on the first on which it may be written; null before that "
        "day, and once it is transmitted."
    )
    def days_awaited(self, info: Info) -> int | None:
        return lateness.days_awaited(self.plan, info.context.today)

    @shown(
        "Whether the report is late (en retard): compulsory, and awaited for `lateAfterDays` or longer. Any other is "
        "awaited (attendu), and never late."
    )
    def late(self, info: Info) -> bool:
        context = info.context
        return lateness.is_late(self.plan, context.today, context.services.late_after_days)

    @shown("The draft or the transmitted report; a draft is seen by its organization alone.")
    def report(self) -> Annotated["Report", strawberry.lazy("schema.reports")] | None:
        from schema.reports import Report  # noqa: PLC0415 - plans and reports show each other

        return Report.of(self.plan) if self.plan.report else None

    @shown("The form as it opens, with what the session already tells.")
    async def prefilled_form(self, info: Info) -> ReportForm:
        return ReportForm.of(await reports.prefilled_form(info.context.loaders.known, self.plan), self.plan)
