"""The stages by which the server says that it reads a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.client import aggregate
from storage.lists import PageRange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.client import Document
    from storage.lists import Listing
    from tests.storage.worlds import World


async def explained(world: World, pipeline: list[Document], index: str | None = None) -> Document:
    command: Document = {"aggregate": "plans", "pipeline": pipeline, "cursor": {}}
    if index:
        command["hint"] = index
    found: Document = await world.database.command({"explain": command, "verbosity": "queryPlanner"})
    return found


def steps(explanation: Document) -> Iterator[tuple[str, str | None]]:
    """The stages of the pipeline, and of the winning plan before them, each with its index."""
    for stage in explanation.get("stages", [{"$cursor": explanation}]):
        for name, inner in stage.items():
            if name.startswith("$"):
                yield name, None
                yield from winning(inner)


def winning(plan: Any) -> Iterator[tuple[str, str | None]]:
    """The stages of a plan; a FETCH that leaves plans out after it has read them is told apart."""
    if isinstance(plan, dict):
        if "stage" in plan:
            narrowing = plan["stage"] == "FETCH" and "filter" in plan
            yield "FETCH, filter" if narrowing else plan["stage"], plan.get("indexName")
        for name, inner in plan.items():
            if name not in ("rejectedPlans", "parsedQuery", "command"):
                yield from winning(inner)
    elif isinstance(plan, list):
        for inner in plan:
            yield from winning(inner)


async def steps_of_page(world: World, listing: Listing) -> list[tuple[str, str | None]]:
    after = await first_position(world, listing)
    first = list(steps(await explained(world, listing.pipeline(21), listing.index)))
    for span in (PageRange(after), PageRange(None, after, backward=True)):
        assert list(steps(await explained(world, listing.pipeline(21, span), listing.index))) == first, listing
    return first


async def first_position(world: World, listing: Listing) -> str:
    cursor = await aggregate(world.database["plans"], listing.pipeline(1), index=listing.index)
    found = await cursor.to_list(None)
    return str(found[0]["keys"][listing.key.removeprefix("keys.")]) if found else "2025"
