"""Two releases on one database, as in an upgrade: what this one writes is read by those before it that may serve."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

import pytest
from bson import decode

from domain.corrections import TypedReason
from resolvers.acts import save_report_draft
from resolvers.corrections import correct_report
from service.composition import prepare
from storage.archives import COLLECTION, read_archive
from storage.documents import from_document
from storage.indexes import indexes
from storage.migrating import shape_of
from storage.migrations import MIGRATIONS
from storage.restore import restore
from tests.delivery.desk import ANSWERS, NOW, STAFF, TODAY, desk_on
from tests.operations.test_releases import DATABASES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pdf.printer import Printer
    from storage.client import Database, Document

WRITTEN = "P-FOURNIER", "P-VIDAL", "P-HAMDI"
"""Of the database of a release: to be written, drafted here, transmitted here, corrected here."""


def places(value: object, at: str = "") -> Iterator[tuple[str, str]]:
    """Give each place in a document, with the type of what stands there unless that is null."""
    if value is None:
        return
    yield at, type(value).__name__
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, f"{at}.{name}")
    if isinstance(value, list):
        for inner in value:
            yield from places(inner, f"{at}[]")


def unreadable(known: list[Document], written: Document) -> set[str]:
    """Name the places of a written document in which a reader of the known ones would miss something.

    What all known ones of the same state have is there, and whatever they have somewhere is of a type that it had.
    What is there besides is passed over by readers.
    """
    types: dict[str, set[str]] = {}
    for document in known:
        for at, what in places(document):
            types.setdefault(at, set()).add(what)
    alike = [{at for at, _ in places(each)} for each in known if each["state"] == written["state"]]
    missing = set.intersection(*alike) - {at for at, _ in places(written)}
    return missing | {at for at, what in places(written) if at in types and what not in types[at]}


@pytest.mark.parametrize("release", DATABASES, ids=lambda release: release.name)
def test_an_index_that_has_the_name_of_one_of_a_release_has_its_fields(release: Path) -> None:
    """Of the same name and other fields, each release would drop that of the other as long as both serve."""
    now = {
        f"{name}.{each.document['name']}": list(each.document["key"]) for name, of in indexes().items() for each in of
    }
    with release.open("rb") as archive:
        heads = [decode(bytes(each.raw)) for each in read_archive(archive) if each.kind == COLLECTION]
    then = {f"{head['name']}.{each['name']}": list(each["key"]) for head in heads for each in head["indexes"]}
    assert len(then) > 30
    assert {name: now[name] for name in then if name in now} == {name: then[name] for name in then if name in now}


@pytest.mark.parametrize("release", DATABASES, ids=lambda release: release.name)
async def test_what_is_written_on_the_database_of_a_release_can_be_read_by_that_release(
    database: Database, printer: Printer, release: Path
) -> None:
    await restore(database, io.BytesIO(await asyncio.to_thread(release.read_bytes)))
    if (await shape_of(database)).number < MIGRATIONS[-1].oldest:
        pytest.skip("that release is refused on what this one writes")
    await prepare(database)
    plans = database["plans"]
    known = [each async for each in plans.find()]
    drafted, transmitted, corrected = WRITTEN
    async with desk_on(database, printer) as desk:
        await save_report_draft(desk.services, STAFF, drafted, ANSWERS, None, now=NOW, today=TODAY)
        await desk.transmit(transmitted)
        reason = TypedReason(code="ERREUR_SAISIE")
        await correct_report(desk.services, STAFF, corrected, ANSWERS, reason, 1, now=NOW)
    before = {each["_id"]: each for each in known}
    for name in WRITTEN:
        written = await plans.find_one({"_id": name})
        assert written is not None
        assert written["revision"] > before[name]["revision"]
        assert unreadable(known, written) == set()
        assert from_document(dict(written)).id == name


@pytest.mark.parametrize(
    "written",
    [
        {"state": "DONE", "report": {"form": {"content": "a"}}},
        {"state": "DONE", "report": {"facts": "as text", "form": {"content": "a"}}},
        {"state": "DONE", "report": {"facts": {"title": 1}, "form": {"content": "a"}}},
        {"state": "DONE", "report": {"facts": {"title": "t"}, "form": None}},
    ],
)
def test_a_place_that_is_gone_or_of_another_type_is_found(written: Document) -> None:
    known = {"state": "DONE", "report": {"facts": {"title": "t"}, "form": {"content": "a"}}}
    assert unreadable([known], known) == set()
    assert unreadable([known], {**known, "more": 1}) == set()
    assert unreadable([known], written)
