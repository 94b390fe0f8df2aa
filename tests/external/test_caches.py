"""Apollo Client and urql's graphcache, with the caches of the guide: one id never shows one state for another."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from tests.clients.guide import written
from tests.external.test_npm import NPM, node
from tests.factories import a_person, a_plan, a_session, an_organization, staff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from domain.plan import Plan
    from tests.service import Served

__all__ = ["node"]
pytestmark = pytest.mark.external


def plans(word: str) -> list[Plan]:
    """Two plans of one session; with another word, everything has another name."""
    shared = {"session": a_session(title=f"Titre {word}"), "organization": an_organization(legal_name=f"OF {word}")}
    return [
        a_plan(f"P-{number}", job_seeker=a_person(f"{number:07}A", last_name=f"{number} {word}"), **shared)
        for number in (1, 2)
    ]


@pytest.mark.parametrize("kind", ["apollo", "urql"])
async def test_a_cache_never_shows_one_state_for_another(
    node: str, served: Served, load: Callable[..., Awaitable[object]], tmp_path: Path, kind: str
) -> None:
    await load(*plans("A"))
    token = served.headers(staff())["Authorization"].removeprefix("Bearer ")
    folder = written(tmp_path / "guide", NPM)
    walk = await asyncio.create_subprocess_exec(
        node, "walk.js", str(folder), f"{served.url}/graphql", token, kind, cwd=NPM,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert walk.stdin
    assert walk.stdout
    assert walk.stderr
    for word in ("B", "C"):
        line = await walk.stdout.readline()
        assert line == b"feed\n", (line + await walk.stderr.read()).decode()
        await load(*plans(word))
        walk.stdin.write(b"fed\n")
    printed, complaints = await walk.communicate()
    assert walk.returncode == 0, complaints.decode()

    def reported(word: str, hours: int) -> list[str | int]:
        return [f"Titre {word}", f"1 {word}", f"OF {word}", hours]

    def living(number: int, word: str) -> list[str]:
        return [f"Titre {word}", f"Titre {word}", f"{number} {word}", f"OF {word}"]

    assert json.loads(printed) == {
        "before": {"dashboard": 1, "pending": 2},
        "transmitted": {"report": reported("A", 258), "status": "TRANSMITTED", "pending": 1, "list": None},
        "renamed": {"report": reported("A", 258), "plan": living(1, "B")},
        "corrected": {"former": reported("A", 258), "latter": reported("B", 260), "plan": living(1, "B")},
        "exit": {"kept": "2025-10-31", "refused": []},
        "after": 1,
        "again": {"former": reported("A", 258), "latter": reported("B", 260), "other": living(2, "C")},
        "warnings": [],
    }
