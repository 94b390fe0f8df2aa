"""The embedded server is killed, loses its directory or its disk, or its service: what was acknowledged stays."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from storage.embedded import embedded_server, find_mongod
from supervision.loops import Loops
from tests.storage.embedding import answered, ended, pid_of, plans, running

ROOT = Path(__file__).parents[2]
SERVICE = """
import asyncio, sys
from pathlib import Path
from pymongo import AsyncMongoClient
from storage.embedded import embedded_server

async def serve():
    async with embedded_server(Path(sys.argv[1])) as url, AsyncMongoClient(url) as client:
        await client.bilans.plans.insert_one({"_id": 1})
        print((await client.admin.command("serverStatus"))["pid"], flush=True)
        await asyncio.Event().wait()

asyncio.run(serve())
"""


async def test_a_killed_mongod_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        await client.bilans.plans.insert_many({"_id": number} for number in range(100))
        pid = await pid_of(client)
        os.kill(pid, signal.SIGKILL)
        await asyncio.wait_for(ended(pid), 10)

    async with running(tmp_path) as client:
        assert await plans(client) == list(range(100))


async def test_a_killed_mongod_is_started_again_under_the_running_service(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        for number in range(2):
            await client.bilans.plans.insert_one({"_id": number})
            killed = await pid_of(client)
            os.kill(killed, signal.SIGKILL)
            await ended(killed)
            assert await answered(lambda: plans(client)) == list(range(number + 1))
            assert await answered(lambda: pid_of(client)) != killed


async def test_a_server_whose_directory_was_away_is_started_as_soon_as_it_is_back(tmp_path: Path) -> None:
    """Each failed start is told, with a sentence and a growing pause; what was acknowledged is there."""
    told: list[tuple[str, str]] = []
    failed_twice = asyncio.Event()

    def tell(name: str, fault: Exception, _: float) -> None:
        told.append((name, str(fault)))
        if len(told) == 2:
            failed_twice.set()

    here, away = tmp_path / "data", tmp_path / "elsewhere"
    client: AsyncMongoClient[dict[str, Any]]
    async with contextlib.AsyncExitStack() as stack:
        url = await stack.enter_async_context(embedded_server(here, Loops(tell)))
        client = await stack.enter_async_context(AsyncMongoClient(url))
        await client.bilans.plans.insert_one({"_id": 1})
        killed = await pid_of(client)
        here.rename(away)
        os.kill(killed, signal.SIGKILL)
        (here / "mongodb").mkdir(parents=True)  # an empty one in its place is not begun with
        await asyncio.wait_for(failed_twice.wait(), 30)
        shutil.rmtree(here)
        away.rename(here)
        assert await answered(lambda: plans(client)) == [1]
    assert told[0][0] == "embedded server"
    assert "are gone: bring them back" in told[0][1]


async def test_data_of_others_in_the_place_of_those_that_were_moved_are_not_served(tmp_path: Path) -> None:
    told = asyncio.get_running_loop().create_future()
    here, away = tmp_path / "data", tmp_path / "elsewhere"
    client: AsyncMongoClient[dict[str, Any]]
    loops = Loops(lambda _, fault, __: None if told.done() else told.set_result(str(fault)))
    async with contextlib.AsyncExitStack() as stack:
        url = await stack.enter_async_context(embedded_server(here, loops))
        client = await stack.enter_async_context(AsyncMongoClient(url))
        killed = await pid_of(client)
        here.rename(away)
        shutil.copytree(away / "mongodb", here / "mongodb")
        (here / "lock").touch()
        os.kill(killed, signal.SIGKILL)
        assert "are not those with which the service began" in await asyncio.wait_for(told, 30)


async def test_a_server_that_a_full_disk_ended_is_started_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mongod on PATH says what the real one says of a full disk, as long as the disk is said to be full."""
    full, real, told = tmp_path / "full", find_mongod(), list[str]()
    on_path = tmp_path / "bin/mongod"
    on_path.parent.mkdir()
    on_path.write_text(f"""#!/bin/sh\n[ ! -e {full} ] || {{ echo "No space left on device"; kill -ABRT $$; }}
exec {real} "$@"\n""")
    on_path.chmod(0o700)
    monkeypatch.setenv("PATH", f"{on_path.parent}:{os.environ['PATH']}")

    def tell(_: str, fault: Exception, pause: float) -> None:
        told.append(f"{pause:.1f} {fault}")
        if len(told) == 2:
            full.unlink()

    client: AsyncMongoClient[dict[str, Any]]
    async with contextlib.AsyncExitStack() as stack:
        url = await stack.enter_async_context(embedded_server(tmp_path / "data", Loops(tell)))
        client = await stack.enter_async_context(AsyncMongoClient(url))
        await client.bilans.plans.insert_one({"_id": 1})
        full.touch()
        os.kill(await pid_of(client), signal.SIGKILL)
        assert await answered(lambda: plans(client)) == [1]
    sentence = f"The disk of {tmp_path}/data/mongodb is full: make room, or set BILANS_DATA_DIR to another disk."
    assert told == [f"0.2 {sentence}", f"0.4 {sentence}"]


async def test_mongod_goes_with_a_killed_service_and_the_data_stay(tmp_path: Path) -> None:
    service = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVICE, tmp_path, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert service.stdout
    pid = int(await asyncio.wait_for(service.stdout.readline(), 60))
    service.kill()
    await service.wait()
    await asyncio.wait_for(ended(pid), 10)

    async with running(tmp_path) as client:
        assert await plans(client) == [1]
