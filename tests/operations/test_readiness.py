"""Readiness names what is wrong, each by its name."""

from __future__ import annotations

import asyncio

from service.readiness import problems
from supervision.loops import Finished, Loops


async def test_a_loop_that_has_ended_and_a_database_that_is_away_are_both_named() -> None:
    async def ends() -> None:
        raise Finished

    async def away() -> str | None:
        return "The database does not answer."

    loops = Loops()
    async with loops.running("announcements", ends) as task:
        await asyncio.wait([task])
        assert await problems(away, loops) == {
            "database": "The database does not answer.",
            "loops": "What runs in the background does not get on: announcements.",
        }


async def test_nothing_is_named_where_all_is_well() -> None:
    async def well() -> str | None:
        return None

    assert await problems(well, Loops()) == {}
