"""Looks for what has become due or late, and wakes the webhooks that asked to be told; every worker may do it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.calendar import paris_day
from domain.reminding import ReminderKind, ended_before, since, week_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from storage.due_webhooks import DueWebhooks
    from storage.reminders import ReminderLog, Untold

PAGE = 200
PAUSE = 60.0
DAY = timedelta(days=1)


class Reminding:
    """One a process. `clock` gives the present instant, UTC; `wake` tells the courier to look."""

    def __init__(
        self,
        log: ReminderLog,
        due: DueWebhooks,
        after_days: int,
        *,
        clock: Callable[[], datetime],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._log, self._due, self._after_days, self._clock, self._wake = log, due, after_days, clock, wake

    async def turn(self) -> None:
        """Tell all there is, then wait a minute."""
        await self.tell_all()
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), PAUSE)

    async def tell_all(self) -> None:
        """Tell what has become due or late, page after page, and wake those who are to be sent something."""
        for kind in ReminderKind:
            first = await self._due.listened_to_since(f"report.{kind.value}")
            while first and await self._told_page(kind, first, paris_day(self._clock())):
                pass
        woken = await self._wake_concerned()
        if await self._due.wake_for_digest(week_of(self._clock()), now=self._clock()) or woken:
            self._wake()

    async def _told_page(self, kind: ReminderKind, first: date, today: date) -> bool:
        """Tell a page of what became so from a first day on; False where none is left, or nothing could be done."""
        earliest, before = (ended_before(kind, day, self._after_days) for day in (first - DAY, today))
        found = await self._log.untold(kind, earliest, before, PAGE)
        listening = await self._due.listening_since(f"report.{kind.value}", {each.siret for each in found})
        wanted = [each for each in found if self._is_told(each, kind, listening)]
        told = await self._log.tell(kind, wanted, [self._since(each, kind) for each in wanted], today)
        passed = await self._log.pass_over(kind, [each for each in found if each not in wanted])
        return told + passed > 0

    def _is_told(self, plan: Untold, kind: ReminderKind, listening: dict[str, date]) -> bool:
        """Whether somebody listens since before it was so, and was not told already."""
        day, listens = self._since(plan, kind), listening.get(plan.siret)
        told = plan.told is not None and plan.told.still_holds(plan.siret, day)
        return listens is not None and listens <= day and not told

    def _since(self, plan: Untold, kind: ReminderKind) -> date:
        return since(kind, plan.last_day, self._after_days)

    async def _wake_concerned(self) -> bool:
        number, woken = await self._log.woken(), False
        while told := await self._log.after(number, PAGE):
            await self._due.wake_reminded(told, now=self._clock())
            number, woken = told[-1].number, True
            await self._log.mark_woken(number)
        return woken
