"""Asks the schema as any client does: over its HTTP door, with the person's token, without the network between."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from desk.stopping import Stopped, stopped_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPERATIONS = Path(__file__).parent / "operations"
_JSON = b"application/graphql-response+json"
_PASSED_ON = (b"user-agent", b"traceparent")


def read_operations(folder: Path = OPERATIONS) -> dict[str, str]:
    """Read the operations by name, each a whole document: the text of `Dashboard.graphql` with its fragments."""
    shared = {path.stem: path.read_text() for path in (folder / "fragments").glob("*.graphql")}
    return {path.stem: _whole(path.read_text(), shared) for path in sorted(folder.glob("*.graphql"))}


def _whole(text: str, shared: Mapping[str, str]) -> str:
    used: list[str] = []
    waiting = [text]
    while waiting:
        named = re.findall(r"\.\.\.(\w+)", waiting.pop())
        fresh = [name for name in dict.fromkeys(named) if name in shared and name not in used]
        used += fresh
        waiting += [shared[name] for name in fresh]
    return "\n".join([text, *(shared[name] for name in used)])


@dataclass(frozen=True, slots=True)
class Door:
    """The HTTP endpoint of the schema: an ASGI application, and the path at which it answers."""

    application: ASGIApp
    operations: Mapping[str, str]
    path: str = "/graphql"
    account: str = "account"
    """The key of the ASGI scope's `extensions` under which the door is given the callback `on_account`."""

    async def ask(
        self,
        scope: Scope,
        receive: Receive,
        token: str,
        operation: str,
        variables: Mapping[str, Any],
        *,
        organization: str = "",
        on_account: Callable[[str], None] = lambda _: None,
    ) -> dict[str, Any]:
        """Run an operation with a token and return its data. Raises Stopped for an answer with errors, or for none.

        `scope` and `receive` are those of the page: a query ends when the person who asked for the page leaves.
        `organization` is the SIRET for which the person acts, where they work for several. `on_account` is called
        with the account of the token, under the name by which the service counts its work.
        """
        request = _request(scope, self.path, token, _JSON)
        request["extensions"] = {self.account: on_account}
        if organization:
            request["headers"].append((b"bilans-organization", organization.encode("latin-1", "replace")))
        received = _received(self._body(operation, variables), receive)
        status, headers, answer = await _exchanged(self.application, request, received)
        content = orjson.loads(answer)
        if errors := content.get("errors"):
            raise stopped_by(status, headers, errors)
        data: dict[str, Any] = content["data"]
        return data

    async def follow(
        self, scope: Scope, receive: Receive, send: Send, token: str, operation: str, variables: Mapping[str, Any]
    ) -> None:
        """Answer with the event stream of a subscription, as the door sends it, until the person leaves."""
        received = _received(self._body(operation, variables), receive)
        await self.application(_request(scope, self.path, token, b"text/event-stream"), received, send)

    async def hand_in(
        self, application: ASGIApp, scope: Scope, receive: Receive, path: str, content: bytes, query: str = ""
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Post a file to a sealed link that `application` serves; return the status, the headers and the body.

        The link itself is the right to do so: no token is sent. Raises Stopped (503) where nothing is answered.
        """
        request = {**_request(scope, path, "", b"application/json"), "query_string": query.encode()}
        request["headers"] = [each for each in scope["headers"] if each[0] in _PASSED_ON]
        return await _exchanged(application, request, _received(content, receive))

    def _body(self, operation: str, variables: Mapping[str, Any]) -> bytes:
        return orjson.dumps({"query": self.operations[operation], "variables": variables})


def _request(scope: Scope, path: str, token: str, accept: bytes) -> Scope:
    passed_on = [(name, value) for name, value in scope["headers"] if name in _PASSED_ON]
    return {
        "type": "http",
        "asgi": scope["asgi"],
        "http_version": "1.1",
        "method": "POST",
        "scheme": scope["scheme"],
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [
            *passed_on,
            (b"authorization", b"Bearer " + token.encode()),
            (b"content-type", b"application/json"),
            (b"accept", accept),
        ],
        "client": scope["client"],
        "server": scope["server"],
    }


def _received(body: bytes, receive: Receive) -> Receive:
    waiting = [body]

    async def received() -> Message:
        return {"type": "http.request", "body": waiting.pop(), "more_body": False} if waiting else await receive()

    return received


async def _exchanged(door: ASGIApp, request: Scope, receive: Receive) -> tuple[int, dict[str, str], bytes]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await door(request, receive, send)
    if not sent:
        raise Stopped.away()
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message["body"] for message in sent[1:])
