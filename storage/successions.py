"""Which organization has taken the place of another, by declared changes of SIRET."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from domain.people import Organization
    from storage.client import Database

_STEPS = 20
"""How many successions, one after the other, are followed."""


class Heir(NamedTuple):
    """An organization that took the place of another."""

    siret: str
    legal_name: str

    def instead_of(self, organization: Organization) -> Organization:
        """Return an organization under its new number and name, where it was."""
        return organization.model_copy(update={"siret": self.siret, "legal_name": self.legal_name})


class Successions:
    """The declared changes of SIRET, as the organizations feed told them."""

    def __init__(self, database: Database) -> None:
        self._accounts = database["accounts"]

    async def heirs(self, sirets: Iterable[str], today: date) -> dict[str, Heir]:
        """Return the organization that has taken the place of each on a day. Chains are followed, circles are not."""
        wanted = set(sirets)
        steps: dict[str, Heir] = {}
        asked = wanted
        for _ in range(_STEPS):
            if not asked:
                break
            told = await self._told_of(asked, today)
            steps |= told
            asked = {heir.siret for heir in told.values()} - steps.keys()
        heirs = {siret: _last(siret, steps) for siret in wanted if siret in steps}
        return {siret: heir for siret, heir in heirs.items() if heir.siret != siret}

    async def _told_of(self, sirets: Iterable[str], today: date) -> dict[str, Heir]:
        declared = {
            "succession.former_siret": {"$in": sorted(sirets)},
            "succession.since": {"$lte": today.isoformat()},
        }
        found = self._accounts.find(declared).sort([("succession.since", 1), ("_id", 1)])
        return {each["succession"]["former_siret"]: Heir(each["siret"], each["legal_name"]) async for each in found}


def _last(siret: str, steps: dict[str, Heir]) -> Heir:
    heir, passed = steps[siret], {siret}
    while heir.siret in steps and heir.siret not in passed:
        passed.add(heir.siret)
        heir = steps[heir.siret]
    return heir
