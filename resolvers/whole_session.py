"""Saves and transmits many reports at once: each is its own act with its own outcome, and none stops another."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import Busy, Refused, Unavailable
from domain.whole_session import placed, require_few, require_once
from resolvers import acts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import date, datetime

    from domain.access import Viewer
    from domain.errors import Refusal
    from domain.form import TypedForm
    from domain.plan import Plan
    from domain.whole_session import SessionRow
    from resolvers.services import Services

PRINTED_AT_ONCE = 2
"""Papers of one act that wait for a printer: two keep it busy, more would only stand before others."""
PRINTING_SECONDS = 3.0
"""After which no further report is begun: many clients wait five seconds for an answer, and people for less."""


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row; `done` is False where it was not reached, and may be sent again as it is."""

    row: SessionRow
    plan: Plan | None = None
    refusals: Sequence[Refusal] = ()
    done: bool = True


@dataclass(frozen=True, slots=True)
class WholeSession:
    """What is written together: rows, common answers, and the session of which the plans must be, if any."""

    rows: Sequence[SessionRow]
    common: TypedForm | None
    session_id: str | None


async def save_report_drafts(
    services: Services, viewer: Viewer, asked: WholeSession, *, now: datetime, today: date
) -> list[RowOutcome]:
    """Save a draft for each row. Lists are asked once for all; each plan is its own compare-and-swap."""

    async def save(row: SessionRow) -> Plan:
        form = row.over(asked.common) or acts.NOTHING_TYPED
        return await acts.save_report_draft(
            services, viewer, row.plan_id, form, row.version, now=now, today=today, session_id=asked.session_id
        )

    return await _each(asked, save)


async def transmit_reports(
    services: Services, viewer: Viewer, asked: WholeSession, *, now: datetime, today: date
) -> list[RowOutcome]:
    """Transmit the report of each row: its answers over the common ones, or the draft as saved where there are none.

    A few are printed side by side. What is not begun within the time is told as not done: sent again, what was
    transmitted changes nothing and the rest follows. No act is left under way that a crash could forget.
    """
    printing, announcing = asyncio.Semaphore(PRINTED_AT_ONCE), asyncio.Lock()
    over_at = asyncio.get_running_loop().time() + PRINTING_SECONDS

    async def transmit(row: SessionRow) -> Plan:
        async with printing:
            if asyncio.get_running_loop().time() > over_at:
                raise Busy("Ce bilan n'est pas encore transmis : renvoyez la même demande.")
            plan = await acts.transmit_unannounced(
                services, viewer, row.plan_id, row.over(asked.common), row.version,
                now=now, today=today, session_id=asked.session_id,
            )  # fmt: skip
        async with announcing:  # one after the other: numbers are drawn in turn, and together they would race
            await services.log.announce(row.plan_id)
        return plan

    return await _each(asked, transmit)


async def _each(asked: WholeSession, act: Callable[[SessionRow], Awaitable[Plan]]) -> list[RowOutcome]:
    """Do the act on all rows side by side; Unavailable where the database answered for none of them."""
    require_few(asked.rows)
    outcomes = await asyncio.gather(*(_outcome(asked, position, act) for position in range(len(asked.rows))))
    away = [each for each in outcomes if isinstance(each, Unavailable)]
    if away and len(away) == len(outcomes):
        raise away[0]
    return [
        RowOutcome(row, done=False) if isinstance(each, Unavailable) else each
        for row, each in zip(asked.rows, outcomes, strict=True)
    ]


async def _outcome(
    asked: WholeSession, position: int, act: Callable[[SessionRow], Awaitable[Plan]]
) -> RowOutcome | Unavailable:
    row = asked.rows[position]
    try:
        require_once(asked.rows, position)
        return RowOutcome(row, await act(row))
    except Refused as refused:
        found = [placed(each, row, asked.common, position) for each in refused.refusals]
        return RowOutcome(row, refused.plan, found)
    except Busy:
        return RowOutcome(row, done=False)
    except Unavailable as away:
        return away
