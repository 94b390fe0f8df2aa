"""Prints what is about to be transmitted, before it is: a report that was transmitted always has its paper."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from domain.blockers import blockers
from domain.errors import Busy, Refusal, RefusalCode, Refused
from domain.verification import grouped
from pdf.errors import NotPrinted, TooLong
from resolvers.verification import fresh_code, verification_url

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from domain.access import Viewer
    from domain.plan import Plan
    from pdf.document import PrintedReport
    from resolvers.services import Services


_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
"""One report of a plan is printed at a time in this process.

After a double click the second act finds the paper of the first.
"""


class PapersOfAct:
    """The papers that one act on a plan prints. Those of attempts at which somebody else was quicker are removed."""

    def __init__(self, services: Services, viewer: Viewer, plan_id: str) -> None:
        self._services = services
        self._account = viewer.account
        self._turn = _turns.setdefault(plan_id, asyncio.Lock())
        self._kept: list[str] = []

    async def kept(self, sent: Plan, plan: Plan) -> Plan:
        """Return a plan about to be transmitted with its code, and its paper kept; Refused with every blocker."""
        if sent.report is None:
            return sent
        known = await self._services.nomenclatures.lookup(sent.report.form.codes())
        if found := blockers(sent.report.form, plan, known):
            raise Refused(found, plan)
        coded = sent.with_report(sent.report.model_copy(update={"verification": fresh_code()}))
        printed = await self._printed(coded, plan)
        await self._services.papers.keep(printed.sha256, printed.content, plan_id=plan.id)
        self._kept.append(printed.sha256)
        paper = {"sha256": printed.sha256, "byte_size": len(printed.content)}
        return coded.with_report(coded.report and coded.report.model_copy(update=paper))

    async def sweeping(self, act: Awaitable[Plan]) -> Plan:
        """Wait for the act, and throw away what it printed in vain.

        An act of which it is not known whether it was written keeps its paper.
        """
        try:
            async with self._turn:
                plan = await act
        except Refused:
            await self._services.papers.discard(self._kept)
            raise
        used = {report.sha256 for report in plan.reports}
        await self._services.papers.discard([each for each in self._kept if each not in used])
        return plan

    async def _printed(self, sent: Plan, plan: Plan) -> PrintedReport:
        try:
            return await print_report(self._services, self._account, sent, transmitting=True)
        except TooLong as too_long:
            refusal = Refusal(code=RefusalCode.INVALID, message=str(too_long), path=("form", "content"))
            raise Refused([refusal], plan) from None
        except NotPrinted as not_now:
            raise Busy(str(not_now)) from not_now


def _uncounted(_: float) -> None:
    """Count nothing of what the service prints for itself."""


async def print_report(services: Services, account: str, plan: Plan, *, transmitting: bool = False) -> PrintedReport:
    """Print a report as its paper says it; where it has a code, with that and the address that verifies it."""
    code = plan.report.verification if plan.report else None
    return await services.printer.print(
        plan.as_reported(),
        account=account,
        transmitting=transmitting,
        on_worked=services.visit.worked if services.visit else _uncounted,
        verification=grouped(code) if code else None,
        verification_url=verification_url(services, code) if code else None,
    )
