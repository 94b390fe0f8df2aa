"""Which identifiers are one person's, as the employment service or an operator has told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.registers import register

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from domain.identities import Correspondence
    from domain.loading import Written
    from storage.client import Database

_STEPS = 20
"""How many changes of identifier, one after the other, are followed."""


class Identities:
    """Correspondences of identifiers, by the former one; of two the later one counts."""

    def __init__(self, database: Database) -> None:
        self._identities = database["identities"]

    async def load(self, pairs: Sequence[Correspondence]) -> Written:
        """Write a batch. A correspondence takes back an earlier one that says the contrary."""
        contrary = [{"_id": pair.current, "current": pair.former} for pair in pairs]
        if contrary:
            await self._identities.delete_many({"$or": contrary})
        return await register(self._identities, {pair.former: pair for pair in pairs})

    async def current(self, identifiers: Iterable[str]) -> dict[str, str]:
        """Return the identifier in use for each that is no longer used. Chains are followed, circles are not."""
        wanted = set(identifiers)
        steps: dict[str, str] = {}
        asked = wanted
        for _ in range(_STEPS):
            if not asked:
                break
            found = self._identities.find({"_id": {"$in": sorted(asked)}})
            told = {each["_id"]: each["current"] async for each in found}
            steps |= told
            asked = set(told.values()) - steps.keys()
        ends = {each: _last(each, steps) for each in wanted if each in steps}
        return {each: end for each, end in ends.items() if end != each}

    async def former(self, identifier: str) -> list[str]:
        """Return the identifiers that a person had before."""
        found: list[str] = []
        asked = [identifier]
        for _ in range(_STEPS):
            told = self._identities.find({"current": {"$in": asked}}).sort("_id")
            asked = [each["_id"] async for each in told if each["_id"] not in {identifier, *found}]
            found += asked
            if not asked:
                break
        return found


def _last(identifier: str, steps: dict[str, str]) -> str:
    passed = {identifier}
    current = steps[identifier]
    while current in steps and current not in passed:
        passed.add(current)
        current = steps[current]
    return current
