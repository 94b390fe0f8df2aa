"""The acts of an organization: read the plan, change it, compare and swap; begin again when somebody was quicker."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import TYPE_CHECKING

from domain import acts
from domain.access import require_writer
from domain.blockers import blockers
from domain.errors import Busy
from domain.form import TypedForm
from domain.trail import Deed
from domain.whole_session import require_of_session
from resolvers.report_papers import PapersOfAct
from resolvers.reports import ADDRESS_ENDS, REPORTS, file_name
from resolvers.visits import acting

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date, datetime

    from domain.access import Viewer
    from domain.form import Form
    from domain.link import Link
    from domain.plan import Plan
    from resolvers.services import Services

_ATTEMPTS = 50
NOTHING_TYPED = TypedForm()


async def save_report_draft(
    services: Services,
    viewer: Viewer,
    plan_id: str,
    typed: TypedForm,
    version: int | None,
    *,
    now: datetime,
    today: date,
    session_id: str | None = None,
) -> Plan:
    """Save the form whole, complete or not; of a plan of that session, where one is named."""
    known = await services.nomenclatures.lookup(typed.codes())
    form = typed.answered(known)

    async def act(plan: Plan) -> Plan:
        require_of_session(_session_of(plan), session_id)
        draft = acts.save_draft(plan, form, version, now=now, today=today)
        if draft is plan:
            return plan
        return acts.judged(draft, complete=not blockers(form, plan, known), by=viewer.name)

    return await changed(services, viewer, plan_id, act, Deed.SAVE_DRAFT)


async def transmit_report(
    services: Services,
    viewer: Viewer,
    plan_id: str,
    typed: TypedForm | None,
    version: int | None,
    *,
    now: datetime,
    today: date,
) -> Plan:
    """Send the report, once, and announce it. A crash in between is mended: the sweep announces what is left."""
    plan = await transmit_unannounced(services, viewer, plan_id, typed, version, now=now, today=today)
    await services.log.announce(plan_id)
    return plan


async def transmit_unannounced(
    services: Services,
    viewer: Viewer,
    plan_id: str,
    typed: TypedForm | None,
    version: int | None,
    *,
    now: datetime,
    today: date,
    session_id: str | None = None,
) -> Plan:
    """Send the report, once, after its PDF is kept. The caller announces it."""
    form = await answered(services, typed) if typed else None
    press = PapersOfAct(services, viewer, plan_id)

    async def act(plan: Plan) -> Plan:
        require_of_session(_session_of(plan), session_id)
        sent = acts.transmit(plan, form, version, now=now, today=today)
        return plan if sent is plan else await press.kept(acts.judged(sent, complete=True, by=viewer.name), plan)

    return await press.sweeping(changed(services, viewer, plan_id, act, Deed.TRANSMIT))


async def discard_report_draft(services: Services, viewer: Viewer, plan_id: str, version: int | None) -> Plan:
    """Throw the draft away."""

    async def act(plan: Plan) -> Plan:
        return acts.discard_draft(plan, version)

    return await changed(services, viewer, plan_id, act, Deed.DISCARD_DRAFT)


async def preview_report(
    services: Services, viewer: Viewer, plan_id: str, typed: TypedForm, *, now: datetime, today: date
) -> tuple[Link, str]:
    """Make a link to the PDF of a form that is not saved, with the name of its file."""
    with acting(services, Deed.PREVIEW) as noted:
        plan = noted.plan = require_writer(viewer, await services.plans.find(viewer, plan_id))
        acts.require_open(plan, today)
        acts.require_not_transmitted(plan)
    drafted = acts.previewed(plan, await answered(services, typed), now)
    preview_id = token_urlsafe(16)
    expires_at = now + services.links.lifetime
    await services.papers.keep_preview(viewer, preview_id, drafted, expires_at=expires_at)
    name = file_name(drafted)
    return services.links.make(REPORTS, viewer, {"preview": preview_id}, ADDRESS_ENDS, now=now), name


async def changed(
    services: Services, viewer: Viewer, plan_id: str, act: Callable[[Plan], Awaitable[Plan]], deed: Deed
) -> Plan:
    """Do an act on the latest state of the plan. Busy when somebody else was quicker at every attempt."""
    with acting(services, deed) as noted:
        for _ in range(_ATTEMPTS):
            plan = noted.plan = require_writer(viewer, await services.plans.find(viewer, plan_id))
            after = await act(plan)
            noted.writing = None if after is plan else after
            noted.wrote = after is not plan and await services.plans.replace(viewer, plan, after)
            noted.writing = None
            if noted.wrote or after is plan:
                noted.plan = after
                return after
        raise Busy("Ce plan est modifié de toutes parts : réessayez dans un instant.")


async def answered(services: Services, typed: TypedForm) -> Form:
    """Return the answers of what was typed, with the labels of today's lists."""
    return typed.answered(await services.nomenclatures.lookup(typed.codes()))


def _session_of(plan: Plan) -> str | None:
    return plan.session_key
