from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.transport.world import World, served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(scope="session")
async def shared() -> AsyncIterator[World]:
    """One server for the tests that need nothing of their own."""
    async with served(World()) as world:
        yield world


@pytest.fixture
async def http(shared: World) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a good token."""
    headers = {"Authorization": "Bearer ada"}
    async with httpx.AsyncClient(base_url=shared.url.removesuffix("/graphql"), headers=headers) as client:
        yield client
