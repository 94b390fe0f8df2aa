"""What an organization records during the training: exits and absences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain import attendance
from domain.nomenclature import NomenclatureName
from domain.trail import Deed
from resolvers.acts import changed

if TYPE_CHECKING:
    from domain.access import Viewer
    from domain.facts import Absence, PlanExit
    from domain.nomenclature import Known
    from domain.plan import Plan
    from resolvers.services import Services


async def record_plan_exit(services: Services, viewer: Viewer, plan_id: str, exit_: PlanExit) -> Plan:
    """Record that a trainee left before the end, or correct it."""
    known = await _known(services, NomenclatureName.EXIT_REASON, exit_.reason_code)

    async def act(plan: Plan) -> Plan:
        return attendance.record_exit(plan, exit_, known)

    return await changed(services, viewer, plan_id, act, Deed.RECORD_EXIT)


async def withdraw_plan_exit(services: Services, viewer: Viewer, plan_id: str) -> Plan:
    """Take back the exit that was recorded."""

    async def act(plan: Plan) -> Plan:
        return attendance.withdraw_exit(plan)

    return await changed(services, viewer, plan_id, act, Deed.WITHDRAW_EXIT)


async def record_absence(services: Services, viewer: Viewer, plan_id: str, absence: Absence) -> Plan:
    """Record days missed."""
    known = await _known(services, NomenclatureName.ABSENCE_REASON, absence.reason_code)

    async def act(plan: Plan) -> Plan:
        return attendance.record_absence(plan, absence, known)

    return await changed(services, viewer, plan_id, act, Deed.RECORD_ABSENCE)


async def correct_absence(services: Services, viewer: Viewer, plan_id: str, absence: Absence) -> Plan:
    """Replace the absence of that id."""
    known = await _known(services, NomenclatureName.ABSENCE_REASON, absence.reason_code)

    async def act(plan: Plan) -> Plan:
        return attendance.correct_absence(plan, absence, known)

    return await changed(services, viewer, plan_id, act, Deed.CORRECT_ABSENCE)


async def withdraw_absence(services: Services, viewer: Viewer, plan_id: str, absence_id: str) -> Plan:
    """Take an absence back."""

    async def act(plan: Plan) -> Plan:
        return attendance.withdraw_absence(plan, absence_id)

    return await changed(services, viewer, plan_id, act, Deed.WITHDRAW_ABSENCE)


async def _known(services: Services, name: NomenclatureName, code: str | None) -> Known:
    return await services.nomenclatures.lookup([(name, code)] if code else [])
