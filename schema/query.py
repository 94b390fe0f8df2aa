"""The queries."""

import asyncio
from typing import Annotated

import strawberry

from domain.access import Role
from domain.errors import BadRequest
from domain.nomenclature import NomenclatureName as ListName
from domain.pages import LARGEST_PAGE
from resolvers import following, identities, questions
from schema.context import Info
from schema.cursors import encode_number
from schema.dashboard import DashboardQuery
from schema.enums import NomenclatureName
from schema.lists import TrainingListQuery
from schema.node import QUESTION, Node, shown
from schema.nodes import node_of
from schema.report_lists import ReportListQuery
from schema.shared import NomenclatureEntry
from schema.statistics import StatisticsQuery
from schema.unasked_parts import unasked
from schema.verification import VerificationQuery
from schema.viewer import Viewer, viewer_of
from schema.webhooks import WebhookQuery
from schema.whole_session import WholeSessionQuery

MOST_NODES = 20


@strawberry.type(description="Nothing is ever returned that the viewer may not see.")
class Query(
    DashboardQuery,
    TrainingListQuery,
    ReportListQuery,
    StatisticsQuery,
    VerificationQuery,
    WebhookQuery,
    WholeSessionQuery,
):
    @shown("The person or the program behind the access token.")
    async def viewer(self, info: Info) -> Viewer:
        services, viewer = info.context.services, info.context.viewer
        plan = await identities.own_plan(services, viewer, unasked(info, "organization", "adviser"))
        organization = None
        if viewer.role is Role.TRAINING_ORGANIZATION:
            organization = plan.organization if plan else await identities.own_organization(services, viewer)
        return viewer_of(viewer, plan, organization)

    @shown(
        "After how many days a compulsory report is late, counted from the first day on which it may be written "
        "(proposed: no published rule says so)."
    )
    def late_after_days(self, info: Info) -> int:
        return info.context.services.late_after_days

    @shown("Any object by its global identifier; null when it does not exist or may not be seen.", points=QUESTION)
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="As an `id` field gave it.")],  # noqa: A002
    ) -> Node | None:
        return await node_of(info, id)

    @shown(
        "Objects by their global identifiers, in that order, 20 at most; null in the place of one that does not "
        "exist or may not be seen.",
        points=20 * QUESTION,
    )
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="As `id` fields gave them.")],
    ) -> list[Node | None]:
        if len(ids) > MOST_NODES:
            raise BadRequest(f"Demandez {MOST_NODES} objets à la fois au plus.")
        return list(await asyncio.gather(*(node_of(info, each) for each in ids)))

    @shown(
        "The `cursor` of this moment, without an event: what is transmitted from now on comes after it. A new "
        "subscriber registers where it stands before it reads what there is."
    )
    async def latest_cursor(self, info: Info) -> str:
        return encode_number(await following.latest(info.context.services))

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
