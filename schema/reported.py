"""The plan, organization and job seeker as a report keeps them: without `id`, frozen at transmission."""

from datetime import date
from typing import Self

import strawberry

from domain.facts import Absence, Facts
from schema.node import shown
from schema.people import address_of
from schema.plan_parts import Funding, PlanExit
from schema.shared import Address, NomenclatureEntry, entry_of


@strawberry.type(
    description="L'organisme de formation tel que le bilan le nomme. Figé à la transmission ; celui d'aujourd'hui "
    "est dans `trainingPlan`."
)
class ReportedOrganization:
    legal_name: str = shown("Raison sociale.")
    siret: str = shown("14 digits.")
    address: Address = shown("Where it is.")
    phone: str | None = shown("As its people write it.")

    @classmethod
    def of(cls, facts: Facts) -> Self:
        """Show the organization of a report."""
        organization = facts.organization
        return cls(
            legal_name=organization.legal_name,
            siret=organization.siret,
            address=address_of(organization.address),
            phone=organization.phone,
        )


@strawberry.type(
    description="Le demandeur d'emploi tel que le bilan le nomme. Figé à la transmission ; celui d'aujourd'hui est "
    "dans `trainingPlan`."
)
class ReportedJobSeeker:
    identifier: str = shown("Identifier known to the employment service (N° DE).")
    last_name: str = shown("Nom.")
    first_name: str = shown("Prénom.")

    @classmethod
    def of(cls, facts: Facts) -> Self:
        """Show the person of a report."""
        person = facts.job_seeker
        return cls(identifier=person.identifier, last_name=person.last_name, first_name=person.first_name)


@strawberry.type(description="An absence during the training, as the report counts it.")
class ReportedAbsence:
    starts_on: date = shown("First day missed.")
    ends_on: date = shown("Last day missed.")
    hours: int | None = shown("Hours missed, half an hour counted as one.")
    missed_hours: float | None = shown("Hours missed, half hours too.")

    @classmethod
    def of(cls, absence: Absence) -> Self:
        """Show an absence of a report."""
        return cls(
            starts_on=absence.starts_on,
            ends_on=absence.ends_on,
            hours=absence.whole_hours,
            missed_hours=absence.hours,
        )


@strawberry.type(
    description="Le plan de formation tel que le bilan le décrit, avec tout ce que son PDF imprime. Figé à la "
    "transmission ; celui d'aujourd'hui est `trainingPlan`."
)
class ReportedPlan:
    facts: strawberry.Private[Facts]
    title: str = shown("Intitulé; the session's where there is one.")
    carif_number: str | None = shown("N° CARIF.")
    starts_on: date = shown("First day, the person's own.")
    ends_on: date = shown("As planned.")

    @classmethod
    def of(cls, facts: Facts) -> Self:
        """Show facts."""
        return cls(
            facts=facts,
            title=facts.title,
            carif_number=facts.carif_number,
            starts_on=facts.starts_on,
            ends_on=facts.ends_on,
        )

    @shown("Last day of the plan, early exit and abandonment included.")
    def last_day(self) -> date:
        return self.facts.last_day

    @shown("N° de convention.")
    def agreement_number(self) -> str | None:
        return self.facts.agreement_number

    @shown("Ville.")
    def city(self) -> str | None:
        return self.facts.session.city if self.facts.session else None

    @shown("Financement.")
    def funding(self) -> Funding:
        return Funding.of(self.facts.funding)

    @shown("Formacode principal.")
    def formacode(self) -> NomenclatureEntry | None:
        return entry_of(self.facts.formacode)

    @shown("ROME principal.")
    def rome(self) -> NomenclatureEntry | None:
        return entry_of(self.facts.session.rome) if self.facts.session else None

    @shown("Whether the report is compulsory: funded by the employment service through AIF, AFC or POEC.")
    def report_required(self) -> bool:
        return self.facts.report_required

    @shown("Sortie anticipée ou abandon; no reason is kept with a transmitted report.")
    def exit(self) -> PlanExit | None:
        return PlanExit.of(self.facts.exit)

    @shown("Absences during the training, in order.")
    def absences(self) -> list[ReportedAbsence]:
        return [ReportedAbsence.of(absence) for absence in self.facts.absences]

    @shown("Hours of all absences together, half hours too.")
    def missed_hours(self) -> float:
        return self.facts.missed_hours
