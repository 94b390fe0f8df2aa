from __future__ import annotations

from typing import TYPE_CHECKING

from storage.indexes import ensure_indexes

if TYPE_CHECKING:
    from storage.client import Database


async def test_an_index_of_an_earlier_release_is_made_again_with_its_new_fields(database: Database) -> None:
    plans = database["plans"]
    wanted = await plans.index_information()
    await plans.drop_index("drafts")
    await plans.create_index([("organization.siret", 1), ("state", 1)], name="drafts")

    await ensure_indexes(database)

    assert await plans.index_information() == wanted


async def test_making_indexes_again_changes_nothing(database: Database) -> None:
    before = await database["plans"].index_information()
    await ensure_indexes(database)
    assert await database["plans"].index_information() == before
