"""A start that finds indexes lacking serves while one process makes them; those that guard writes come first."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr
from pymongo import MongoClient

from commands.migrating import bring_up_to_date
from service.composition import prepare
from storage.client import close_database, open_database
from storage.indexes import lacking
from storage.lease import held
from tests import DRIVER
from tests.cluster import lone_member
from tests.delivery.desk import STAFF, load, plan
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from pdf.printer import Printer
    from settings import Settings
    from storage.client import Database
    from tests.service import Served

SECONDS = 120
BY_NAME = """{ trainingPlans(first: 2, orderBy: { field: NAME, direction: ASC }) { totalCount nodes { id } } }"""
STATISTICS = "{ statistics(by: MONTH) { total { plans } } }"


@asynccontextmanager
async def pausing_server(folder: Path) -> AsyncIterator[str]:
    """A replica set of one whose making of indexes may be held; gives its address."""
    options = ("--replSet", "bilans", "--setParameter", "enableTestCommands=1")
    async with lone_member(folder / "data", *options) as address:
        await asyncio.to_thread(_made_a_set, address)
        yield f"mongodb://{address}/?replicaSet=bilans"


def _made_a_set(address: str) -> None:
    client: MongoClient[dict[str, Any]]
    with MongoClient(f"mongodb://{address}/?directConnection=true") as client:
        client.admin.command("replSetInitiate", {"_id": "bilans", "members": [{"_id": 0, "host": address}]})
        while not client.admin.command("hello")["isWritablePrimary"]:
            pass


async def hold(database: Database, mode: str) -> None:
    """Hold whatever index is made from now on ("alwaysOn"), or let it go on ("off")."""
    point = {"configureFailPoint": "hangAfterStartingIndexBuild", "mode": mode}
    await database.client["admin"].command(point)


async def asked(served: Served, database: Database) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Ask for a list by name; gives the answer, and what the server did for it."""
    await database.command("profile", 2)
    found = await served.ask(STAFF, BY_NAME)
    await database.command("profile", 0)
    done = {"ns": f"{database.name}.plans", "command.hint": {"$exists": True}}
    entries = [entry async for entry in database["system.profile"].find(done)]
    await database.drop_collection("system.profile")
    return found, entries


async def test_lists_are_answered_while_their_index_is_made_and_read_by_it_then(
    settings: Settings, printer: Printer, tmp_path: Path
) -> None:
    async with pausing_server(tmp_path) as url:
        here = settings.model_copy(update={"mongodb_url": SecretStr(url), "mongodb_database": "bilans"})
        database = open_database(url, driver=DRIVER)
        await prepare(database)
        await load(database, *(plan(number) for number in range(1, 4)))
        for name in ("plans_by_name", "counted"):
            await database["plans"].drop_index(name)
        await hold(database, "alwaysOn")

        async with asyncio.timeout(SECONDS), serving(here, url, printer) as served:
            told = (await served.http.get("/readyz")).json()
            assert told["status"] == "ok"
            assert told["underWay"]["indexes"].startswith(
                "2 indexes are being made (plans.plans_by_name, plans.counted)"
            )
            assert (await served.ask(STAFF, STATISTICS))["statistics"]["total"]["plans"] == 3
            found, entries = await asked(served, database)
            assert (found["trainingPlans"]["totalCount"], len(found["trainingPlans"]["nodes"])) == (3, 2)
            assert [entry["ok"] for entry in entries] == [0]
        # it has stopped without waiting for what is held

        await hold(database, "off")
        async with asyncio.timeout(SECONDS), serving(here, url, printer) as served:
            while "underWay" in (await served.http.get("/readyz")).json():
                pass
            _, entries = await asked(served, database)
            assert ["keys.member" in entry["planSummary"] for entry in entries] == [True]
        await close_database(database)


async def test_what_guards_writes_is_made_before_anything_is_served(database: Database) -> None:
    await load(database, plan(1))
    for name in ("codes", "plans_by_name"):
        await database["plans"].drop_index(name)
    await prepare(database, guards=True)
    assert await lacking(database) == ["plans.plans_by_name"]


async def test_they_are_made_beforehand_by_migrate_and_one_process_at_a_time(
    database: Database, settings: Settings, mongodb_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await load(database, plan(1))
    await database["plans"].drop_index("counted")
    here = settings.model_copy(update={"mongodb_url": SecretStr(mongodb_url)})
    assert await bring_up_to_date(here, check=True, dry_run=False) == 1
    assert "1 indexes are to be made: plans.counted." in capsys.readouterr().out
    async with held(database):
        with pytest.raises(Exception, match="Another process migrates"):
            await bring_up_to_date(here, check=False, dry_run=False)
    assert await bring_up_to_date(here, check=False, dry_run=False) == 0
    assert await lacking(database) == []
