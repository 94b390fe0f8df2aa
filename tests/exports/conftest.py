"""A desk with something in every list."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from domain.facts import Absence, PlanExit, PlanExitKind
from resolvers import acts, attendance
from tests.factories import (
    NOW,
    OTHER_SIRET,
    TODAY,
    UNPAID,
    a_form,
    a_person,
    a_plan,
    a_session,
    an_organization,
    staff,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.plan import Plan
    from resolvers.services import Services

NAMES = ["ADAM", "BELKACEM", "CŒUR", "D'ARTAGNAN", "ÉVRARD", "FOURNIER", "GARCIA", "HAMDI", "IMBERT", "JOLY"]
LEFT = PlanExit(kind=PlanExitKind.ABANDONMENT, last_day=date(2025, 10, 3), reason_code="SANTE")
AWAY = Absence(id="a-1", starts_on=date(2025, 9, 8), ends_on=date(2025, 9, 9), reason_code="MALADIE", hours=14)


def plans() -> list[Plan]:
    """Twelve plans of an organization, of ten persons on three sessions and on none, and one of another."""
    sessions = [
        a_session(),
        a_session("S-2", carif_number="00000042", title="Anglais ; niveau « B2 »", city="Douai", funding=UNPAID),
        a_session("S-3", title="Soudage", city=None, starts_on=date(2025, 3, 3), ends_on=date(2025, 6, 30)),
        None,
    ]
    made = [
        a_plan(
            f"P-{n}",
            job_seeker=a_person(f"100000{n % 10}A", NAMES[n % 10], "Zoé"),
            session=sessions[n % 4],
            funding=UNPAID if n % 4 == 1 else a_plan().funding,
            ends_on=date(2025, 11, 19) - timedelta(n // 3),
        )
        for n in range(12)
    ]
    return [*made, a_plan("P-other", organization=an_organization(OTHER_SIRET), session=sessions[1])]


@pytest.fixture
async def desk(load: Callable[..., Awaitable[object]], services: Services) -> None:
    """Those plans: two with a draft, three transmitted, one left early with an absence, the others to enter."""
    await load(*plans())
    for plan in ("P-0", "P-3"):
        await attendance.record_absence(services, staff(), plan, AWAY)
        await attendance.record_plan_exit(services, staff(), plan, LEFT)
    for rank, plan in enumerate(("P-1", "P-2")):
        then = NOW + timedelta(minutes=rank)
        await acts.save_report_draft(services, staff(), plan, a_form(), None, now=then, today=TODAY)
    for rank, plan in enumerate(("P-3", "P-4", "P-7")):
        then = NOW + timedelta(days=rank)
        form = a_form(has_internship=False, internship=None)
        await acts.transmit_report(services, staff(), plan, form, None, now=then, today=TODAY)
