"""Entries that were found are believed for a moment; what is new is there at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from domain.calendar import paris_day
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


async def test_the_day_on_which_an_entry_is_first_found_retired_is_kept(database: Database) -> None:
    lists = NomenclatureRepository(database)
    both = [ListedEntry(code=code, label="Travaux") for _, code in (OLD, NEW)]
    await lists.publish(ROME, both)
    begun = paris_day(datetime.now(UTC))

    await lists.publish(ROME, [both[0], both[1].model_copy(update={"retired": True})])
    told = await lists.lookup([OLD, NEW])
    assert told[OLD].retired_on is None
    assert begun <= (told[NEW].retired_on or date.max) <= paris_day(datetime.now(UTC))

    await lists.publish(ROME, both[1:])
    gone = await lists.lookup([OLD, NEW])
    assert (gone[OLD].retired, gone[OLD].retired_on) == (True, told[NEW].retired_on)
    assert gone[NEW] == both[1]


async def test_the_day_that_the_publisher_tells_goes_before_the_day_of_loading(database: Database) -> None:
    lists = NomenclatureRepository(database)
    entry = ListedEntry(code="F1201", label="Travaux")
    await lists.publish(ROME, [entry])
    told = entry.model_copy(update={"retired": True, "retired_on": date(2024, 12, 31)})

    await lists.publish(ROME, [told])

    lists.forget()
    assert (await lists.lookup([OLD]))[OLD] == told


async def test_of_an_entry_that_was_never_offered_nobody_knows_since_when(database: Database) -> None:
    lists = NomenclatureRepository(database)
    await lists.publish(ROME, [ListedEntry(code="F1201", label="Travaux", retired=True)])
    assert (await lists.lookup([OLD]))[OLD].retired_on is None


@pytest.mark.parametrize(
    "search",
    [
        "RNCP99401",
        "99401",
        "rncp 99401",
        "rncp-99401",
        "RNCP n° 99401",
        "nº99401",
        "№ 99401",
        "994",
        "cuisinier",
        "l'art cui",
    ],
)
async def test_a_certification_is_found_by_its_number_with_or_without_prefix(database: Database, search: str) -> None:
    lists, name = NomenclatureRepository(database), NomenclatureName.CERTIFICATION
    await lists.publish(name, [ListedEntry(code="RNCP99401", label="TP Cuisinier (art de l’assiette)")])

    assert [entry.code for entry in await lists.offered(name, search, 10)] == ["RNCP99401"]
