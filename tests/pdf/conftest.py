from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from pypdf import PdfReader

from domain.plan import Plan
from pdf.printer import Printer


@pytest.fixture(scope="session")
async def shared() -> AsyncIterator[Printer]:
    """A printer for the tests that read paper; those of the pool itself start their own."""
    async with Printer() as printer:
        await printer.warmed()
        yield printer


@pytest.fixture
async def printer() -> AsyncIterator[Printer]:
    """A printer of one worker, which is the one for transmissions."""
    async with Printer(workers=0) as printer:
        yield printer


def read(content: bytes) -> PdfReader:
    return PdfReader(BytesIO(content))


async def paper(printer: Printer, plan: Plan) -> PdfReader:
    return read((await printer.print(plan)).content)


async def text(printer: Printer, plan: Plan) -> str:
    """Return what the paper says, in one line."""
    pages = [page.extract_text() for page in (await paper(printer, plan)).pages]
    return " ".join("\n".join(pages).split())
