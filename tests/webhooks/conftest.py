from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.webhooks.office import Clock, Office, office_on, real_time
from tests.webhooks.receiver import Receiver, receiving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pdf.printer import Printer
    from settings import Settings
    from storage.client import Database


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A service that may call the receiver, which is on this machine."""
    return settings.model_copy(update={"webhook_loopback": True})


@pytest.fixture
def clock() -> Clock:
    return real_time()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def office(database: Database, printer: Printer, clock: Clock) -> AsyncIterator[Office]:
    async with office_on(database, printer, clock) as office:
        yield office
