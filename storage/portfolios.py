"""Which adviser follows which person since when, as the advisers feed says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.loading import Written
from domain.people import Following
from storage.registers import register

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from storage.client import Database


class Portfolios:
    """The advisers of people; who followed them before stays."""

    def __init__(self, database: Database) -> None:
        self._followings = database["followings"]

    async def load(self, followings: Sequence[Following]) -> Written:
        """Write a batch; of two rows of one person and day the later one counts."""
        told = {f"{each.identifier}/{each.since}": each for each in followings}
        return await register(self._followings, told) + Written(unchanged=len(followings) - len(told))

    async def rename(self, former: str, current: str) -> None:
        """Keep what was told of a person under the identifier that they have now."""
        await self._followings.update_many({"identifier": former}, {"$set": {"identifier": current}})

    async def following(self, identifiers: Iterable[str], today: date) -> dict[str, Following]:
        """Return the adviser of each person on a day: the one who began last."""
        wanted = {"identifier": {"$in": sorted(set(identifiers))}, "since": {"$lte": today.isoformat()}}
        found = self._followings.find(wanted).sort("since", 1)
        return {each["identifier"]: Following.model_validate(each) async for each in found}
