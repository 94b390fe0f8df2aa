from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.credentials.provider import Provider, publishing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with publishing() as running:
        yield running
