"""The accounts of training organizations, by SIRET and agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.account import Account
from domain.loading import Written
from storage.registers import register

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from storage.client import Database


_STEPS = 20
"""How many successions, one after the other, are followed."""


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
        beginning = {"$gte": f"{siret}/", "$lt": f"{siret}0"}
        cursor = self._accounts.find({"_id": beginning}).sort("_id")
        return [Account.model_validate(document) async for document in cursor]

    async def former_sirets(self, siret: str, today: date) -> frozenset[str]:
        """Return the SIRET in whose place this one stands on a day, by declared successions one after the other."""
        found: set[str] = set()
        asked = {siret}
        for _ in range(_STEPS):
            conditions = [{"_id": {"$gte": f"{each}/", "$lt": f"{each}0"}} for each in sorted(asked)]
            declared = {"succession.since": {"$lte": today.isoformat()}, "$or": conditions}
            named = await self._accounts.distinct("succession.former_siret", declared)
            asked = set(named) - found - {siret}
            found |= asked
            if not asked:
                break
        return frozenset(found)
