"""An organization that takes the place of another: a declared succession passes on what was written."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from domain.account import Account, Succession
from domain.corrections import TypedReason
from domain.errors import Refused
from domain.filters import ReportFilter
from resolvers import attendance
from resolvers.corrections import correct_report
from storage import listings
from storage.accounts import AccountRepository
from storage.loading import PlanLoader
from storage.successions import Successions
from tests.factories import (
    NOW,
    OTHER_SIRET,
    SIRET,
    TODAY,
    a_form,
    a_plan,
    staff,
)
from tests.storage.moving import AWAY, drafted, of, titles, transmitted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.loading import Written
    from resolvers.services import Services
    from storage.client import Database

    Load = Callable[..., Awaitable[Written]]


def a_succession(since: date = date(2025, 1, 1)) -> Account:
    succession = Succession(former_siret=SIRET, since=since)
    return Account(siret=OTHER_SIRET, legal_name="OF 3", succession=succession)


@pytest.mark.parametrize("declared_first", [True, False])
async def test_a_declared_succession_passes_all_on(
    services: Services,
    load: Load,
    database: Database,
    declared_first: bool,  # noqa: FBT001 - a parameter of the case
) -> None:
    await load(a_plan())
    await attendance.record_absence(services, staff(), "P-1", AWAY)
    await transmitted(services)
    if not declared_first:
        await load(of(OTHER_SIRET))
    accounts = [a_succession()]
    await AccountRepository(database).load(accounts)
    await PlanLoader(database).succeed(accounts)
    await load(of(OTHER_SIRET))

    found = await services.plans.find(staff(OTHER_SIRET), "P-1")
    assert found is not None
    assert found.absences == (AWAY,)
    assert await titles(services, listings.transmitted(staff(OTHER_SIRET), ReportFilter())) == ["P-1"]
    reason, form = TypedReason(code="ERREUR_SAISIE"), a_form(duration_hours=14)
    corrected = await correct_report(services, staff(OTHER_SIRET), "P-1", form, reason, 1, now=NOW)
    assert corrected.as_reported().organization.siret == OTHER_SIRET

    former = await services.plans.find_reported(staff(), "P-1")
    assert former is not None
    assert "MALADIE" not in former.model_dump_json()
    with pytest.raises(Refused, match="NOT_ALLOWED"):
        await correct_report(services, staff(), "P-1", form, reason, 2, now=NOW)
    await load(a_plan(starts_on=date(2025, 9, 2)))
    stale = await services.plans.find(staff(OTHER_SIRET), "P-1")
    assert stale is not None
    assert (stale.organization.siret, stale.starts_on) == (OTHER_SIRET, date(2025, 9, 2))


@pytest.mark.parametrize("declared_first", [True, False])
async def test_a_succession_brings_the_draft(
    services: Services,
    load: Load,
    database: Database,
    declared_first: bool,  # noqa: FBT001 - a parameter of the case
) -> None:
    await load(a_plan())
    await drafted(services)
    if not declared_first:
        await load(of(OTHER_SIRET))
    accounts = [a_succession()]
    await AccountRepository(database).load(accounts)
    await PlanLoader(database).succeed(accounts)

    assert await titles(services, listings.drafts(staff(OTHER_SIRET), ReportFilter())) == ["P-1"]
    assert await titles(services, listings.drafts(staff(), ReportFilter())) == []
    found = await services.plans.find(staff(OTHER_SIRET), "P-1")
    assert found is not None
    assert found.report is not None
    assert found.report.form.objective == "Ce que l'organisme en dit."


async def test_a_succession_of_a_day_to_come_changes_nothing_yet(
    services: Services, load: Load, database: Database
) -> None:
    await load(a_plan())
    accounts = [a_succession(since=TODAY + timedelta(1))]
    await AccountRepository(database).load(accounts)
    await PlanLoader(database, today=TODAY).succeed(accounts)
    assert await services.plans.find(staff(), "P-1")
    await PlanLoader(database, today=TODAY + timedelta(1)).succeed(accounts)
    assert await services.plans.find(staff(OTHER_SIRET), "P-1")


async def test_successions_are_followed_one_after_the_other_and_a_circle_is_none(database: Database) -> None:
    chain = {"1": "2", "2": "3", "3": "4", "8": "9", "9": "8"}
    await AccountRepository(database).load(
        [
            Account(siret=new, legal_name=new, succession=Succession(former_siret=former, since=date(2025, 1, 1)))
            for former, new in chain.items()
        ]
    )
    heirs = await Successions(database).heirs(["1", "3", "4", "5", "8", "9"], TODAY)
    assert {former: heir.siret for former, heir in heirs.items()} == {"1": "4", "3": "4"}
