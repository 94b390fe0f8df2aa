"""Plans that become due by the office's clock, and what the receiver was told of them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.calendar import paris_day
from domain.facts import Funding
from domain.webhook import WebhookEvent
from resolvers import acts
from tests.delivery.desk import ANSWERS, STAFF, plan

if TYPE_CHECKING:
    from datetime import date

    from domain.plan import Plan
    from tests.webhooks.office import Office
    from tests.webhooks.receiver import Receiver

DUE, LATE, DIGEST = WebhookEvent.REPORT_DUE, WebhookEvent.REPORT_LATE, WebhookEvent.REPORT_DIGEST
UNPAID = Funding(scheme="CR", employment_service_funded=False)
DAY = timedelta(days=1)


def today(office: Office) -> date:
    return paris_day(office.clock())


def ending(office: Office, days: int, number: int = 1, **changes: Any) -> Plan:
    """A plan whose last day is in so many days, before today below zero."""
    ends_on = today(office) + timedelta(days=days)
    return plan(number).model_copy(update={"starts_on": ends_on - 60 * DAY, "ends_on": ends_on, **changes})


async def reminded(*offices: Office) -> None:
    """Look for what is due, on all workers at once, and deliver."""
    await asyncio.gather(*(each.reminding.tell_all() for each in offices))
    await asyncio.gather(*(each.courier.deliver_due() for each in offices))


def told(receiver: Receiver) -> list[tuple[str, str]]:
    """The kind of each call, and the plan it is about."""
    return [(call.content["type"], call.content["data"]["trainingPlanId"]) for call in receiver.calls]


async def transmit(office: Office, plan_id: str) -> None:
    now = office.clock()
    await acts.transmit_report(office.services, STAFF, plan_id, ANSWERS, None, now=now, today=today(office))
