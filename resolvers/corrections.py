"""A corrected report replaces a transmitted one, and is announced to the same people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.acts import judged
from domain.corrections import correct
from domain.errors import Busy
from domain.trail import Deed
from resolvers.acts import answered, changed
from resolvers.report_papers import PapersOfAct

if TYPE_CHECKING:
    from datetime import datetime

    from domain.access import Viewer
    from domain.corrections import TypedReason
    from domain.form import TypedForm
    from domain.plan import Plan
    from resolvers.services import Services


async def correct_report(
    services: Services,
    viewer: Viewer,
    plan_id: str,
    typed: TypedForm,
    reason: TypedReason,
    version: int,
    *,
    now: datetime,
) -> Plan:
    """Transmit a corrected report, once; it is announced after the one it replaces. Busy while that has no number."""
    form = await answered(services, typed)
    known = await services.nomenclatures.lookup(reason.codes())
    press = PapersOfAct(services, viewer, plan_id)

    async def act(plan: Plan) -> Plan:
        corrected = correct(plan, form, reason, version, known, now=now)
        if corrected is plan:
            return plan
        if not await services.log.announce(plan_id):
            raise Busy("Le bilan à corriger n'est pas encore annoncé : réessayez dans un instant.")
        return await press.kept(judged(corrected, complete=True, by=viewer.name), plan)

    plan = await press.sweeping(changed(services, viewer, plan_id, act, Deed.CORRECT_REPORT))
    await services.log.announce(plan_id)
    return plan
