"""The demonstration's story behind a served desk, and a browser in front of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from playwright.async_api import async_playwright

from demo.loading import story_plans
from service.clock import present
from service.composition import prepare
from settings import Settings
from storage.client import close_database, open_database
from storage.installation import identifier_key
from storage.loading import PlanLoader
from tests import DRIVER
from tests.conftest import SECRET
from tests.databases import IDENTIFIERS
from tests.desk.browsing import CHROMIUM, NO_BROWSER
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from playwright.async_api import Browser

    from pdf.printer import Printer
    from tests.service import Served


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium, one for the session."""
    if not CHROMIUM:
        pytest.skip(NO_BROWSER)
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        await opened.close()


@pytest.fixture
async def desk(served: Served, load: Callable[..., Awaitable[object]]) -> Served:
    """The service with the people and the sessions of the demonstration; no report is begun."""
    await load(*story_plans(present()))
    return served


@pytest.fixture(scope="module")
async def one_desk(
    mongodb_url: str, printer: Printer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    """One such service for the tests of a file: each takes a plan or a session that no other one touches."""
    database = open_database(mongodb_url, f"test-{uuid4().hex[:12]}", driver=DRIVER)
    settings = Settings(
        mongodb_database=database.name,
        jwt_secret=SECRET,
        data_dir=tmp_path_factory.mktemp("desk"),
        persons_per_hour=100_000,
    )
    try:
        await identifier_key(database, IDENTIFIERS)
        await prepare(database)
        await PlanLoader(database).load(story_plans(present()))
        async with serving(settings, mongodb_url, printer) as served:
            yield served
    finally:
        await database.client.drop_database(database.name)
        await close_database(database)
