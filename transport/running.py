"""One operation on a WebSocket, from `subscribe` to `complete` or `error`."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Protocol

from transport import messages
from transport.refusals import refusal_of

if TYPE_CHECKING:
    from engine.operation import Operation, Request, RequestRefused, Response
    from transport.at_once import AtOnce
    from transport.observation import Record
    from transport.reception import Reception
    from transport.viewer import Viewer


class Left(Exception):  # noqa: N818 - an event, not a fault
    """The client is gone."""


class Line(Protocol):
    """The side of a connection that an operation needs."""

    async def say(self, text: str) -> None:
        """Send a message; raises Left."""
        ...

    def at_once(self) -> AtOnce | None:
        """Give what writes without waiting, None while nothing can."""
        ...

    def forget(self, identifier: str) -> None:
        """Let the identifier be used again."""
        ...


class Running:
    """Sends one result at a time: the next is asked for when the client has had room for the last."""

    __slots__ = ("_identifier", "_line", "_reception", "_record", "_viewer")

    def __init__(self, line: Line, reception: Reception, identifier: str, viewer: Viewer, record: Record) -> None:
        self._line = line
        self._reception = reception
        self._identifier = identifier
        self._viewer = viewer
        self._record = record

    async def run(self, request: Request) -> None:
        """Run to the end, whatever it is; then tell what happened."""
        try:
            async with self._reception.turn_of(self._viewer):
                with self._reception.reading(self._record):
                    operation = self._reception.prepare(request, self._record)
            del request  # a subscription may last for hours
            await self._perform(operation)
        except asyncio.CancelledError:
            if self._record.kind != "subscription":
                self._record.outcome = "cancelled"
            raise
        except Left:
            pass
        except Exception as error:  # noqa: BLE001 - the border: whatever it is, the client is told and the log too
            await self.refuse(refusal_of(error, self._record))
        finally:
            self._line.forget(self._identifier)
            self._reception.tell(self._record)

    async def refuse(self, refused: RequestRefused) -> None:
        """Send the errors; nothing more comes under this identifier."""
        self._line.forget(self._identifier)
        rendered = self._reception.executor.render_errors(refused.errors)
        with suppress(Left):
            await self._say(messages.error_message(self._identifier, rendered))

    def has_room(self) -> bool:
        """Whether an answer can be sent at once."""
        return self._line.at_once() is not None

    def take(self, response: Response) -> bool:
        """Send an answer at once, while the task waits for the next; False where it has to be sent in turn."""
        at_once = self._line.at_once()
        if at_once is None:
            return False
        at_once.write(self._noted(response))
        return True

    async def _perform(self, operation: Operation) -> None:
        context = self._reception.context_for(self._viewer, self._record.caller)
        if operation.kind == "subscription":
            stream = await self._reception.timed(operation.subscribe(context), operation)
            del operation, context
            stream.hand_to(self)
            async with aclosing(stream):
                async for response in stream:
                    await self._line.say(self._noted(response).decode())
        else:
            with self._reception.at_work(), self._reception.seat(self._viewer):
                response = await self._reception.timed(operation.execute(context), operation)
                await self._line.say(self._noted(response).decode())
        self._line.forget(self._identifier)
        await self._say(messages.complete_message(self._identifier))

    def _noted(self, response: Response) -> bytes:
        message = messages.next_message(self._identifier, response.body)
        self._record.succeeded(response.errors)
        self._record.bytes_sent += len(message)
        return message

    async def _say(self, text: str) -> None:
        self._record.bytes_sent += len(text)
        await self._line.say(text)
