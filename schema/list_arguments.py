"""The arguments of lists."""

from typing import Annotated

import strawberry

from domain import filters
from domain.filters import PlanOrder, SessionOrder
from domain.lateness import LateFilter, late_filter
from domain.report import ReportStatus as Status
from schema.context import Info
from schema.enums import OrderDirection, ReportStatus, TrainingPlanOrderField, TrainingSessionOrderField
from schema.ids import key_of
from schema.shared import DateRange

NOTHING = "\0"
"""A key that nothing has: that of an identifier which is none."""

Statuses = Annotated[
    list[ReportStatus] | None, strawberry.argument(description="Only plans whose report stands there.")
]
Funded = Annotated[
    bool | None,
    strawberry.argument(description="Only plans that the employment service pays for (true) or does not (false)."),
]
PlanEnds = Annotated[
    DateRange | None,
    strawberry.argument(description="Last day of the plan, early exit and abandonment included."),
]
PlanSearch = Annotated[
    str | None,
    strawberry.argument(
        description="Beginnings of words of the name, in any order, or of the identifier, or of the funding shown."
    ),
]
SessionSearch = Annotated[
    str | None,
    strawberry.argument(
        description="Beginnings of words of the title or of the town, of the CARIF number, or of the funding shown."
    ),
]
OfSession = Annotated[strawberry.ID | None, strawberry.argument(description="Only plans on this session.")]
OfPerson = Annotated[strawberry.ID | None, strawberry.argument(description="Only those of this job seeker.")]
OfOrganization = Annotated[strawberry.ID | None, strawberry.argument(description="Only those of this organization.")]
Late = Annotated[
    bool | None,
    strawberry.argument(
        description="true: only with compulsory reports that are late (`lateAfterDays`); false: with others."
    ),
]
Direction = Annotated[OrderDirection | None, strawberry.argument(description="Which way, by day; latest first.")]


@strawberry.input(description="How sessions are sorted.")
class TrainingSessionOrder:
    field: TrainingSessionOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(description="Which way.")

    def read(self) -> tuple[SessionOrder, bool]:
        """Return the order, and whether it descends."""
        return SessionOrder[self.field.name], self.direction is OrderDirection.DESC


@strawberry.input(description="How plans are sorted.")
class TrainingPlanOrder:
    field: TrainingPlanOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(description="Which way.")

    def read(self) -> tuple[PlanOrder, bool]:
        """Return the order, and whether it descends."""
        return PlanOrder[self.field.name], self.direction is OrderDirection.DESC


BY_START = TrainingSessionOrder(field=TrainingSessionOrderField.STARTS_ON, direction=OrderDirection.ASC)
BY_LAST_DAY = TrainingPlanOrder(field=TrainingPlanOrderField.LAST_DAY, direction=OrderDirection.ASC)
SessionsOrder = Annotated[
    TrainingSessionOrder | None, strawberry.argument(description="Earliest first day first when null.")
]
PlansOrder = Annotated[TrainingPlanOrder | None, strawberry.argument(description="By last day when null.")]
Running = Annotated[
    DateRange | None, strawberry.argument(description="Only those of which some day is among these (en cours).")
]


def late(info: Info, wanted: bool | None) -> LateFilter | None:  # noqa: FBT001 - yes, no, both
    """Read whether late ones are wanted, as late is today."""
    return late_filter(wanted, info.context.today, info.context.services.late_after_days)


def statuses_of(wanted: list[ReportStatus] | None) -> filters.Statuses | None:
    """Read which statuses are wanted, each once; None for all."""
    return None if wanted is None else tuple(dict.fromkeys(Status(status.name) for status in wanted))


def optional_key(global_id: str | None, kind: str) -> str | None:
    """Read a filter by an object: None for none; an identifier that is none is that of nothing."""
    return None if global_id is None else key_of(global_id, kind) or NOTHING
