"""Questions of many callers that wait at the same moment go to the database as one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

from storage.asking import asking, present_asker
from storage.scope import matches

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from storage.client import Collection, Document

Q = TypeVar("Q")
A = TypeVar("A")


_PATIENCE_SECONDS = 1.0
_LONGEST_SECONDS = 10.0


class Together(Generic[Q, A]):
    """Puts all waiting questions at once. A question that comes while others are under way waits for the next round.

    So no answer is older than its question. A round that the database leaves without answer holds back the next one
    for `patience` seconds, no longer. `ask` gives an answer for each question, in their order; what it raises is
    raised to all callers of the round.
    """

    def __init__(
        self, ask: Callable[[list[Q]], Awaitable[Sequence[A]]], *, patience: float = _PATIENCE_SECONDS
    ) -> None:
        self._ask = ask
        self._patience = patience
        self._waiting: list[tuple[Q, asyncio.Future[A]]] = []
        self._seconds = 0.0
        """Time left to the most patient of the waiting callers: the next round may take as long."""
        self._asking: object | None = None
        """Marks the round under way. None: the next question starts a round."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def of(self, question: Q) -> A:
        """Return the answer to a question; raise what `ask` raises."""
        future: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        asker = present_asker()
        self._seconds = max(self._seconds, asker.left if asker else _LONGEST_SECONDS)
        if self._asking is None:
            self._start()
        return await future

    def _start(self) -> None:
        self._asking = mine = object()
        task = asyncio.get_running_loop().create_task(self._run(mine))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, mine: object) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting and self._asking is mine:
                asked, self._waiting = self._waiting, []
                seconds, self._seconds = self._seconds, 0.0
                impatient = loop.call_later(self._patience, self._leave_alone, mine)
                try:
                    with asking(None, seconds):
                        await self._put(asked)
                finally:
                    impatient.cancel()
        finally:
            if self._asking is mine:
                self._asking = None

    def _leave_alone(self, stuck: object) -> None:
        """Leave a round that has no answer yet to itself, and start the next one beside it."""
        if self._asking is stuck:
            self._asking = None
            if self._waiting:
                self._start()

    async def _put(self, asked: list[tuple[Q, asyncio.Future[A]]]) -> None:
        try:
            answers = await self._ask([question for question, _ in asked])
        except Exception as error:  # noqa: BLE001 - any fault is raised to the callers of the round
            for _, future in asked:
                if not future.done():  # its caller may have left
                    future.set_exception(error)
        else:
            for (_, future), answer in zip(asked, answers, strict=True):
                if not future.done():
                    future.set_result(answer)


def documents_together(collection: Collection, wanted: Document | None = None) -> Together[Document, Document | None]:
    """Ask for documents, each by a match of its `_id` and of whose it must be; None for one that is not there.

    Each match goes to the server, so that no caller's question reads what they may not see. A document that was read
    for another caller is held to the match here. `wanted` names the fields that are read; they include all that
    matches need.
    """

    async def ask(asked: list[Document]) -> list[Document | None]:
        cursor = collection.find({"$or": asked}, wanted)
        found = {document["_id"]: document async for document in cursor}
        return [held_to(found.get(match["_id"]), match) for match in asked]

    return Together(ask)


def held_to(document: Document | None, match: Document) -> Document | None:
    """Return a document that is as the match says, None for any other."""
    return document if document is not None and matches(document, match) else None
