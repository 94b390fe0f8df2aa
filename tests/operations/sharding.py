"""What a sharded cluster refuses, of what the server has noted of a service's work (its profiler).

The shard keys are those of ADR 25. A command to one document of a sharded collection has to say where it is: by its
whole shard key, or by `_id`, which is asked of every shard; one that may make the document, by its whole shard key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.client import Database

SHARD_KEYS = {"plans": ("organization.siret", "_id"), "papers": ("_id",), "trail": ("account", "at")}
_UNKNOWN = frozenset(
    {"renameCollection", "mapReduce", "eval", "group", "clone", "copydb", "cloneCollection", "convertToCapped"}
    | {"applyOps", "replSetGetStatus", "replSetGetConfig", "setParameter", "createCappedCollection"}
)
"""Unknown to mongos, or refused for a collection that is sharded."""
_NOWHERE = frozenset({"$where", "$function", "$accumulator", "$out", "startTransaction", "tailable", "capped"})
"""Not what shards refuse each time, but nothing that the service does: it would have to be thought of anew."""
_ROOM = 64 << 20


async def noted_from_now(database: Database) -> None:
    """Have the server note each command to a database, with room for all of them."""
    await database.command("profile", 0)
    await database.drop_collection("system.profile")
    await database.create_collection("system.profile", capped=True, size=_ROOM)
    await database.command("profile", 2)


async def noted(database: Database) -> list[dict[str, Any]]:
    """Give what was noted, and note no more."""
    await database.command("profile", 0)
    return [entry async for entry in database["system.profile"].find()]


def refused(entry: dict[str, Any]) -> list[str]:
    """Say why a sharded cluster would refuse a command as it was noted; nothing for one that it takes."""
    command: dict[str, Any] = entry["command"]
    name = next(iter(command), "")
    collection = entry["ns"].partition(".")[2]
    found = [f"{name} on {collection}"] if name in _UNKNOWN else []
    found += [f"{each} in {name}" for each in sorted(_NOWHERE & set(_names(command)))]
    key = SHARD_KEYS.get(collection)
    if key is None:
        return found
    if entry["op"] == "update":
        found += _of_update(command, collection, key)
    elif entry["op"] == "remove" and command["limit"] == 1 and not _says(command["q"], ("_id",), key):
        found.append(f"a removal of one of {collection} which it does not name")
    elif name == "findAndModify" and not _says(command["query"], key):
        found.append(f"findAndModify of {collection} without its shard key")
    elif name == "aggregate":
        found += [f"$merge into {into}" for into in _merged(command["pipeline"]) if into in SHARD_KEYS]
    return found


def _of_update(command: dict[str, Any], collection: str, key: tuple[str, ...]) -> Iterator[str]:
    wanted = command["q"]
    if command["upsert"] and not _says(wanted, key):
        yield f"an upsert in {collection} without its shard key"
    if not command["multi"] and not _says(wanted, ("_id",), key):
        yield f"a change of one of {collection} which it does not name"
    if _set(command["u"]) & {each.partition(".")[0] for each in key} and not _says(wanted, key):
        yield f"a change of the shard key of {collection} without what it was"


def _set(change: Any) -> set[str]:
    """Name what a change writes; a list of stages changes what it sets."""
    stages = change if isinstance(change, list) else [change]
    return {name.partition(".")[0] for stage in stages for name in stage.get("$set", {})}


def _says(wanted: dict[str, Any], *ways: tuple[str, ...]) -> bool:
    """Whether a filter has a value for each field of one of these."""
    fields = {name for name, value in wanted.items() if not isinstance(value, dict) or set(value) == {"$eq"}}
    return any(fields.issuperset(each) for each in ways)


def _merged(pipeline: list[dict[str, Any]]) -> Iterator[str]:
    for stage in pipeline:
        into = stage.get("$merge")
        if into is not None:
            yield str(into if isinstance(into, str) else into["into"])


def _names(value: Any) -> Iterator[str]:
    """Give every name of a document, at any depth."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _names(each)
    elif isinstance(value, list):
        for each in value:
            yield from _names(each)
