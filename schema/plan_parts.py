"""What a plan is made of: its funding, its exit, its absences."""

from datetime import date
from typing import Self

import strawberry

from domain import facts as domain
from domain.nomenclature import NomenclatureName
from schema.context import Info
from schema.enums import FundingScheme, PlanExitKind
from schema.node import shown
from schema.shared import NomenclatureEntry, entry_of


@strawberry.type(description="Who pays.")
class Funding:
    reference: str | None = shown("As shown (41C25, 41N012253095).")
    scheme: FundingScheme = shown("Dispositif.")
    employment_service_funded: bool = shown("Whether the public employment service pays.")

    @classmethod
    def of(cls, funding: domain.Funding) -> Self:
        """Show who pays."""
        return cls(
            reference=funding.reference,
            scheme=FundingScheme(funding.shown_scheme),
            employment_service_funded=funding.employment_service_funded,
        )


@strawberry.type(description="How and when a trainee left before the end.")
class PlanExit:
    kind: PlanExitKind = shown("Sortie anticipée ou abandon.")
    last_day: date = shown("Last day of presence; the day before the plan's first where the trainee never came.")
    reason_code: strawberry.Private[str | None]

    @classmethod
    def of(cls, left: domain.PlanExit | None) -> "PlanExit | None":
        """Show an exit, if there is one."""
        if left is None:
            return None
        return cls(kind=PlanExitKind(left.kind.value), last_day=left.last_day, reason_code=left.reason_code)

    @shown("Motif; seen by the organization that wrote it, null for anyone else.")
    async def reason(self, info: Info) -> NomenclatureEntry | None:
        return entry_of(await info.context.loaders.entry(NomenclatureName.EXIT_REASON, self.reason_code))


@strawberry.type(description="An absence during the training.")
class Absence:
    id: strawberry.ID = shown("Unique within its plan.")
    starts_on: date = shown("First day missed.")
    ends_on: date = shown("Last day missed.")
    hours: int | None = shown("Hours missed, half an hour counted as one.")
    missed_hours: float | None = shown("Hours missed, half hours too.")
    reason_code: strawberry.Private[str | None]

    @classmethod
    def of(cls, absence: domain.Absence) -> Self:
        """Show an absence."""
        return cls(
            id=strawberry.ID(absence.id),
            starts_on=absence.starts_on,
            ends_on=absence.ends_on,
            hours=absence.whole_hours,
            missed_hours=absence.hours,
            reason_code=absence.reason_code,
        )

    @shown("Motif; seen by the organization that wrote it, null for anyone else.")
    async def reason(self, info: Info) -> NomenclatureEntry | None:
        return entry_of(await info.context.loaders.entry(NomenclatureName.ABSENCE_REASON, self.reason_code))
