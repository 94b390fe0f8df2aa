from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.delivery.desk import Desk, desk_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pdf.printer import Printer
    from storage.client import Database


@pytest.fixture
async def desk(database: Database, printer: Printer) -> AsyncIterator[Desk]:
    """The services of one process, its hub running."""
    async with desk_on(database, printer) as desk:
        yield desk
