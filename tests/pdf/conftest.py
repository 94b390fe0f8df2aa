import os
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from pypdf import PdfReader

from pdf import fonts

os.environ.update(fonts.environment())

from pdf.press import Press
from pdf.printer import Printer


@pytest.fixture(scope="session")
def press() -> Press:
    return Press()


@pytest.fixture
async def printer() -> AsyncIterator[Printer]:
    async with Printer() as printer:
        yield printer


def read(content: bytes) -> PdfReader:
    return PdfReader(BytesIO(content))
