"""Two certified providers of the npm world at once: whose token is whose, and keys that rotate."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from credentials.claims import BadToken
from credentials.keys import KeySet
from credentials.oidc import Issuer, ProviderTokens
from credentials.providers import IdentityProvider
from domain.access import Role
from service.serving import open_listener
from tests.external.test_npm import NPM, node

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.access import Viewer

__all__ = ["node"]
pytestmark = pytest.mark.external
STAFF = {"groups": ["of", "autres"], "etablissements": ["79455821300029", "38012986600014"]}
PERSON = {"numero": "1205012K"}
HALF_A_MINUTE, TEN_MINUTES = 31.0, 601.0


@dataclass(frozen=True)
class Program:
    """A provider, and what its one client does there."""

    issuer: str
    running: asyncio.subprocess.Process

    async def says(self, word: str) -> None:
        """Wait for a line, past its notices."""
        assert self.running.stdout
        while (line := await self.running.stdout.readline()).decode().strip() != word:
            assert line, "it has ended"

    async def keys(self, change: str) -> None:
        """Rotate its keys, or withdraw those that are old."""
        assert self.running.stdin
        self.running.stdin.write(f"{change}\n".encode())
        await self.says(change)

    async def token(self) -> str:
        asked = {"grant_type": "client_credentials", "resource": "https://bilans.example.fr"}
        async with httpx.AsyncClient() as http:
            answer = await http.post(f"{self.issuer}/token", data=asked, auth=("program", "of the tests"))
        token: str = answer.raise_for_status().json()["access_token"]
        return token


@asynccontextmanager
async def provided(node: str, claims: dict[str, Any]) -> AsyncIterator[Program]:
    listener = open_listener("127.0.0.1", 0)
    port = listener.getsockname()[1]
    listener.close()
    pipe = asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(
        node, "program.js", str(port), json.dumps(claims), cwd=NPM,
        stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    program = Program(f"http://127.0.0.1:{port}", running)
    try:
        await program.says(program.issuer)
        yield program
    finally:
        running.kill()
        await running.communicate()


class World:
    """Two providers, what reads their tokens, and the clock that it goes by."""

    def __init__(self, staff: Program, people: Program) -> None:
        self.staff = staff
        self.people = people
        self.now = 0.0
        named = {"role": "groups", "organization": "etablissements"}
        self.tokens = ProviderTokens(
            [
                self._issuer(staff, id="staff", roles={"of": "training_organization"}, claims=named),
                self._issuer(people, id="people", role="job_seeker", claims={"job_seeker": "numero"}),
            ]
        )

    def _issuer(self, program: Program, **said: Any) -> Issuer:
        url = f"{program.issuer}/jwks"
        table = {"issuer": program.issuer, "audience": "bilans", "jwks_url": url} | said
        return Issuer(IdentityProvider.model_validate(table), KeySet(url, lambda: self.now))

    async def viewer(self, program: Program) -> Viewer:
        return await self.tokens.viewer(await program.token())


@pytest.fixture
async def world(node: str) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        staff = await stack.enter_async_context(provided(node, STAFF))
        yield World(staff, await stack.enter_async_context(provided(node, PERSON)))


async def test_each_token_is_read_as_its_provider_says(world: World) -> None:
    staff, person = await world.viewer(world.staff), await world.viewer(world.people)
    assert (staff.role, staff.organizations) == (Role.TRAINING_ORGANIZATION, tuple(STAFF["etablissements"]))
    assert (person.role, person.key) == (Role.JOB_SEEKER, PERSON["numero"])
    assert (staff.account, person.account) == ("training_organization:staff:program", "job_seeker:people:program")


async def test_tokens_of_before_and_after_a_rotation_are_good_and_of_a_withdrawn_key_no_longer(world: World) -> None:
    before = await world.staff.token()
    await world.tokens.viewer(before)
    await world.staff.keys("rotate")
    world.now += HALF_A_MINUTE
    after = await world.staff.token()
    assert await world.tokens.viewer(after)
    assert await world.tokens.viewer(before)

    await world.staff.keys("withdraw")
    world.now += TEN_MINUTES
    assert await world.viewer(world.people)
    await world.tokens.viewer(after)
    await refused(world, before)
    assert await world.tokens.viewer(after)


async def refused(world: World, token: str) -> None:
    """Ask until the keys, which are asked for without waiting, have come."""
    async with asyncio.timeout(10):
        while True:
            try:
                await world.tokens.viewer(token)
            except BadToken:
                return
            await asyncio.sleep(0)
