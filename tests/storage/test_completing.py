"""What other feeds tell of a plan reaches it, whichever was loaded first."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from domain.account import Account
from domain.facts import Funding
from domain.loading import Written
from domain.people import Adviser, Following
from storage.accounts import AccountRepository
from storage.documents import from_document
from storage.loading import PlanLoader
from storage.portfolios import Portfolios
from tests.factories import IDENTIFIER, SIRET, a_plan, a_session, an_adviser

if TYPE_CHECKING:
    from domain.plan import Plan
    from storage.client import Database

TODAY = date(2025, 12, 1)
OTHER = Adviser(id="A-9", name="Lou Blanc", agency="62001")


class Office:
    """Loads feeds on a day, and reads the one plan there is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def plan(self, *, today: date = TODAY, **changes: Any) -> Written:
        return await PlanLoader(self._database, today=today).load([a_plan(**changes)])

    async def adviser(self, adviser: Adviser, since: date, *, today: date = TODAY) -> Written:
        told = [Following(identifier=IDENTIFIER, adviser=adviser, since=since)]
        written = await Portfolios(self._database).load(told)
        await PlanLoader(self._database, today=today).complete_advisers([IDENTIFIER])
        return written

    async def accounts(self, *accounts: Account) -> None:
        await AccountRepository(self._database).load(accounts)
        await PlanLoader(self._database, today=TODAY).complete_agreements([SIRET])

    async def kept(self) -> Plan:
        document = await self._database["plans"].find_one({"_id": "P-1"})
        assert document is not None
        return from_document(document)


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


async def test_the_adviser_reaches_the_plan_loaded_before_or_after(office: Office) -> None:
    await office.plan(adviser=None)
    await office.adviser(OTHER, date(2025, 10, 1))
    before = await office.kept()
    assert (before.adviser, before.followed_since) == (OTHER, date(2025, 10, 1))

    assert await office.plan(adviser=None) == Written(unchanged=1)
    await office.plan(adviser=None, ends_on=date(2025, 11, 20))
    assert (await office.kept()).adviser == OTHER


async def test_a_later_adviser_takes_over_and_an_earlier_or_coming_one_does_not(office: Office) -> None:
    await office.plan(adviser=None)
    await office.adviser(OTHER, date(2025, 10, 1))
    await office.adviser(an_adviser("A-1"), date(2025, 9, 1))
    await office.adviser(an_adviser("A-2"), date(2026, 1, 1))
    assert (await office.kept()).adviser == OTHER

    await office.adviser(an_adviser("A-2"), date(2026, 1, 1), today=date(2026, 1, 1))
    assert (await office.kept()).adviser == an_adviser("A-2")
    assert await office.adviser(an_adviser("A-2"), date(2026, 1, 1)) == Written(unchanged=1)


async def test_the_adviser_whom_the_plan_itself_names_goes_before(office: Office) -> None:
    await office.adviser(OTHER, date(2025, 10, 1))
    await office.plan(adviser=an_adviser())
    await office.adviser(an_adviser("A-2"), date(2025, 11, 1))

    assert (await office.kept()).adviser == an_adviser()


def account(agreement: str, first: date | None = None, last: date | None = None) -> Account:
    return Account(siret=SIRET, legal_name="FORMA", agreement=agreement, starts_on=first, ends_on=last)


async def test_the_agreement_reaches_the_plan_loaded_before_or_after(office: Office) -> None:
    session = a_session(agreement_number=None)
    await office.plan(session=session)
    await office.accounts(account("01-1", date(2025, 1, 1), date(2027, 12, 31)))
    assert (await office.kept()).agreement_number == "01-1"

    await office.plan(session=session, ends_on=date(2025, 11, 20))
    assert (await office.kept()).agreement_number == "01-1"


async def test_of_several_agreements_the_one_of_the_day_counts_and_none_where_nothing_tells(office: Office) -> None:
    await office.plan(session=None)
    await office.accounts(account("old", None, date(2025, 8, 31)), account("new", date(2025, 9, 1)))
    assert (await office.kept()).agreement_number == "new"

    await office.accounts(account("third", date(2025, 9, 1)))
    assert (await office.kept()).agreement_number is None


async def test_what_the_employment_service_does_not_pay_has_no_agreement_with_it(office: Office) -> None:
    await office.accounts(account("01-1"))
    await office.plan(session=None, funding=Funding(scheme="CR", employment_service_funded=False))
    assert (await office.kept()).agreement_number is None

    await office.plan(session=a_session(agreement_number="41C25"))
    assert (await office.kept()).agreement_number == "41C25"
