"""Whether the database of an address can be worked with: it answers, lets us in, and is what the service needs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pymongo import MongoClient
from pymongo.errors import ConfigurationError, OperationFailure, PyMongoError
from pymongo.uri_parser import parse_uri

from storage.data_directory import NoServer

if TYPE_CHECKING:
    from storage.client import Document

OLDEST = "6.0"
_OLDEST_WIRE_VERSION = 17  # that of OLDEST
_NOT_LET_IN = frozenset({13, 18, 8000})
_SECONDS = 5


async def require_server(url: str) -> None:
    """Raise NoServer, with what to do, where the service could not keep its promises on that database."""
    options = _options(url)
    try:
        hello = await _hello(url)
    except OperationFailure as error:
        raise NoServer(_not_let_in(error)) from None
    except PyMongoError as error:
        raise NoServer(await _why_no_answer(url, options, error)) from None
    if problem := _unfit(hello):
        raise NoServer(problem)
    if "setName" in hello and not hello.get("primary"):
        raise NoServer(_no_primary(hello["setName"]))


def _options(url: str) -> Document:
    """Read the address; NoServer where it is none, or names a file that is not there."""
    try:
        options: Document = parse_uri(url)["options"]
    except (ConfigurationError, ValueError):
        raise NoServer(
            "BILANS_MONGODB_URL is not an address of MongoDB: it is written mongodb://HOST:PORT/?replicaSet=NAME."
        ) from None
    except OSError as error:
        raise NoServer(
            f"BILANS_MONGODB_URL names the file {error.filename}, which cannot be read ({error.strerror})."
        ) from None
    except PyMongoError as error:  # mongodb+srv: the name has no servers
        raise NoServer(f"The servers of BILANS_MONGODB_URL cannot be found ({error}): correct the address.") from None
    return options


async def _hello(url: str) -> Document:
    return await asyncio.to_thread(_hello_now, url)


def _hello_now(url: str) -> Document:
    client: MongoClient[Document]
    milliseconds = _SECONDS * 1_000
    with MongoClient(
        url, serverSelectionTimeoutMS=milliseconds, connectTimeoutMS=milliseconds, appname="bilans"
    ) as client:
        hello: Document = client.admin.command("hello")
        client.admin.command("ping")
    return hello


def _unfit(hello: Document) -> str | None:
    if hello.get("isreplicaset"):
        return (
            "The server of BILANS_MONGODB_URL waits to be made a replica set: type rs.initiate() in mongosh, once, "
            "on one of its members."
        )
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        return (
            "The server of BILANS_MONGODB_URL stands alone (standalone), and announcements need a replica set: "
            "start mongod with --replSet bilans, type rs.initiate() in mongosh, and add ?replicaSet=bilans to the "
            "address. A set may have one member."
        )
    if hello.get("maxWireVersion", 0) < _OLDEST_WIRE_VERSION:
        return f"The server of BILANS_MONGODB_URL is older than MongoDB {OLDEST}: upgrade it."
    return None


async def _why_no_answer(url: str, options: Document, error: PyMongoError) -> str:
    """Ask the first server alone: a client that looks for the set does not find a server of no set, or of another."""
    wanted = options.get("replicaSet")
    if url.startswith("mongodb://"):
        try:
            hello = await _hello(_first_alone(url))
        except PyMongoError:
            hello = {}
        if hello.get("ok"):
            if problem := _unfit(hello):
                return problem
            if wanted and hello.get("setName") != wanted:
                return (
                    f"The replica set of BILANS_MONGODB_URL is named {hello.get('setName')}, and the address says "
                    f"{wanted}: correct replicaSet in the address."
                )
            return _no_primary(hello["setName"])
    return (
        f"The database of BILANS_MONGODB_URL does not answer ({type(error).__name__}): start it, or correct the "
        "address, or leave it out for the embedded server."
    )


def _first_alone(url: str) -> str:
    host, _, rest = url.removeprefix("mongodb://").partition("/")
    path, _, options = rest.partition("?")
    asked = [each for each in options.split("&") if each and not each.lower().startswith("replicaset=")]
    credentials, at, hosts = host.rpartition("@")
    first = hosts.partition(",")[0]
    return f"mongodb://{credentials}{at}{first}/{path}?" + "&".join([*asked, "directConnection=true"])


def _not_let_in(error: OperationFailure) -> str:
    if error.code in _NOT_LET_IN:
        return (
            "The database of BILANS_MONGODB_URL does not let us in: correct the user, the password or authSource in "
            "the address, and see that the user has its rights (docs/production.md)."
        )
    return f"The database of BILANS_MONGODB_URL refuses to answer (code {error.code}): see its log."


def _no_primary(name: str) -> str:
    return (
        f"The replica set {name} of BILANS_MONGODB_URL has no primary that can be reached from here: start most of "
        "its members, and see that the host names of rs.conf() are known here."
    )
