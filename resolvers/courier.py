"""Delivers to webhooks at least once, each webhook's events in order; any worker of any machine may deliver.

The logs say what there is to send, the webhook's places what was taken. Waking the courier only makes it quicker.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING

from domain.access import concerned
from domain.webhook import Answer, WebhookFailure, retry_delay
from outbound.signing import signed
from supervision.attempts import attempted, attempted_async
from supervision.loops import Finished, Loops

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from credentials.sealing import Seals
    from outbound.sending import Sender
    from resolvers.letters import Letter, Letters
    from storage.due_webhooks import DueWebhooks, Held

HOLD = timedelta(seconds=60)
"""How long a worker that died keeps others from its webhook; longer than one attempt takes."""
_AT_ONCE = 32
_BATCHES = 5
_LONGEST_PAUSE = 30.0
_LAST_SECONDS = 10.0
_NOT_AGAIN = frozenset({WebhookFailure.GONE, WebhookFailure.SECRET})


class Courier:
    """One a process. `clock` gives the present instant, UTC; `chance` a number from 0 to 1 that spreads retries."""

    def __init__(
        self,
        due: DueWebhooks,
        letters: Letters,
        sender: Sender,
        seals: Seals,
        *,
        clock: Callable[[], datetime],
        chance: Callable[[], float] = random.random,
        on_error: Callable[[Exception], None] = lambda _: None,
        on_disabled: Callable[[str, WebhookFailure], None] = lambda *_: None,
    ) -> None:
        self._due, self._letters, self._sender, self._seals = due, letters, sender, seals
        self._log = letters.announcements
        self._clock, self._chance, self._on_error, self._on_disabled = clock, chance, on_error, on_disabled
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._look = asyncio.Event()
        self._stopping = False
        self._serving: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Look at once whether there is something to send."""
        self._look.set()

    @asynccontextmanager
    async def running(self, loops: Loops | None = None) -> AsyncIterator[None]:
        """Deliver until the block is left; then finish the messages under way."""
        async with (loops or Loops()).running("webhooks", self._turn) as looking:
            try:
                yield
            finally:
                self._stopping = True
                self.wake()
                _, late = await asyncio.wait({looking, *self._serving}, timeout=_LAST_SECONDS)
                for task in late:
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)

    async def deliver_due(self) -> None:
        """Wake the webhooks that the log concerns, then serve all that are due, one after the other."""
        await self._wake_concerned()
        while held := await self._take():
            await self._serve(held)

    async def _turn(self) -> None:
        if self._stopping:
            raise Finished
        self._look.clear()
        await self._wake_concerned()
        await self._serve_due()
        pause = await self._until_due()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._look.wait(), pause)

    async def _serve_due(self) -> None:
        while not self._stopping:
            await self._room.acquire()
            try:
                held = await self._take()
            except BaseException:
                self._room.release()
                raise
            if held is None:
                self._room.release()
                return
            task = asyncio.create_task(self._served(held))
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)

    async def _served(self, held: Held) -> None:
        try:
            await attempted_async(self._serve(held), self._on_error)  # its hold ends, and it is served again
        finally:
            self._room.release()
            self._look.set()

    async def _until_due(self) -> float:
        due = await self._due.next_due()
        return max(0.0, min((due - self._clock()).total_seconds(), _LONGEST_PAUSE)) if due else _LONGEST_PAUSE

    async def _wake_concerned(self) -> None:
        woken = await self._due.woken()
        if woken is None:
            woken = await self._log.head()
            await self._due.mark_woken(woken)
        while (batch := await self._log.batch(woken)).upto > woken:
            for number, plan in batch.announced:
                if scopes := attempted(partial(concerned, plan), partial(self._log.pass_over, plan.id)):
                    await self._due.wake(number, scopes, now=self._clock())
            woken = batch.upto
            await self._due.mark_woken(woken)

    async def _take(self) -> Held | None:
        now = self._clock()
        return await self._due.take(token_hex(8), now=now, until=now + HOLD)

    async def _serve(self, held: Held) -> None:
        """Send what waits for a webhook that we hold, until all is taken, one is not, or others want a turn."""
        for _ in range(_BATCHES):
            waiting = await self._letters.waiting(held.webhook, self._clock())
            if not waiting:
                await self._due.done(held, now=self._clock())
                return
            for letter in waiting:
                if self._stopping:
                    await self._due.put_back(held, now=self._clock())
                    return
                still_held = await self._delivered(held, letter)
                if still_held is None:
                    return
                held = still_held
        await self._due.put_back(held, now=self._clock())

    async def _delivered(self, held: Held, letter: Letter) -> Held | None:
        """Send a letter; None when what follows is for another time, or somebody else."""
        now = self._clock()
        if letter.body is None:
            return await self._due.passed(held, letter.place, now=now, until=now + HOLD)
        answer = await self._send(held, letter.id, letter.body)
        now = self._clock()
        if answer.failure is None:
            return await self._due.taken(held, letter.place, now=now, until=now + HOLD)
        delay = None if answer.failure in _NOT_AGAIN else retry_delay(held.webhook.failures + 1, self._chance())
        again_at = None if delay is None else now + delay
        await self._due.failed(held, answer.failure, answer.status, now=now, again_at=again_at)
        if again_at is None:
            self._on_disabled(held.webhook.id, answer.failure)
        return None

    async def _send(self, held: Held, event: str, body: dict[str, object]) -> Answer:
        secrets = [secret for each in held.secrets if (secret := self._seals.open(each))]
        if not secrets:
            return Answer(failure=WebhookFailure.SECRET)
        message = signed(event, body, secrets, now=self._clock())
        return await self._sender.post(held.webhook.url, message)
