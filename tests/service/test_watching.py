"""An event that is sent at once is counted and noted first, or is not sent at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from domain.trail import Origin, Seen
from engine.operation import Response, Taker
from resolvers.visits import Watch
from resolvers.watched_visit import WatchedVisit
from service.watching import Settled
from storage.fetches import FetchLog
from storage.quota import PersonQuota
from storage.trail import Trail
from tests.factories import counsellor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.client import Database

NOW = datetime.now(UTC).replace(minute=40, second=0, microsecond=0)
TOLD = Seen("1K", "P-1", report=True)


class Offering:
    """A stream that has nothing of its own, and remembers to whom it may offer events."""

    def __init__(self) -> None:
        self.takers: list[Taker[Response]] = []

    def __aiter__(self) -> AsyncIterator[Response]:
        return self

    async def __anext__(self) -> Response:
        raise StopAsyncIteration

    async def aclose(self) -> None: ...

    def hand_to(self, taker: Taker[Response], /) -> None:
        self.takers.append(taker)


class Sent(list[Response]):
    """A client with room."""

    def has_room(self) -> bool:
        return True

    def take(self, response: Response, /) -> bool:
        self.append(response)
        return True


async def test_an_event_of_a_person_who_was_not_counted_is_not_sent_at_once(database: Database) -> None:
    quota, trail, viewer = PersonQuota(database, 1), Trail(database), counsellor()
    watch = Watch(trail, quota, FetchLog(database), lambda: NOW)
    visit, stream, sent = WatchedVisit(viewer, Origin()), Offering(), Sent()
    Settled(stream, visit, watch, 1).hand_to(sent)
    (taker,) = stream.takers

    visit.told = TOLD
    assert not taker.take(Response(b"{}"))
    assert sent == []

    async with trail.running():
        assert await quota.spend(viewer.account, {TOLD.person}, NOW) == 0
        assert taker.take(Response(b"{}"))
    assert sent == [Response(b"{}")]
    assert await database["trail"].count_documents({"deed": "EVENT"}) == 1
