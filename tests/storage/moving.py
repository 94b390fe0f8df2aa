"""What an organization writes on a plan that a feed then moves or cancels."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from domain.facts import Absence
from domain.form import TypedForm
from domain.pages import PageRequest
from resolvers import acts
from tests.factories import (
    NOW,
    SIRET,
    TODAY,
    a_form,
    a_plan,
    an_organization,
    staff,
)

if TYPE_CHECKING:
    from domain.plan import Plan
    from resolvers.services import Services
    from storage.lists import Listing

AWAY = Absence(id="a-1", starts_on=date(2025, 9, 8), ends_on=date(2025, 9, 9), reason_code="MALADIE", hours=14)


async def drafted(services: Services, siret: str = SIRET, **answers: Any) -> Plan:
    form = TypedForm(**{"objective": "Ce que l'organisme en dit."} | answers)
    return await acts.save_report_draft(services, staff(siret), "P-1", form, None, now=NOW, today=TODAY)


async def transmitted(services: Services) -> Plan:
    return await acts.transmit_report(services, staff(), "P-1", a_form(), None, now=NOW, today=TODAY)


def of(siret: str) -> Plan:
    return a_plan(organization=an_organization(siret, legal_name=f"OF {siret[0]}"))


async def titles(services: Services, listing: Listing) -> list[str]:
    return [plan.id for plan in (await services.plans.page(listing, PageRequest(first=10))).items]
