"""The demonstration's story behind a served desk, and a browser in front of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import async_playwright

from demo.loading import story_plans
from service.clock import present
from tests.desk.browsing import CHROMIUM, NO_BROWSER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from playwright.async_api import Browser

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
