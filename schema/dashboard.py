"""The counters of the desk, asked for themselves or with what an act gives back."""

from datetime import date
from typing import Annotated, Self

import strawberry

from resolvers import questions
from schema.context import Info
from schema.list_arguments import PlanEnds
from schema.node import QUESTION, shown
from schema.shared import DateRange, days

Created = Annotated[DateRange | None, strawberry.argument(description="Days on which the drafts were created.")]


@strawberry.type(description="Compteurs de l'onglet Bilan.")
class ReportDashboard:
    as_of: date = shown("The day for which the figures hold.")
    funded_sessions: int = shown("Sessions de formation financées.")
    other_sessions: int = shown("Sessions de formation non financées.")
    unreferenced_plans: int = shown("DE inscrits sur formation sans référencement.")
    drafts: int = shown("Bilans enregistrés en brouillon.")
    late: int = shown(
        "Bilans en retard: compulsory ones, to enter or saved as drafts. `pendingPlans(reportStatus: "
        "[TO_ENTER, DRAFT], late: true)` lists them."
    )

    @classmethod
    def of(cls, counted: questions.Dashboard, as_of: date) -> Self:
        """Show the counters of a day."""
        return cls(
            as_of=as_of,
            funded_sessions=counted.funded_sessions,
            other_sessions=counted.other_sessions,
            unreferenced_plans=counted.unreferenced_plans,
            drafts=counted.drafts,
            late=counted.late,
        )


@strawberry.type(description="The counters, as they stand now.")
class DashboardQuery:
    @shown(
        "The counters of the reports desk (tableau de bord, onglet Bilan) of the viewer's organization. `planEndsOn` "
        "bears on the reports to enter and on those that are late, `draftCreatedOn` on the drafts.",
        points=QUESTION,
    )
    async def report_dashboard(
        self, info: Info, plan_ends_on: PlanEnds = None, draft_created_on: Created = None
    ) -> ReportDashboard:
        context, today = info.context, info.context.today
        counted = await questions.report_dashboard(
            context.services, context.viewer, ends=days(plan_ends_on), created=days(draft_created_on), today=today
        )
        return ReportDashboard.of(counted, today)
