"""What is remembered of plans that are no longer there: withdrawn by an operator, or the same as another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.client import Database


class Marks(NamedTuple):
    """Ids of plans: those that stand for another, by that one's id, and those that are not to be told again."""

    same_as: dict[str, str]
    withdrawn: frozenset[str]


class PlanMarks:
    """Marks by the id under which a feed goes on telling a plan."""

    def __init__(self, database: Database) -> None:
        self._marks = database["plan_marks"]

    async def of(self, ids: Iterable[str]) -> Marks:
        """Return what is remembered of plans."""
        found = [each async for each in self._marks.find({"_id": {"$in": list(ids)}})]
        same_as = {each["_id"]: each["same_as"] for each in found if each.get("same_as")}
        return Marks(same_as, frozenset(each["_id"] for each in found if each.get("withdrawn")))

    async def same_as(self, plan_id: str, other: str) -> None:
        """Have what is told of a plan be told of another."""
        await self._marks.replace_one({"_id": plan_id}, {"_id": plan_id, "same_as": other}, upsert=True)
        await self._marks.update_many({"same_as": plan_id}, {"$set": {"same_as": other}})

    async def withdraw(self, plan_id: str) -> None:
        """Have nothing be told of a plan any more."""
        await self._marks.replace_one({"_id": plan_id}, {"_id": plan_id, "withdrawn": True}, upsert=True)

    async def forget(self, plan_id: str) -> bool:
        """Let a plan be told again; False where nothing is remembered of it."""
        return bool((await self._marks.delete_one({"_id": plan_id})).deleted_count)
