"""The lists of reports and of people, as they can be asked for."""

from typing import Annotated

import strawberry

from domain import access as domain
from domain.filters import ReportFilter
from domain.listed import AskedList, ListName
from resolvers import questions
from schema.connections import (
    After,
    AskedPage,
    Before,
    Connection,
    First,
    Last,
    TableConnection,
    connection,
    page_request,
    table_connection,
)
from schema.context import Info
from schema.dashboard import Created
from schema.enums import OrderDirection, Role
from schema.list_arguments import (
    Direction,
    OfOrganization,
    OfPerson,
    OfSession,
    PlanSearch,
    optional_key,
)
from schema.node import QUESTION, shown
from schema.reports import Report
from schema.shared import DateRange, days
from schema.training import JobSeeker


@strawberry.type(description="Lists of reports and of people.")
class ReportListQuery:
    @shown("Reports saved as drafts (bilans enregistrés en brouillon), latest created first.", points=QUESTION)
    async def draft_reports(
        self,
        info: Info,
        created_on: Created = None,
        search: PlanSearch = None,
        first: First = 20,
        after: After = None,
        last: Last = None,
        before: Before = None,
        training_session_id: OfSession = None,
        complete: Annotated[
            bool | None,
            strawberry.argument(description="true: only those that could be transmitted as they were saved."),
        ] = None,
        direction: Direction = None,
    ) -> TableConnection[Report]:
        wanted = ReportFilter(
            days(created_on),
            search,
            optional_key(training_session_id, "TrainingSession"),
            complete=complete,
            descending=direction is not OrderDirection.ASC,
        )
        context = info.context
        request = page_request(info, AskedPage(first, after, last, before), "report")
        page = await questions.draft_reports(context.services, context.viewer, wanted, request)
        return table_connection(page, Report.of, AskedList(name=ListName.DRAFTS, reports=wanted))

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
        search: PlanSearch = None,
        first: First = 20,
        after: After = None,
        last: Last = None,
        before: Before = None,
        training_session_id: OfSession = None,
        job_seeker_id: OfPerson = None,
        organization_id: OfOrganization = None,
        unread: Annotated[
            bool | None,
            strawberry.argument(
                description="true: only those that the recipient who asks has not read yet (non lus); `totalCount` "
                "is their number. The organization that wrote them has read them all."
            ),
        ] = None,
        direction: Direction = None,
        unread_by: Annotated[
            Role | None,
            strawberry.argument(
                description="JOB_SEEKER or ADVISER: only those that this recipient has not read yet, for the "
                "organization that wrote them (a plan without an adviser waits for none). Others ask for `unread`: "
                "they find nothing by it."
            ),
        ] = None,
    ) -> TableConnection[Report]:
        wanted = ReportFilter(
            days(transmitted_on),
            search,
            optional_key(training_session_id, "TrainingSession"),
            optional_key(job_seeker_id, "JobSeeker"),
            optional_key(organization_id, "TrainingOrganization"),
            unread=unread,
            descending=direction is not OrderDirection.ASC,
            unread_by=domain.Role[unread_by.name] if unread_by else None,
        )
        context = info.context
        request = page_request(info, AskedPage(first, after, last, before), "report")
        page = await questions.transmitted_reports(context.services, context.viewer, wanted, request)
        return table_connection(page, Report.of, AskedList(name=ListName.TRANSMITTED, reports=wanted))

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
        context = info.context
        request = page_request(info, AskedPage(first, after, last, before))
        page = await questions.job_seekers(context.services, context.viewer, search, request)
        return connection(page, JobSeeker.of)
