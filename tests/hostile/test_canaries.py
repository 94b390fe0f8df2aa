"""No name, free text, identifier, token, link or variable is in any line of the logs, whatever is asked or sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.hostile.canaries import SECRET, Canaries, a_world
from tests.hostile.process import Process, process
from tests.hostile.visitor import Visitor, follow, meet_faults, open_links, send_rubbish, talk, work

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from storage.client import Database


@pytest.mark.parametrize("log_format", ["json", "text"])
async def test_no_line_of_the_logs_tells_anything_of_anybody(
    log_format: str,
    database: Database,
    mongodb_url: str,
    load: Callable[..., Awaitable[object]],
    tmp_path: Path,
) -> None:
    canary = Canaries()
    plans = a_world(canary)
    await load(*plans)
    settings = {
        "MONGODB_URL": mongodb_url, "MONGODB_DATABASE": database.name, "JWT_SECRET": SECRET,
        "LOG_FORMAT": log_format, "DATA_DIR": str(tmp_path),
    }  # fmt: skip
    async with process(tmp_path, **settings) as served, httpx.AsyncClient(base_url=served.url, timeout=60) as http:
        visitor = Visitor(served.url, canary, plans)
        await open_links(visitor, http, await work(visitor, http))
        await send_rubbish(visitor, http)
        await talk(visitor)
        await follow(visitor, http)
        await meet_faults(visitor, http, database)

    lines = served.lines()
    assert canary.found_in(lines) == []
    assert_one_line_a_request(log_format, served, visitor.asked)


def assert_one_line_a_request(log_format: str, served: Process, asked: int) -> None:
    lines = served.lines()
    if log_format == "text":
        graphql = [line for line in lines if " request " in line and "operation=" in line]
        assert len([line for line in graphql if "transport=http" in line or "transport=sse" in line]) == asked
        assert [line for line in lines if "Traceback" in line] == []
        return
    told = [json.loads(line) for line in lines if line.startswith("{")]
    assert len(told) == len(lines) - 1, "every line but that of the address is JSON"
    requests = [line for line in told if line["event"] == "request" and "operation" in line]
    assert len([line for line in requests if line["transport"] != "ws"]) == asked
    board = next(line for line in requests if line["operation"] == "Board")
    assert (board["outcome"], board["kind"], board["status"]) == ("ok", "query", 200)
    assert board["cost"] > 0
    assert board["milliseconds"] > 0
    pages = {(line["page"], line["status"]) for line in told if line["event"] == "request" and "page" in line}
    assert pages >= {("documents", 200), ("documents", 404), ("documents", 500), ("other", 404), ("healthz", 405)}
    faults = [line for line in told if line["event"] == "fault"]
    assert {line["kind"] for line in faults} == {"ValueError"}
    assert all(line["places"] for line in faults)
    streams = [line["events"] for line in requests if line["transport"] == "sse"]
    assert sorted(streams) == [0, 1]  # either may end first
