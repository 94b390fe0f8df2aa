"""The lines of the guide for graphql-ws: a follower survives restarts, and misses nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from resolvers import acts
from schema.reports import Report
from service.serving import open_listener
from tests.clients.guide import written
from tests.external.test_npm import NPM, node
from tests.factories import NOW, TODAY, a_form, a_person, a_plan, counsellor, staff
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from pdf.printer import Printer
    from settings import Settings
    from tests.service import Served

__all__ = ["node"]
pytestmark = pytest.mark.external
NUMBERS = range(1, 5)


async def transmit(served: Served, number: int) -> str:
    plan = await acts.transmit_report(
        served.running.services, staff(), f"P-{number}", a_form(), None, now=NOW, today=TODAY
    )
    return str(Report.of(plan).id)


async def test_a_follower_of_the_guide_survives_restarts_and_has_everything_once(
    node: str,
    settings: Settings,
    mongodb_url: str,
    printer: Printer,
    load: Callable[..., Awaitable[object]],
    tmp_path: Path,
) -> None:
    await load(*[a_plan(f"P-{number}", job_seeker=a_person(f"{number:07}A")) for number in NUMBERS])
    folder = written(tmp_path / "guide", NPM)
    listener = open_listener("127.0.0.1", 0)
    port = listener.getsockname()[1]
    listener.close()
    told = list[str]()
    async with serving(settings, mongodb_url, printer, port) as served:
        token = served.headers(counsellor())["Authorization"].removeprefix("Bearer ")
        cursor = (await served.ask(counsellor(), "{ latestCursor }"))["latestCursor"]
        follower = await asyncio.create_subprocess_exec(
            node, "resume.js", str(folder), f"ws://127.0.0.1:{port}/graphql", token, cursor,
            cwd=NPM, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert follower.stdout
        lines = follower.stdout
        assert (await lines.readline()).strip() == b"ready"
    try:
        expected = list[str]()
        for number in NUMBERS:
            async with serving(settings, mongodb_url, printer, port) as served:
                expected.append(await transmit(served, number))
                told.append((await asyncio.wait_for(lines.readline(), 30)).decode().strip())
        assert told == expected
    finally:
        follower.kill()
        await follower.communicate()
