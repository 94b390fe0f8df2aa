"""What can be asked."""

from datetime import date
from typing import Annotated, Self

import strawberry

from domain.errors import BadRequest
from domain.filters import PlanFilter, SessionFilter
from domain.listed import AskedList
from domain.listed import ListName as Table
from domain.nomenclature import NomenclatureName as ListName
from domain.pages import LARGEST_PAGE
from resolvers import identities, questions
from schema.asked import unasked
from schema.connections import (
    After,
    Before,
    Connection,
    First,
    Last,
    Span,
    TableConnection,
    connection,
    page_request,
    page_request_of_sessions,
    table_connection,
)
from schema.context import Info
from schema.enums import NomenclatureName, OrderDirection, TrainingSessionOrderField
from schema.ids import key_of
from schema.inputs import TrainingSessionOrder
from schema.node import QUESTION, Node, shown
from schema.nodes import node_of
from schema.reports import Report
from schema.shared import DateRange, NomenclatureEntry, days
from schema.statistics import StatisticsQuery
from schema.training import Funded, JobSeeker, PlanEnds, TrainingPlan, TrainingSession
from schema.verification import VerificationQuery
from schema.viewer import Viewer, viewer_of
from schema.webhooks import WebhookQuery
from schema.whole_session import WholeSessionQuery

PersonSearch = Annotated[
    str | None,
    strawberry.argument(description="Beginnings of words of the name, in any order, or of the identifier."),
]
Created = Annotated[DateRange | None, strawberry.argument(description="Days on which the drafts were created.")]
BY_START = TrainingSessionOrder(field=TrainingSessionOrderField.STARTS_ON, direction=OrderDirection.ASC)


@strawberry.type(description="Compteurs de l'onglet Bilan.")
class ReportDashboard:
    as_of: date = shown("The day for which the figures hold.")
    funded_sessions: int = shown("Sessions de formation financées.")
    other_sessions: int = shown("Sessions de formation non financées.")
    unreferenced_plans: int = shown("DE inscrits sur formation sans référencement.")
    drafts: int = shown("Bilans enregistrés en brouillon.")

    @classmethod
    def of(cls, counted: questions.Dashboard, as_of: date) -> Self:
        """Show the counters of a day."""
        return cls(
            as_of=as_of,
            funded_sessions=counted.funded_sessions,
            other_sessions=counted.other_sessions,
            unreferenced_plans=counted.unreferenced_plans,
            drafts=counted.drafts,
        )


@strawberry.type(description="Nothing is ever returned that the viewer may not see.")
class Query(StatisticsQuery, VerificationQuery, WebhookQuery, WholeSessionQuery):
    @shown("The person or the program behind the access token.")
    async def viewer(self, info: Info) -> Viewer:
        context = info.context
        return viewer_of(
            context.viewer,
            await identities.own_plan(context.services, context.viewer, unasked(info, "organization", "adviser")),
        )

    @shown("Any object by its global identifier; null when it does not exist or may not be seen.", points=QUESTION)
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="As an `id` field gave it.")],  # noqa: A002
    ) -> Node | None:
        return await node_of(info, id)

    @shown(
        "The counters of the reports desk (tableau de bord, onglet Bilan) of the viewer's organization. `planEndsOn` "
        "bears on the reports to enter, `draftCreatedOn` on the drafts.",
        points=4 * QUESTION,
    )
    async def report_dashboard(
        self, info: Info, plan_ends_on: PlanEnds = None, draft_created_on: Created = None
    ) -> ReportDashboard:
        context, today = info.context, info.context.today
        counted = await questions.report_dashboard(
            context.services, context.viewer, ends=days(plan_ends_on), created=days(draft_created_on), today=today
        )
        return ReportDashboard.of(counted, today)

    @shown(
        "Sessions that have at least one report to enter (liste des sessions de formation avec bilan à saisir). "
        "`employmentServiceFunded` keeps those with such a plan that the public employment service pays for (true) "
        "or does not (false).",
        points=QUESTION,
    )
    async def pending_sessions(
        self,
        info: Info,
        employment_service_funded: Funded = None,
        plan_ends_on: PlanEnds = None,
        search: Annotated[
            str | None,
            strawberry.argument(
                description="Beginnings of words of the title or of the town, or of the CARIF number."
            ),
        ] = None,
        order_by: Annotated[
            TrainingSessionOrder | None, strawberry.argument(description="Earliest first when null.")
        ] = BY_START,
        first: First = 20,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> TableConnection[TrainingSession]:
        order, descending = (order_by or BY_START).read()
        wanted = SessionFilter(employment_service_funded, days(plan_ends_on), search, order, descending)
        context, span = info.context, Span(first, after, last, before)
        page = await questions.pending_sessions(
            context.services,
            context.viewer,
            wanted,
            page_request_of_sessions(info, span),
            today=context.today,
        )
        return table_connection(page, TrainingSession.of_its_plan, AskedList.of_sessions(wanted))

    @shown(
        "Plans whose report is to be entered (liste des DE avec bilan à saisir), by last day, then name. A plan is "
        "here from the day after its end, its early exit or its abandonment.",
        points=QUESTION,
    )
    async def pending_plans(
        self,
        info: Info,
        training_session_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only plans on this session.")
        ] = None,
        employment_service_funded: Funded = None,
        referenced: Annotated[
            bool | None,
            strawberry.argument(
                description="false: enrolled without a referenced session (DE inscrits sur formation sans "
                "référencement)."
            ),
        ] = None,
        plan_ends_on: PlanEnds = None,
        search: PersonSearch = None,
        first: First = 20,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> TableConnection[TrainingPlan]:
        session_id = None if training_session_id is None else key_of(training_session_id, "TrainingSession") or "\0"
        wanted = PlanFilter(session_id, employment_service_funded, referenced, days(plan_ends_on), search)
        context, span = info.context, Span(first, after, last, before)
        page = await questions.pending_plans(
            context.services,
            context.viewer,
            wanted,
            page_request(info, span),
            today=context.today,
        )
        return table_connection(page, TrainingPlan.of, AskedList.of_plans(wanted))

    @shown("Reports saved as drafts (bilans enregistrés en brouillon), latest created first.", points=QUESTION)
    async def draft_reports(
        self,
        info: Info,
        created_on: Created = None,
        search: PersonSearch = None,
        first: First = 20,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> TableConnection[Report]:
        context, span = info.context, Span(first, after, last, before)
        page = await questions.draft_reports(
            context.services,
            context.viewer,
            days(created_on),
            search,
            page_request(info, span, "report"),
        )
        return table_connection(page, Report.of, AskedList.of_reports(Table.DRAFTS, days(created_on), search))

    @shown(
        "Reports already transmitted, latest first: those of the viewer's organization, of the viewer (a job "
        "seeker), or of the job seekers the viewer (an adviser) follows.",
        points=QUESTION,
    )
    async def transmitted_reports(
        self,
        info: Info,
        transmitted_on: Annotated[
            DateRange | None, strawberry.argument(description="Days on which they were transmitted.")
        ] = None,
        search: PersonSearch = None,
        first: First = 20,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> TableConnection[Report]:
        context, span = info.context, Span(first, after, last, before)
        page = await questions.transmitted_reports(
            context.services,
            context.viewer,
            days(transmitted_on),
            search,
            page_request(info, span, "report"),
        )
        asked = AskedList.of_reports(Table.TRANSMITTED, days(transmitted_on), search)
        return table_connection(page, Report.of, asked)

    @shown(
        "Job seekers the viewer may see, to reach a report from a person (parcours de formation DE).", points=QUESTION
    )
    async def job_seekers(
        self,
        info: Info,
        search: Annotated[
            str, strawberry.argument(description="Words of the name, in any order, or beginning of the identifier.")
        ],
        first: First = 20,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[JobSeeker]:
        context, span = info.context, Span(first, after, last, before)
        page = await questions.job_seekers(context.services, context.viewer, search, page_request(info, span))
        return connection(page, JobSeeker.of)

    @shown(
        "One drop-down list (menu déroulant) of the form, in display order, or the entries that match.",
        points=QUESTION,
    )
    async def nomenclature(
        self,
        info: Info,
        name: Annotated[NomenclatureName, strawberry.argument(description="Which list.")],
        search: Annotated[
            str | None, strawberry.argument(description="Beginnings of words of the label, or of the code.")
        ] = None,
        first: Annotated[int | None, strawberry.argument(description="How many at most, 1 to 100.")] = 50,
    ) -> list[NomenclatureEntry]:
        wanted = 50 if first is None else first
        if not 1 <= wanted <= LARGEST_PAGE:
            raise BadRequest(f"« first » doit être compris entre 1 et {LARGEST_PAGE}.")
        found = await questions.nomenclature(info.context.services, ListName(name.name), search, wanted)
        return [NomenclatureEntry(code=each.code, label=each.label) for each in found]
