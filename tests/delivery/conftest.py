from __future__ import annotations

import os
from secrets import token_hex
from typing import TYPE_CHECKING

import pytest

from pdf.printer import Printer
from storage.client import close_database, open_database
from storage.embedded import embedded_server
from tests.delivery.desk import Desk, desk_on, prepared

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.client import Database


@pytest.fixture(scope="session")
async def mongodb_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The replica set of BILANS_TEST_MONGODB_URL, else one of our own for the session."""
    if url := os.environ.get("BILANS_TEST_MONGODB_URL"):
        yield url
        return
    async with embedded_server(tmp_path_factory.mktemp("mongodb")) as url:
        yield url


@pytest.fixture(scope="session")
async def printer() -> AsyncIterator[Printer]:
    async with Printer() as printer:
        yield printer


@pytest.fixture
async def database(mongodb_url: str) -> AsyncIterator[Database]:
    """A database of its own, dropped after the test."""
    opened = open_database(mongodb_url, f"delivery_{token_hex(6)}")
    await prepared(opened)
    yield opened
    await opened.client.drop_database(opened.name)
    close_database(opened)


@pytest.fixture
async def desk(database: Database, printer: Printer) -> AsyncIterator[Desk]:
    """The services of one process, its hub running."""
    async with desk_on(database, printer) as desk:
        yield desk
