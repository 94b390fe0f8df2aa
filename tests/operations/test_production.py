"""docs/production.md in small: a replica set with TLS, users and the role of the service, and a proxy before it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pydantic import SecretStr
from pymongo import MongoClient

from commands.examining import examine
from commands.keeping import make_backup, restore_backup
from commands.retaining import retain
from service.composition import prepare
from settings import Settings
from storage.client import close_database, open_database
from storage.data_directory import NoServer
from storage.servers import require_server
from tests import DRIVER
from tests.cluster import lone_member
from tests.delivery.desk import desk_on, load, plan
from tests.factories import counsellor, staff
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from pdf.printer import Printer
    from tests.service import Served

DEPLOY = Path(__file__).parents[2] / "deploy"
SECONDS = 30


def openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)  # noqa: S603, S607 - our own command


def certificates(folder: Path) -> tuple[Path, Path]:
    """Make an authority and a certificate of this machine; gives the authority's file and the server's."""
    authority, key, request, signed = (folder / name for name in ("ca.pem", "ca.key", "server.csr", "server.crt"))
    subject = ("-subj", "/CN=bilans tests")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(authority), *subject)
    own = folder / "server.key"
    openssl(
        "req", "-newkey", "rsa:2048", "-nodes", "-keyout", str(own), "-out", str(request), "-subj", "/CN=localhost"
    )
    names = folder / "names"
    names.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost")
    openssl(
        "x509", "-req", "-in", str(request), "-CA", str(authority), "-CAkey", str(key), "-CAcreateserial",
        "-out", str(signed), "-extfile", str(names),
    )  # fmt: skip
    both = folder / "server.pem"
    both.write_text(signed.read_text() + own.read_text())
    return authority, both


@asynccontextmanager
async def guarded_set(folder: Path) -> AsyncIterator[str]:
    """A replica set of one that demands TLS and a user; gives the address with the user of the service."""
    authority, server = certificates(folder)
    members = folder / "members.key"
    members.write_text("b" * 64)
    members.chmod(0o600)
    text = _block_of_the_page("yaml")
    files = {"/etc/ssl/bilans/mongodb.pem": server, "/etc/ssl/bilans/ca.pem": authority}
    for named, ours in {**files, "/etc/ssl/bilans/members.key": members}.items():
        assert named in text
        text = text.replace(named, str(ours))
    configuration = folder / "mongod.conf"
    configuration.write_text(text)
    options = ("--config", str(configuration), "--keyFile", str(members))
    query = f"tls=true&tlsCAFile={authority}"
    async with lone_member(folder / "data", *options, query=query) as address:
        await asyncio.to_thread(_made_a_set_with_users, address, query)
        yield f"mongodb://bilans:secret@{address}/?replicaSet=bilans&authSource=admin&{query}"


def _block_of_the_page(language: str, holding: str = "") -> str:
    """Give the block of docs/production.md in that language which has that text."""
    blocks: list[str] = re.findall(
        rf"```{language}\n(.*?)```", (DEPLOY.parent / "docs/production.md").read_text(), re.DOTALL
    )
    return next(block for block in blocks if holding in block)


def test_the_settings_of_the_page_are_what_a_shell_reads_of_them(tmp_path: Path) -> None:
    """An address that is not in quotes would end at its first `&`, and commands would mean the embedded database."""
    given = _block_of_the_page("sh", "bilans.env").partition("<<'END'\n")[2].partition("\nEND")[0]
    file = tmp_path / "bilans.env"
    file.write_text(given.replace("RESULT OF openssl rand -base64 48", "l" * 64))
    told = subprocess.run(  # noqa: S603 - our own command
        ["/bin/sh", "-c", f"set -a; . {file}; set +a; env"], env={}, check=True, capture_output=True, text=True
    ).stdout
    read = dict(line.split("=", 1) for line in told.splitlines())
    assert read["BILANS_MONGODB_URL"].endswith("&authSource=admin")
    assert {line.partition("=")[0] for line in given.splitlines()} <= set(read)
    names = {name.removeprefix("BILANS_").lower(): value for name, value in read.items() if "BILANS_" in name}
    assert Settings.model_validate(names).production


def _made_a_set_with_users(address: str, query: str) -> None:
    client: MongoClient[dict[str, Any]]
    with MongoClient(f"mongodb://{address}/?directConnection=true&{query}") as client:
        client.admin.command("replSetInitiate", {"_id": "bilans", "members": [{"_id": 0, "host": address}]})
        while not client.admin.command("hello")["isWritablePrimary"]:
            pass
        client.admin.command("createUser", "admin", pwd="secret", roles=["root"])
    with MongoClient(f"mongodb://admin:secret@{address}/?directConnection=true&{query}") as client:
        client.admin.command(json.loads((DEPLOY / "service-role.json").read_text()))
        client.admin.command("createUser", "bilans", pwd="secret", roles=["bilansService"])


async def test_the_role_of_the_service_is_enough_for_all_it_does_over_tls(
    settings: Settings, printer: Printer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with guarded_set(tmp_path) as url:
        await require_server(url)
        with pytest.raises(NoServer, match="does not let us in"):
            await require_server(url.replace("secret", "wrong"))
        here = settings.model_copy(update={"mongodb_url": SecretStr(url), "mongodb_database": "bilans"})
        for months in (12, 24):  # a changed age of the trail
            async with serving(here.model_copy(update={"trail_months": months}), url, printer) as served:
                assert (await served.http.get("/readyz")).json() == {"status": "ok"}
        database = open_database(url, driver=DRIVER)
        try:
            await prepare(database)
            await load(database, plan(1))
            async with (
                desk_on(database, printer, pause_seconds=0.2) as desk,
                desk.services.hub.subscribed(counsellor("A-1")) as subscriber,
            ):
                await desk.transmit("P-1")
                assert (await asyncio.wait_for(subscriber.next(), SECONDS)).plan.id == "P-1"
        finally:
            await close_database(database)
        file = tmp_path / "kept"
        assert await retain(here, dry_run=False) == 0
        assert await make_backup(here, str(file)) == 0
        assert await restore_backup(here, str(file), replace=True) == 0
        await examine(here)
        told = capsys.readouterr().out
        assert "All is as it should be." in told
        assert "The replica set has 1 member(s)" in told


def a_free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def nginx(folder: Path, port: int) -> AsyncIterator[str]:
    """Run nginx with the file of the repository before a service on a port; gives its address."""
    program = shutil.which("nginx")
    if program is None:
        pytest.skip("nginx is not installed here: its configuration was not tried")
    _, server = certificates(folder)
    listening = a_free_port()
    text = (DEPLOY / "nginx.conf").read_text()
    text = text.replace("    server 127.0.0.1:8001 max_fails=1 fail_timeout=2s;\n", "").replace(":8000", f":{port}")
    text = text.replace("listen 443", f"listen 127.0.0.1:{listening}")
    text = text.replace("/etc/ssl/bilans/fullchain.pem", str(server)).replace(
        "/etc/ssl/bilans/privkey.pem", str(server)
    )
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = (
        f"pid {folder}/pid; error_log {folder}/errors; events {{}}\nhttp {{ access_log off; {temporary}\n{text}\n}}"
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(whole)
    arguments = [program, "-c", str(configuration), "-e", str(folder / "errors"), "-g", "daemon off;"]
    async with listening_on(listening, *arguments):
        yield f"https://127.0.0.1:{listening}"


@asynccontextmanager
async def caddy(folder: Path, port: int) -> AsyncIterator[str]:
    """Run Caddy likewise, without TLS, which it would ask an authority for."""
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("Caddy is not installed here: its configuration was not tried")
    listening = a_free_port()
    configuration = folder / "Caddyfile"
    configuration.write_text("{\n\tadmin off\n}\n" + (DEPLOY / "Caddyfile").read_text())
    given = {"SITE": f"http://127.0.0.1:{listening}", "SERVICES": f"127.0.0.1:{port}", "HOME": str(folder)}
    arguments = [program, "run", "--config", str(configuration), "--adapter", "caddyfile"]
    async with listening_on(listening, *arguments, **given):
        yield given["SITE"]


@asynccontextmanager
async def listening_on(port: int, *arguments: str, **environment: str) -> AsyncIterator[None]:
    """Run a program that listens on a port for the time of the block."""
    running = await asyncio.create_subprocess_exec(
        *arguments, env={**os.environ, **environment}, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(SECONDS):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except ConnectionRefusedError:
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    break
        yield
    finally:
        if running.returncode is None:
            running.terminate()
        await running.wait()


@pytest.mark.parametrize("proxy", [nginx, caddy])
async def test_the_proxy_passes_questions_and_streams_and_says_who_asks(
    serve: Callable[[], AbstractAsyncContextManager[Served]],
    tmp_path: Path,
    proxy: Callable[[Path, int], AbstractAsyncContextManager[str]],
) -> None:
    async with (
        serve() as served,
        proxy(tmp_path, int(served.url.rpartition(":")[2])) as url,
        httpx.AsyncClient(base_url=url, verify=False) as http,  # noqa: S501 - a certificate of the test
    ):
        body = {"query": "{ __typename }"}
        answer = await http.post("/graphql", json=body, headers=served.headers(staff()))
        assert answer.json() == {"data": {"__typename": "Query"}}
        assert (await http.get("/readyz")).status_code == 200
        follow = {"query": "subscription { reportTransmitted { cursor } }"}
        headers = served.headers(counsellor()) | {"Accept": "text/event-stream"}
        async with http.stream("POST", "/graphql", json=follow, headers=headers) as stream:
            assert stream.status_code == 200
            assert stream.headers["content-type"].startswith("text/event-stream")
