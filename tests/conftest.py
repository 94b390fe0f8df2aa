"""What tests run on: a real mongod, a database of their own, the services, the whole service on a port."""

from __future__ import annotations

import os
from contextlib import AsyncExitStack
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from credentials.identifiers import SealedIdentifiers
from credentials.links import Links
from domain.global_id import seal_with
from pdf.printer import Printer
from resolvers.services import Services
from settings import Settings
from storage.announcements import AnnouncementLog
from storage.client import close_database, open_database
from storage.embedded import embedded_server
from storage.hub import Hub
from storage.loading import PlanLoader
from storage.nomenclatures import NomenclatureRepository
from storage.papers import PaperRepository
from storage.plans import PlanRepository
from storage.verifications import Verifications
from tests import DRIVER
from tests.databases import IDENTIFIERS, Databases
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from contextlib import AbstractAsyncContextManager

    from domain.loading import Written
    from domain.plan import Plan
    from storage.client import Database
    from tests.service import Served

seal_with(SealedIdentifiers(IDENTIFIERS))
SECRET = "of the tests, and thirty-two bytes long at least"
LINKS_AT = "http://127.0.0.1:1"
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
MEMORY_BYTES = 8 << 30
"""Where the data of the tests' server is kept while so much is free: writes to a majority wait for the disk."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a database, so that `just quick` can do without."""
    for item in items:
        if isinstance(item, pytest.Function) and "mongodb_url" in item.fixturenames:
            item.add_marker("database")


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the session's server keeps its data: in memory where there is enough."""
    if MEMORY.is_dir() and disk_usage(MEMORY).free > MEMORY_BYTES:
        with TemporaryDirectory(dir=MEMORY) as folder:
            yield Path(folder)
    else:
        yield tmp_path_factory.mktemp("mongodb")


@pytest.fixture(scope="session")
async def mongodb_url(data_folder: Path) -> AsyncIterator[str]:
    """A replica set: that of BILANS_TEST_MONGODB_URL, else an embedded server for the session."""
    if given := os.environ.get("BILANS_TEST_MONGODB_URL"):
        yield given
        return
    async with embedded_server(data_folder) as url:
        yield url


@pytest.fixture(scope="session")
async def printer() -> AsyncIterator[Printer]:
    """One warm printer for the session: warming takes seconds."""
    async with Printer() as warm:
        yield warm


@pytest.fixture(scope="session")
async def databases(mongodb_url: str) -> AsyncIterator[Databases]:
    async with Databases(mongodb_url) as all_of_the_session:
        yield all_of_the_session


@pytest.fixture
async def database(mongodb_url: str, databases: Databases) -> AsyncIterator[Database]:
    """A database of the test's own, with its indexes and packaged lists; emptied or gone after it."""
    name = await databases.lend()
    seal_with(SealedIdentifiers(IDENTIFIERS))
    opened = open_database(mongodb_url, name, driver=DRIVER)
    try:
        yield opened
    finally:
        await close_database(opened)
        await databases.take_back(name)


@pytest.fixture
async def services(database: Database, printer: Printer) -> AsyncIterator[Services]:
    """What resolvers work with, on the test's database; the hub follows the announcements."""
    log = AnnouncementLog(database)
    hub = Hub(database, log, pause_seconds=0.2)
    async with hub.running():
        yield Services(
            plans=PlanRepository(database),
            nomenclatures=NomenclatureRepository(database),
            papers=PaperRepository(database),
            verifications=Verifications(database, 100),
            log=log,
            hub=hub,
            printer=printer,
            links=Links(LINKS_AT, SECRET.encode()),
        )


@pytest.fixture
def load(database: Database) -> Callable[..., Awaitable[Written]]:
    """Load plans as the feed does: `await load(a_plan(), ...)`."""

    async def loaded(*plans: Plan) -> Written:
        return await PlanLoader(database).load(plans)

    return loaded


@pytest.fixture
def settings(database: Database, mongodb_url: str, tmp_path: Path) -> Settings:
    """The settings of a service on the test's database; `model_copy(update=...)` for others."""
    url = SecretStr(mongodb_url)
    return Settings(mongodb_url=url, mongodb_database=database.name, jwt_secret=SECRET, data_dir=tmp_path)


@pytest.fixture
def serve(
    settings: Settings, mongodb_url: str, printer: Printer
) -> Callable[[], AbstractAsyncContextManager[Served]]:
    """Start the service on the test's database as often as the test wants: `async with serve() as served`."""
    return lambda: serving(settings, mongodb_url, printer)


@pytest.fixture
async def served(serve: Callable[[], AbstractAsyncContextManager[Served]]) -> AsyncIterator[Served]:
    """The whole service on the test's database, behind a loopback port."""
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(serve())
