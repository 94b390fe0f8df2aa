"""One WebSocket that speaks `graphql-transport-ws`: its state, its operations, and its end."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext, suppress
from dataclasses import replace
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING, Any

from engine.operation import RequestRefused
from transport import messages
from transport.closing import (
    ALREADY_EXISTS,
    BAD_REQUEST,
    FORBIDDEN,
    INIT_TIMEOUT,
    TOO_MANY,
    TRY_LATER,
    UNAUTHORIZED,
    Ended,
    close_code,
)
from transport.observation import Record
from transport.reception import LONG_TURN_SECONDS
from transport.refusals import refusal, refusal_of
from transport.running import Left, Running
from transport.viewer import ORGANIZATION, ORGANIZATION_LENGTH, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from starlette.types import Receive, Send

    from transport.at_once import AtOnce, AtOnceSocket
    from transport.reception import Reception
    from transport.viewer import Caller, Viewer


class SocketConnection:
    """Reads messages one after the other; each operation runs in a task of its own."""

    __slots__ = (
        "_at_once", "_authorization", "_caller", "_closed", "_deadline", "_ending", "_initialised", "_operations",
        "_receive", "_reception", "_send", "_viewer",
    )  # fmt: skip

    def __init__(
        self,
        reception: Reception,
        caller: Caller,
        authorization: str,
        receive: Receive,
        send: Send,
        at_once: AtOnceSocket | None = None,
    ) -> None:
        self._reception = reception
        self._caller = caller
        self._authorization = authorization
        self._receive = receive
        self._send = send
        self._at_once = at_once
        self._viewer: Viewer | None = None
        self._initialised = self._closed = False
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._ending: asyncio.Task[None] | None = None
        self._deadline = self._end_later(
            reception.limits.init_seconds, INIT_TIMEOUT, "Connection initialisation timeout"
        )

    async def run(self) -> None:
        """Serve until the client leaves or is sent away."""
        self._reception.open_connections.add(self)
        self._reception.arrived(self)
        try:
            worked = 0.0
            while (event := await self._receive())["type"] == "websocket.receive":
                begun = perf_counter()
                if not self._closed:
                    await self._handle(event)
                worked += perf_counter() - begun
                if worked > LONG_TURN_SECONDS:  # where many have come at once, others go on in between
                    worked = 0.0
                    await asyncio.sleep(0)
        except Ended as ended:
            await self._dismiss(ended)
        except RequestRefused as refused:
            await self._dismiss(Ended(BAD_REQUEST, str(refused)))
        except Left:
            pass
        finally:
            self._leave()

    async def say(self, text: str) -> None:
        """Send a message when the client has room for it; nothing once closed. Raises Left.

        Who waits for room is sent first: the server lets them go on in turn.
        """
        if self._closed:
            return
        try:
            await self._send({"type": "websocket.send", "text": text})
        except OSError:
            raise Left from None

    def at_once(self) -> AtOnce | None:
        """Give what writes without waiting; None while there is no room, or no such thing."""
        return self._at_once if self._at_once and not self._closed and self._at_once.has_room() else None

    async def close(self, code: int, reason: str) -> None:
        """Stop what runs and close, once."""
        if self._closed:
            return
        self._closed = True
        self._stop_operations()
        try:
            await self._send({"type": "websocket.close", "code": code, "reason": messages.close_reason(reason)})
        except OSError:
            raise Left from None

    def give_up(self) -> None:
        """Send a client away that has not said who it is, for others wait."""
        self._reception.known(self)
        self._end(INIT_TIMEOUT, "Too many connections wait for their initialisation")

    async def settled(self) -> None:
        """Wait for the queries and mutations under way."""
        if under_way := self._reception.under_way.intersection(self._operations.values()):
            await asyncio.wait(under_way)

    def forget(self, identifier: str) -> None:
        """Free an identifier, if it is still that of the task that asks."""
        if self._operations.get(identifier) is asyncio.current_task():
            del self._operations[identifier]

    async def _handle(self, event: MutableMapping[str, Any]) -> None:
        message = await self._decoded(event)
        match message.get("type"):
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                if task := self._operations.pop(messages.id_of(message), None):
                    task.cancel()
            case "ping":
                messages.payload_of(message)
                await self.say(messages.PONG)
            case "pong":
                messages.payload_of(message)
            case "connection_init":
                await self._init(messages.payload_of(message))
            case _:
                raise refusal("`type` is not one that a client sends.")

    async def _decoded(self, event: MutableMapping[str, Any]) -> dict[str, Any]:
        """Decode a message, within what its account may have done; RequestRefused for what is none, Ended."""
        limits, viewer = self._reception.limits, self._viewer
        most = limits.message_bytes if viewer else limits.first_message_bytes
        small = len(event.get("text") or "") <= limits.small_message_bytes
        try:
            async with nullcontext() if small else self._reception.turn_of(viewer, short=0):
                with self._reception.working(viewer.account) if viewer else nullcontext():
                    return messages.decoded(event, most)
        except RequestRefused as refused:
            if refused.status == HTTPStatus.TOO_MANY_REQUESTS:
                raise Ended(TRY_LATER, str(refused)) from None
            raise

    async def _init(self, payload: dict[str, Any]) -> None:
        if self._initialised:
            raise Ended(TOO_MANY, "Too many initialisation requests")
        self._initialised = True
        record = Record(self._caller)
        try:
            self._caller = _acting(self._caller, payload)
            viewer = await self._reception.viewer(self._credential(payload), self._caller)
            self._reception.admit(viewer)
        except Exception as error:  # noqa: BLE001 - the border: whatever it is, the socket is closed with a code
            refused = refusal_of(error, record)
            raise Ended(close_code(record, refused), refused.errors[0].message, record) from None
        self._viewer, self._authorization = viewer, ""
        if self._at_once:
            self._at_once.trust()
        self._deadline.cancel()
        self._reception.known(self)
        if viewer.expires_at is not None:
            left = viewer.expires_at - self._reception.now()
            self._deadline = self._end_later(left, FORBIDDEN, "The token has expired")
        await self.say(messages.ACK)

    def _credential(self, payload: dict[str, Any]) -> str:
        for name, value in payload.items():
            if name.lower() == "authorization":
                if isinstance(value, str):
                    return value
                raise Unauthenticated("`Authorization` in the payload must be a string.")
        return self._authorization

    async def _subscribe(self, message: dict[str, Any]) -> None:
        identifier = messages.id_of(message)
        request = messages.request_in(message)
        if self._viewer is None:
            raise Ended(UNAUTHORIZED, "Unauthorized")
        if identifier in self._operations:
            raise Ended(ALREADY_EXISTS, f"Subscriber for {identifier} already exists")
        running = Running(self, self._reception, identifier, self._viewer, Record(self._caller, self._viewer))
        most = self._reception.limits.operations_per_connection
        if self._reception.closing:
            await running.refuse(refusal("The service is stopping: connect again.", "UNAVAILABLE", 503))
        elif len(self._operations) >= most:
            too_many = f"{most} operations run on this connection: complete one first."
            await running.refuse(refusal(too_many, "TOO_MANY_OPERATIONS", 429))
        else:
            self._operations[identifier] = self._reception.start(running.run(request))

    async def _dismiss(self, ended: Ended) -> None:
        record = ended.record or Record(self._caller, self._viewer, outcome="refused")
        record.status = ended.code
        self._reception.tell(record)
        with suppress(Left):
            await self.close(ended.code, str(ended))

    def _end_later(self, seconds: float, code: int, reason: str) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(max(seconds, 0), self._end, code, reason)

    def _end(self, code: int, reason: str) -> None:
        self._ending = asyncio.create_task(self._dismiss(Ended(code, reason)))

    def _stop_operations(self) -> None:
        for task in self._operations.values():
            task.cancel()
        self._operations.clear()

    def _leave(self) -> None:
        self._closed = True
        self._deadline.cancel()
        self._stop_operations()
        self._reception.known(self)
        self._reception.open_connections.discard(self)
        if self._viewer is not None:
            self._reception.release(self._viewer)


def _acting(caller: Caller, payload: dict[str, Any]) -> Caller:
    """Read for whom the client acts, where it says so in the payload rather than in a header."""
    said = next((value for name, value in payload.items() if name.lower() == ORGANIZATION), None)
    if said is None:
        return caller
    if not isinstance(said, str) or len(said) > ORGANIZATION_LENGTH:
        raise Unauthenticated("`Bilans-Organization` in the payload must be a SIRET.")
    return replace(caller, organization=said.strip())
