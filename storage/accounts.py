"""The accounts of training organizations, by SIRET and agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.account import Account
from domain.loading import Written
from storage.registers import register

if TYPE_CHECKING:
    from collections.abc import Collection as Group
    from collections.abc import Sequence

    from storage.client import Database


class AccountRepository:
    """Accounts as the last export told them; one that a later export leaves out stays."""

    def __init__(self, database: Database) -> None:
        self._accounts = database["accounts"]

    async def load(self, accounts: Sequence[Account]) -> Written:
        """Write a batch; of two rows of one SIRET and agreement the later one counts."""
        told = {f"{account.siret}/{account.agreement or ''}": account for account in accounts}
        return await register(self._accounts, told) + Written(unchanged=len(accounts) - len(told))

    async def of(self, siret: str) -> list[Account]:
        """Return an organization's accounts in the order of their agreements."""
        return (await self.of_all({siret})).get(siret, [])

    async def of_all(self, sirets: Group[str]) -> dict[str, list[Account]]:
        """Return the accounts of several organizations, those without any left out."""
        accounts: dict[str, list[Account]] = {}
        if not sirets:
            return accounts
        async for document in self._accounts.find({"siret": {"$in": sorted(sirets)}}).sort("_id", 1):
            account = Account.model_validate(document)
            accounts.setdefault(account.siret, []).append(account)
        return accounts
