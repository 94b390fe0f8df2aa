"""A broad world on the real server, made once for the tests that only read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from service.composition import prepare
from storage.client import close_database, open_database
from tests import DRIVER
from tests.storage.worlds import keep, made_up

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.storage.worlds import World

SEED, SIZE = 20251124, 600


@pytest.fixture(scope="session")
async def world(mongodb_url: str) -> AsyncIterator[World]:
    database = open_database(mongodb_url, f"test-world-{uuid4().hex[:12]}", driver=DRIVER)
    try:
        await prepare(database)
        yield await keep(database, made_up(SEED, SIZE))
    finally:
        await database.client.drop_database(database.name)
        await close_database(database)
