"""The accounts that training organizations hold, as the employment service exports them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from domain.people import UNKNOWN_CITY, Address, Organization
from domain.values import Day, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

_DAY = timedelta(days=1)


class Succession(Value):
    """A declared change of SIRET: from a day on, an organization stands in the place of another."""

    former_siret: str
    since: Day


class Account(Value):
    """An organization's account under one agreement (convention); its contact's name, mail and phone are not kept.

    One SIRET may hold several agreements; SIRET and agreement together are the key.
    """

    siret: str
    legal_name: str
    agreement: str | None = None
    region: str | None = None
    former_region: str | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    succession: Succession | None = None

    @property
    def organization(self) -> Organization:
        """The organization as its account describes it. An account has no address."""
        return Organization(siret=self.siret, legal_name=self.legal_name, address=Address(city=UNKNOWN_CITY))

    @property
    def bounds(self) -> tuple[date, date]:
        """The first day on which it holds, and the day after the last."""
        last = self.ends_on or date.max - _DAY
        return self.starts_on or date.min, min(last, date.max - _DAY) + _DAY

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        first, after = self.bounds
        return first <= day < after


def agreement_on(accounts: Iterable[Account], day: date) -> str | None:
    """Return the agreement that an organization has on a day.

    None where it has several, as nothing says which one counts.
    """
    held = {account.agreement for account in accounts if account.agreement and account.holds_on(day)}
    return held.pop() if len(held) == 1 else None
