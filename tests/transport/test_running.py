"""An answer that is sent at once, while its operation waits for the next."""

from __future__ import annotations

from dataclasses import dataclass, field

import orjson

from engine.operation import Response
from tests.transport.world import Person, World
from transport import Caller, Record
from transport.running import Running

ANSWER = Response('{"data":{"é":1}}'.encode())


@dataclass
class Line:
    """A client with or without room; what it was sent."""

    room: bool = True
    sent: list[bytes] = field(default_factory=list)

    async def say(self, text: str) -> None:
        self.sent.append(text.encode())

    def at_once(self) -> Line | None:
        return self if self.room else None

    def has_room(self) -> bool:
        return self.room

    def write(self, message: bytes) -> None:
        self.sent.append(message)

    def forget(self, identifier: str) -> None: ...


def running(line: Line) -> tuple[Running, Record]:
    person = Person("account-1")
    record = Record(Caller("ws", None, None), person)
    return Running(line, World().doors._reception, 'é"1', person, record), record  # noqa: SLF001 - what it runs in


def test_it_is_written_and_counted() -> None:
    line = Line()
    under_way, record = running(line)

    assert under_way.has_room()
    assert under_way.take(ANSWER)
    (message,) = line.sent
    assert orjson.loads(message) == {"id": 'é"1', "type": "next", "payload": {"data": {"é": 1}}}
    assert (record.events, record.bytes_sent) == (1, len(message))


def test_without_room_it_is_not_written() -> None:
    line = Line(room=False)
    under_way, record = running(line)

    assert not under_way.has_room()
    assert not under_way.take(ANSWER)
    assert (line.sent, record.events) == ([], 0)
