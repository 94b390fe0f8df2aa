from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pymongo.errors import OperationFailure

from storage.client import close_database, open_database
from storage.hinted import read_by, stream_by
from storage.indexes import ensure_indexes
from tests import DRIVER
from tests.bounds.test_asking import Started

if TYPE_CHECKING:
    from storage.client import Database, Document


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


@pytest.mark.parametrize("wrong", [{"$match": {"$and": 1}}, {"$nonsense": 1}])
async def test_only_for_want_of_its_index_is_a_question_asked_again(
    database: Database, mongodb_url: str, wrong: Document
) -> None:
    started = Started()
    watched = open_database(mongodb_url, database.name, driver=DRIVER, listeners=[started])
    with pytest.raises(OperationFailure):
        await read_by("drafts", watched["plans"], [wrong])
    with pytest.raises(OperationFailure):
        assert [each async for each in stream_by("drafts", watched["plans"], [wrong], 1)]
    assert await read_by("none", watched["plans"], [{"$match": {}}]) == []
    await close_database(watched)

    assert [command.get("hint") for command in started.commands] == ["drafts", "drafts", "none", None]
