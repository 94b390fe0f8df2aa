"""What other feeds add to a plan: its agreement, and the adviser of the person."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from domain.account import agreement_on
from storage.accounts import AccountRepository
from storage.portfolios import Portfolios

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from domain.account import Account
    from domain.people import Following
    from domain.plan import Plan
    from storage.client import Database, Document

_AT_ONCE = 200


class Completion:
    """Completes plans with what is known on a day, in whatever order feeds come."""

    def __init__(self, database: Database, today: date) -> None:
        self._accounts = AccountRepository(database)
        self._portfolios = Portfolios(database)
        self._today = today

    async def completed(self, plans: Sequence[Plan]) -> list[Plan]:
        """Return the plans with their agreement and, where their own feed names none, their adviser."""
        accounts = await self._accounts.of_all({plan.organization.siret for plan in plans})
        people = {plan.job_seeker.identifier for plan in plans if not plan.names_adviser}
        following = await self._portfolios.following(people, self._today)
        return [_completed(plan, accounts.get(plan.organization.siret, ()), following) for plan in plans]

    async def lacking_agreement(self, sirets: Iterable[str]) -> list[Document]:
        """Give the conditions that find plans of these organizations whose agreement is another by now."""
        accounts = await self._accounts.of_all(set(sirets))
        return [
            {
                "organization.siret": siret,
                "funding.employment_service_funded": True,
                "starts_on": {"$gte": first.isoformat(), "$lt": before.isoformat()},
                "own_agreement_number": {"$ne": agreement_on(held, first)},
            }
            for siret, held in accounts.items()
            for first, before in _spans(held)
        ]

    async def lacking_adviser(self, identifiers: Iterable[str]) -> list[Document]:
        """Give the conditions that find plans of these people whose adviser is another by now."""
        following = await self._portfolios.following(identifiers, self._today)
        unnamed = {"$or": [{"adviser": None}, {"followed_since": {"$gt": ""}}]}
        conditions = [
            {
                "job_seeker.identifier": each.identifier,
                "adviser": {"$ne": each.adviser.model_dump()},
                "withdrawn": None,
                **unnamed,
            }
            for each in following.values()
        ]
        return [{"$or": conditions[at : at + _AT_ONCE]} for at in range(0, len(conditions), _AT_ONCE)]


def _completed(plan: Plan, accounts: Sequence[Account], following: dict[str, Following]) -> Plan:
    funded = plan.funding.employment_service_funded
    told: dict[str, object] = {"own_agreement_number": agreement_on(accounts, plan.starts_on) if funded else None}
    followed = following.get(plan.job_seeker.identifier)
    if followed and not plan.names_adviser and not plan.withdrawn:
        told |= {"adviser": followed.adviser, "followed_since": followed.since}
    return plan.model_copy(update=told)


def _spans(accounts: Sequence[Account]) -> list[tuple[date, date]]:
    """Return the spans of days within which the same accounts hold, each with its first day and the one after."""
    days = sorted({day for account in accounts for day in account.bounds})
    return [*pairwise(days)]
