"""What a webhook is to be sent next: transmissions, then reminders, then the week's digest, of what it asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from domain.calendar import paris_day
from domain.filters import PlanFilter, ReportFilter
from domain.lateness import late_filter
from domain.pages import PageRequest
from domain.reminding import MOST_LATE, ReminderKind, digest_body, digest_id, week_of
from domain.report import UNSENT
from domain.webhook import WebhookEvent, body_for, event_id
from storage import listings
from supervision.attempts import attempted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from domain.webhook import Webhook
    from storage.announcements import AnnouncementLog
    from storage.plans import PlanRepository
    from storage.reminders import ReminderLog

BATCH = 20
_REMINDED = {WebhookEvent.REPORT_DUE: ReminderKind.DUE, WebhookEvent.REPORT_LATE: ReminderKind.LATE}


class Letter(NamedTuple):
    """An event under its id, and how far the webhook has come once it is taken; without a body, nobody is told it."""

    id: str
    body: dict[str, object] | None
    place: dict[str, int | str]


class Letters:
    """Reads the logs from where a webhook stands. `after_days` says from when a report is late."""

    def __init__(
        self, announcements: AnnouncementLog, reminders: ReminderLog, plans: PlanRepository, after_days: int
    ) -> None:
        self.announcements = announcements
        self._reminders, self._plans, self._after_days = reminders, plans, after_days

    async def waiting(self, webhook: Webhook, now: datetime) -> Sequence[Letter]:
        """Return some of what waits for a webhook, in order; nothing where nothing does."""
        if WebhookEvent.REPORT_TRANSMITTED in webhook.events and (found := await self._transmissions(webhook)):
            return found
        if not _REMINDED.keys().isdisjoint(webhook.events) and (found := await self._reminded(webhook, now)):
            return found
        if WebhookEvent.REPORT_DIGEST in webhook.events and week_of(now) > (webhook.digested or ""):
            return [await self._digest(webhook, week_of(now), paris_day(now))]
        return []

    async def _transmissions(self, webhook: Webhook) -> list[Letter]:
        batch = await self.announcements.batch_for(webhook.viewer, webhook.cursor, BATCH)
        if batch.upto <= webhook.cursor:
            return []
        letters = []
        for number, plan in batch.announced:
            body = attempted(partial(body_for, webhook, number, plan), partial(self.announcements.pass_over, plan.id))
            letters.append(Letter(event_id(plan) if body else "", body, {"cursor": number}))
        if not letters or letters[-1].place["cursor"] != batch.upto:
            letters.append(Letter("", None, {"cursor": batch.upto}))
        return letters

    async def _reminded(self, webhook: Webhook, now: datetime) -> list[Letter]:
        """Leave out what was transmitted or moved meanwhile, and what was so before the webhook was registered."""
        wanted = {kind for event, kind in _REMINDED.items() if event in webhook.events}
        today, registered = paris_day(now), paris_day(webhook.created_at)
        return [
            Letter(
                each.event_id,
                each.body()
                if each.kind in wanted and each.since >= registered and each.holds(today, self._after_days)
                else None,
                {"reminded": each.number},
            )
            for each in await self._reminders.after(webhook.reminded, BATCH, webhook.key)
        ]

    async def _digest(self, webhook: Webhook, week: str, today: date) -> Letter:
        viewer = webhook.viewer
        late = listings.pending_plans(
            viewer,
            PlanFilter(statuses=UNSENT, late=late_filter(wanted=True, today=today, after_days=self._after_days)),
            today,
        )
        counts = await self._plans.count(
            {
                "toEnter": listings.pending_plans(viewer, PlanFilter(), today),
                "drafts": listings.drafts(viewer, ReportFilter()),
                "late": late,
            }
        )
        named = await self._plans.page(late, PageRequest(MOST_LATE))
        body = digest_body(webhook.key, week, counts, [plan.id for plan in named.items], today=today)
        return Letter(digest_id(webhook.key, week), body, {"digested": week})
