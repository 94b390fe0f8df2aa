"""Suites and clients of the npm world, run by node against a real server."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.transport.world import World, served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NPM = Path(__file__).parent / "npm"
HELLO = {"hello": "Hello Zoé"}
KEPT = {"echo": "kept"}
COUNTED = [{"count": 0}, {"count": 1}]
NOTHING = "Cannot query field 'nothing' on type 'Query'."

pytestmark = pytest.mark.external


@pytest.fixture(scope="session")
def node() -> str:
    """Find node, with the packages of the lock file installed."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        pytest.skip("node and npm are not installed: the suites of the npm world were not run")
    if not (NPM / "node_modules").is_dir():
        command = [npm, "ci", "--no-audit", "--no-fund"]
        installed = subprocess.run(command, cwd=NPM, capture_output=True, check=False)  # noqa: S603 - ours
        if installed.returncode:
            pytest.skip("npm ci failed (no network?): the suites of the npm world were not run")
    return node


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with served(World()) as world:
        yield world


async def run(node: str, script: str, url: str) -> Any:
    """Run a script with an address and a token; it prints a JSON report."""
    running = await asyncio.create_subprocess_exec(
        node, script, url, "ada", cwd=NPM, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    printed, complaints = await running.communicate()
    assert running.returncode == 0, complaints.decode()
    return json.loads(printed)


async def test_all_audits_of_graphql_over_http_pass(node: str, world: World) -> None:
    results = await run(node, "audits.js", world.url)
    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == 61


async def test_the_graphql_ws_client_is_served_and_renews_its_token(node: str, world: World) -> None:
    report = await run(node, "graphql_ws.js", world.url.replace("http", "ws"))
    assert report == {
        "query": [HELLO],
        "mutation": [KEPT],
        "subscription": COUNTED,
        "refused": NOTHING,
        "renewed": [{"beats": "first"}, {"beats": "first"}],
        "unknown": 4403,
    }


async def test_the_graphql_sse_client_is_served_and_renews_its_token(node: str, world: World) -> None:
    report = await run(node, "graphql_sse.js", world.url)
    assert report == {
        "subscription": COUNTED,
        "renewed": [{"beats": "first"}, "UNAUTHENTICATED", {"beats": "first"}],
    }


@pytest.mark.parametrize("script", ["urql.js", "apollo.js"])
async def test_a_client_for_pages_is_served(node: str, world: World, script: str) -> None:
    report = await run(node, script, world.url)
    assert report == {"query": HELLO, "mutation": KEPT, "subscription": COUNTED, "refused": NOTHING}
