"""What can be asked."""

from datetime import date
from typing import Annotated, Self

import strawberry

from domain.errors import BadRequest
from domain.nomenclature import NomenclatureName as ListName
from domain.pages import LARGEST_PAGE
from resolvers import identities, questions
from schema.asked import unasked
from schema.context import Info
from schema.enums import NomenclatureName
from schema.lists import TrainingListQuery
from schema.node import QUESTION, Node, shown
from schema.nodes import node_of
from schema.report_lists import Created, ReportListQuery
from schema.shared import NomenclatureEntry, days
from schema.statistics import StatisticsQuery
from schema.training import PlanEnds
from schema.verification import VerificationQuery
from schema.viewer import Viewer, viewer_of
from schema.webhooks import WebhookQuery
from schema.whole_session import WholeSessionQuery


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
class Query(TrainingListQuery, ReportListQuery, StatisticsQuery, VerificationQuery, WebhookQuery, WholeSessionQuery):
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
