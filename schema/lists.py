"""The lists of sessions and of plans, as they can be asked for."""

from typing import Annotated

import strawberry

from domain.filters import AwaitedFilter, PlanFilter, SessionFilter
from domain.listed import AskedList, ListName
from domain.pages import Page
from domain.plan import Plan
from resolvers import questions
from schema.connections import (
    After,
    AskedPage,
    Before,
    First,
    Last,
    TableConnection,
    page_request,
    page_request_of_sessions,
    table_connection,
)
from schema.context import Info
from schema.enums import OrderDirection, ReportStatus
from schema.list_arguments import (
    BY_LAST_DAY,
    BY_START,
    Funded,
    Late,
    OfOrganization,
    OfPerson,
    OfSession,
    PlanEnds,
    PlanSearch,
    PlansOrder,
    Running,
    SessionSearch,
    SessionsOrder,
    Statuses,
    optional_key,
    statuses_of,
)
from schema.list_arguments import late as late_of
from schema.node import QUESTION, shown
from schema.shared import DateRange, days
from schema.training import TrainingPlan, TrainingSession

TO_ENTER = [ReportStatus.TO_ENTER]


@strawberry.type(description="Lists of sessions and of plans.")
class TrainingListQuery:
    @shown(
        "Sessions that have at least one report to enter (liste des sessions de formation avec bilan à saisir). "
        "`employmentServiceFunded` keeps those with such a plan that the public employment service pays for (true) "
        "or does not (false); with `reportStatus: [TO_ENTER, DRAFT]` a session stays until all is transmitted.",
        points=QUESTION,
    )
    async def pending_sessions(
        self,
        info: Info,
        employment_service_funded: Funded = None,
        plan_ends_on: PlanEnds = None,
        search: SessionSearch = None,
        order_by: SessionsOrder = BY_START,
        first: First = 20,
        after: After = None,
        last: Last = None,
        before: Before = None,
        report_status: Annotated[
            list[ReportStatus] | None,
            strawberry.argument(description="Where such a plan's report stands; to be entered when null."),
        ] = None,
        late: Late = None,
    ) -> TableConnection[TrainingSession]:
        order, descending = (order_by or BY_START).read()
        wanted = SessionFilter(
            employment_service_funded,
            days(plan_ends_on),
            search,
            order,
            descending,
            statuses_of(TO_ENTER if report_status is None else report_status),
            late=late_of(info, late),
        )
        return await _sessions(info, wanted, AskedPage(first, after, last, before), ListName.PENDING_SESSIONS)

    @shown(
        "Every session of the viewer's organization, running, over or done, with a plan whose report stands where "
        "`reportStatus` says.",
        points=QUESTION,
    )
    async def training_sessions(
        self,
        info: Info,
        report_status: Statuses = None,
        on: Running = None,
        ends_on: Annotated[DateRange | None, strawberry.argument(description="Last day of the session.")] = None,
        employment_service_funded: Funded = None,
        search: SessionSearch = None,
        order_by: SessionsOrder = BY_START,
        first: First = 20,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> TableConnection[TrainingSession]:
        order, descending = (order_by or BY_START).read()
        wanted = SessionFilter(
            employment_service_funded,
            search=search,
            order=order,
            descending=descending,
            statuses=statuses_of(report_status),
            on=days(on),
            session_ends=days(ends_on),
        )
        return await _sessions(info, wanted, AskedPage(first, after, last, before), ListName.TRAINING_SESSIONS)

    @shown(
        "Plans whose report is to be entered (liste des DE avec bilan à saisir), by last day, then name. A plan is "
        "here from the day after its end, its early exit or its abandonment; with `reportStatus: [TO_ENTER, DRAFT]` "
        "until its report is transmitted.",
        points=QUESTION,
    )
    async def pending_plans(
        self,
        info: Info,
        training_session_id: OfSession = None,
        employment_service_funded: Funded = None,
        referenced: Annotated[
            bool | None,
            strawberry.argument(
                description="false: enrolled without a referenced session (DE inscrits sur formation sans "
                "référencement)."
            ),
        ] = None,
        plan_ends_on: PlanEnds = None,
        search: PlanSearch = None,
        first: First = 20,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: PlansOrder = BY_LAST_DAY,
        report_status: Annotated[
            list[ReportStatus] | None,
            strawberry.argument(description="Where the report stands; to be entered when null."),
        ] = None,
        late: Late = None,
    ) -> TableConnection[TrainingPlan]:
        order, descending = (order_by or BY_LAST_DAY).read()
        wanted = PlanFilter(
            optional_key(training_session_id, "TrainingSession"),
            employment_service_funded,
            referenced,
            days(plan_ends_on),
            search,
            statuses=statuses_of(TO_ENTER if report_status is None else report_status),
            order=order,
            descending=descending,
            late=late_of(info, late),
        )
        context = info.context
        request = page_request(info, AskedPage(first, after, last, before))
        page = await questions.pending_plans(context.services, context.viewer, wanted, request, today=context.today)
        return _plans(page, AskedList(name=ListName.PENDING_PLANS, plans=wanted))

    @shown(
        "Every plan of the viewer's organization, running, over or done: the way in for absences and abandonments "
        "during the training (saisir les absences et abandon durant la formation).",
        points=QUESTION,
    )
    async def training_plans(
        self,
        info: Info,
        report_status: Statuses = None,
        on: Running = None,
        ends_on: PlanEnds = None,
        training_session_id: OfSession = None,
        search: PlanSearch = None,
        order_by: PlansOrder = BY_LAST_DAY,
        first: First = 20,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> TableConnection[TrainingPlan]:
        order, descending = (order_by or BY_LAST_DAY).read()
        wanted = PlanFilter(
            optional_key(training_session_id, "TrainingSession"),
            ends=days(ends_on),
            search=search,
            on=days(on),
            statuses=statuses_of(report_status),
            order=order,
            descending=descending,
        )
        context = info.context
        request = page_request(info, AskedPage(first, after, last, before))
        page = await questions.training_plans(context.services, context.viewer, wanted, request, today=context.today)
        return _plans(page, AskedList(name=ListName.TRAINING_PLANS, plans=wanted))

    @shown(
        "Plans that are over and whose report the viewer (an adviser, or a job seeker) is still to receive (bilans "
        "attendus), by last day.",
        points=QUESTION,
    )
    async def awaited_plans(
        self,
        info: Info,
        report_required: Annotated[
            bool | None, strawberry.argument(description="true: only compulsory reports.")
        ] = None,
        ends_on: PlanEnds = None,
        search: PlanSearch = None,
        job_seeker_id: OfPerson = None,
        organization_id: OfOrganization = None,
        direction: Annotated[
            OrderDirection | None, strawberry.argument(description="Which way, by last day; longest awaited first.")
        ] = None,
        first: First = 20,
        after: After = None,
        last: Last = None,
        before: Before = None,
        late: Late = None,
    ) -> TableConnection[TrainingPlan]:
        wanted = AwaitedFilter(
            report_required,
            days(ends_on),
            search,
            optional_key(job_seeker_id, "JobSeeker"),
            optional_key(organization_id, "TrainingOrganization"),
            descending=direction is OrderDirection.DESC,
            late=late_of(info, late),
        )
        context = info.context
        request = page_request(info, AskedPage(first, after, last, before))
        page = await questions.awaited_plans(context.services, context.viewer, wanted, request, today=context.today)
        return _plans(page, AskedList(name=ListName.AWAITED_PLANS, awaited=wanted))


async def _sessions(
    info: Info, wanted: SessionFilter, span: AskedPage, name: ListName
) -> TableConnection[TrainingSession]:
    context, request = info.context, page_request_of_sessions(info, span)
    page = await questions.sessions(context.services, context.viewer, wanted, request, today=context.today)
    return table_connection(page, TrainingSession.of_its_plan, AskedList(name=name, sessions=wanted))


def _plans(page: Page[Plan], asked: AskedList) -> TableConnection[TrainingPlan]:
    return table_connection(page, TrainingPlan.of, asked)
