"""Entries that were found are believed for a moment; what is new is there at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.nomenclature import ListedEntry, NomenclatureName
from storage.nomenclatures import NomenclatureRepository

if TYPE_CHECKING:
    from storage.client import Database

ROME = NomenclatureName.ROME
OLD, NEW = (ROME, "F1201"), (ROME, "F1202")


async def test_an_entry_that_is_published_by_another_process_is_found_at_once(database: Database) -> None:
    ours, theirs = NomenclatureRepository(database), NomenclatureRepository(database)
    await theirs.publish(ROME, [ListedEntry(code="F1201", label="Conduite de travaux")])
    assert set(await ours.lookup([OLD, NEW])) == {OLD}

    await theirs.publish(ROME, [ListedEntry(code=code, label="Conduite de chantier") for _, code in (OLD, NEW)])

    found = await ours.lookup([OLD, NEW])
    assert found[NEW].label == "Conduite de chantier"
    assert found[OLD].label == "Conduite de travaux"
    ours.forget()
    assert (await ours.lookup([OLD]))[OLD].label == "Conduite de chantier"


async def test_an_entry_that_was_just_found_is_not_looked_up_again(database: Database) -> None:
    lists = NomenclatureRepository(database)
    await lists.publish(ROME, [ListedEntry(code="F1201", label="Conduite de travaux")])
    first = await lists.lookup([OLD])
    await database["nomenclature_entries"].delete_many({})

    assert await lists.lookup([OLD]) == first
