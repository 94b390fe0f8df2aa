"""The embedded database on the real mongod: what it promises about start, end, place and data."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from storage.data_directory import SOCKET_PATH_LIMIT
from storage.embedded import NoServer, embedded_server, find_mongod
from storage.set_of_one import REPLICA_SET, configured
from tests.cluster import lone_member
from tests.storage.embedding import ended, mode, pid_of, plans, refused, running, tcp_sockets_of

ROOT = Path(__file__).parents[2]


async def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        await client.bilans.plans.insert_one({"_id": 1})
        first = await pid_of(client)
    await asyncio.wait_for(ended(first), 1)

    async with running(tmp_path) as client:
        assert await plans(client) == [1]
        assert await pid_of(client) != first


async def test_a_change_stream_tells_of_a_write(tmp_path: Path) -> None:
    async with (
        running(tmp_path) as client,
        await client.bilans.plans.watch() as changes,
    ):
        await client.bilans.plans.insert_one({"_id": 7})
        change = await asyncio.wait_for(changes.next(), 10)
    assert change["fullDocument"] == {"_id": 7}


async def test_a_server_that_has_yet_to_read_that_it_is_a_set_is_asked_again(tmp_path: Path) -> None:
    """Of two who make it one at a time, as of a server that says it is none while it starts, one comes too late."""
    async with lone_member(tmp_path, "--replSet", REPLICA_SET) as address:
        client: AsyncMongoClient[dict[str, Any]]
        async with AsyncMongoClient(f"mongodb://{address}/?directConnection=true") as client:
            pid = await pid_of(client)
        socket = Path(f"/tmp/mongodb-{address.partition(':')[2]}.sock")  # noqa: S108 - where mongod puts it
        assert any(await asyncio.gather(configured(pid, socket), configured(pid, socket)))
        assert await configured(pid, socket)


async def test_a_second_start_on_the_same_data_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        with pytest.raises(NoServer, match=r"in use by another service.*BILANS_DATA_DIR"):
            await refused(tmp_path)
        await client.bilans.plans.insert_one({"_id": 1})
        assert await plans(client) == [1]


async def test_the_socket_is_for_this_user_only_and_nothing_listens_on_tcp(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        assert (await client.admin.command("hello"))["me"] == str(tmp_path / "socket/mongodb-27017.sock")
        assert mode(tmp_path / "socket") == 0o700
        assert mode(tmp_path) == 0o700
        assert not tcp_sockets_of(await pid_of(client))


async def test_a_data_directory_deeper_than_a_socket_path_may_be_works(tmp_path: Path) -> None:
    deep = tmp_path / ("a long way down, " * 6) / "é"
    async with running(deep) as client:
        await client.bilans.plans.insert_one({"_id": 1})
        socket = Path((await client.admin.command("hello"))["me"])
    assert len(os.fsencode(socket)) <= SOCKET_PATH_LIMIT
    assert mode(socket.parent) == 0o700
    async with running(deep) as client:
        assert await plans(client) == [1]


@pytest.fixture
def near() -> Iterator[Path]:
    """A folder with a short path: that of a socket has 107 bytes at most."""
    with TemporaryDirectory(prefix="b") as folder:
        yield Path(folder)


async def test_a_copy_of_the_data_runs_beside_the_original(near: Path) -> None:
    original, copy = near / "original", near / "copy"
    async with running(original) as client:
        await client.bilans.plans.insert_one({"_id": 1})
    shutil.copytree(original / "mongodb", copy / "mongodb")

    async with (
        embedded_server(original),
        running(copy) as client,
    ):
        await client.bilans.plans.insert_one({"_id": 2})
        assert await plans(client) == [1, 2]
        assert (await client.admin.command("hello"))["hosts"] == [str(copy / "socket/mongodb-27017.sock")]
    async with running(original) as client:
        assert await plans(client) == [1]


async def test_damaged_data_are_told_with_what_mongod_said(tmp_path: Path) -> None:
    async with embedded_server(tmp_path):
        pass
    (tmp_path / "mongodb/WiredTiger").write_text("damaged")
    (tmp_path / "mongodb/WiredTiger.turtle").write_text("damaged")
    with pytest.raises(NoServer, match=r"mongod stopped at its start.*BILANS_MONGODB_URL.*WiredTiger error"):
        await refused(tmp_path)


async def test_a_data_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NoServer, match=r"cannot be used \(Not a directory.*BILANS_DATA_DIR"):
        await refused(tmp_path / "file/data")


async def test_a_thread_that_may_end_may_not_start_mongod(tmp_path: Path) -> None:
    async def start() -> None:
        async with embedded_server(tmp_path):
            pass

    with pytest.raises(RuntimeError, match="start it on the main one"):
        await asyncio.to_thread(asyncio.run, start())


def test_mongod_on_path_goes_before_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    wheel = find_mongod()
    (tmp_path / "mongod").symlink_to("/bin/true")
    assert wheel
    assert wheel.parts[-4:] == ("fiftyone", "db", "bin", "mongod")
    assert find_mongod() == tmp_path / "mongod"
