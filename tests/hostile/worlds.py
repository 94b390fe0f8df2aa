"""Worlds of organizations, advisers, job seekers and plans in every state, and who may see what of them."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from domain import acts
from domain.access import Role, Viewer, concerns, sees
from domain.facts import Absence, PlanExit, PlanExitKind
from domain.form import Form
from domain.report import ReportStatus
from domain.webhook import Webhook, WebhookState
from storage.announcements import AnnouncementLog
from storage.documents import from_document
from storage.loading import PlanLoader
from storage.papers import PaperRepository
from storage.plans import PlanRepository
from storage.webhooks import WebhookRepository, webhook_of
from tests.factories import (
    OTHER_SIRET,
    SIRET,
    a_person,
    a_plan,
    a_session,
    an_adviser,
    an_organization,
    counsellor,
    notifier,
    staff,
    trainee,
)

if TYPE_CHECKING:
    from domain.plan import Plan
    from storage.client import Database

TIMES = int(os.environ.get("BILANS_TEST_TIMES", "1"))
"""How many times as many cases as usual are drawn."""
SIRETS = (SIRET, OTHER_SIRET, "55203253400646")
IDENTIFIERS = ("1000001A", "1000002B", "1000003C")
ADVISERS = ("A-1", "A-2", "A-3")
SESSIONS = ("S-1", "S-2")
NOBODY = "nobody"
VIEWERS: tuple[Viewer, ...] = (
    *(staff(siret, account=f"training_organization:{siret}") for siret in (*SIRETS, NOBODY)),
    *(trainee(identifier) for identifier in (*IDENTIFIERS, NOBODY)),
    *(counsellor(adviser) for adviser in (*ADVISERS, NOBODY)),
    notifier(),
)
"""Everybody, and in each role somebody whom nothing concerns."""
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
OVER, TO_COME = date(2025, 11, 19), date(2099, 12, 31)
STATES = tuple(ReportStatus)


@dataclass(frozen=True)
class Case:
    """One plan of a world. `next_adviser` follows the person once everything else has happened."""

    siret: str
    identifier: str
    adviser: str | None
    session: str | None
    state: ReportStatus
    left_early: bool = False
    next_adviser: str | None = None

    def plan(self, plan_id: str) -> Plan:
        """Give the plan as a feed brings it."""
        identifier = self.identifier
        return a_plan(
            plan_id,
            organization=an_organization(self.siret),
            job_seeker=a_person(identifier, f"NOM {identifier}"),
            adviser=an_adviser(self.adviser) if self.adviser else None,
            session=a_session(self.session) if self.session else None,
            ends_on=TO_COME if self.state is ReportStatus.NOT_OPEN else OVER,
        )


cases = st.builds(
    Case,
    st.sampled_from(SIRETS),
    st.sampled_from(IDENTIFIERS),
    st.sampled_from((*ADVISERS, None)),
    st.sampled_from((*SESSIONS, None)),
    st.sampled_from(STATES),
    st.booleans(),
    st.sampled_from((*ADVISERS, None)),
)
LAST = [
    Case(*those, None, ReportStatus.TRANSMITTED, next_adviser=those[2])
    for those in zip(SIRETS, IDENTIFIERS, ADVISERS, strict=True)
]
"""Transmitted after all the others, one for each viewer: a viewer that has read it has read all."""
worlds = st.lists(cases, min_size=1, max_size=9).map(lambda drawn: [*drawn, *LAST])
drawn_worlds = settings(
    max_examples=5 * TIMES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass(frozen=True)
class World:
    """The plans and webhooks as the database holds them."""

    plans: tuple[Plan, ...]
    webhooks: tuple[Webhook, ...]

    def seen(self, viewer: Viewer) -> list[Plan]:
        """Those that exist for a viewer: the word of domain/access.py, and of nothing else."""
        return [plan for plan in self.plans if sees(viewer, plan)]

    def concerning(self, viewer: Viewer) -> list[Plan]:
        """Those that are a viewer's own."""
        return [plan for plan in self.plans if concerns(viewer, plan)]

    def called(self, viewer: Viewer) -> list[Webhook]:
        """Give a viewer's own webhooks."""
        return [each for each in self.webhooks if (each.role, each.key) == (viewer.role, viewer.key)]

    def in_state(self, viewer: Viewer, state: ReportStatus) -> list[Plan]:
        """Those of a list of the desk, by state: only its organization has what is not transmitted yet."""
        if state is not ReportStatus.TRANSMITTED and viewer.role is not Role.TRAINING_ORGANIZATION:
            return []
        return [plan for plan in self.seen(viewer) if plan.status(NOW.date()) is state]


_APART = itertools.count(1_000, 1_000)
"""No plan of a world has the revision of one of a world before: processes tell by it what they have read."""


async def build(database: Database, drawn: list[Case]) -> World:
    """Empty the database and make a world in it, through the repositories that the service uses."""
    for name in ("plans", "papers", "trail", "webhooks"):
        await database[name].delete_many({})
    told = [case.plan(f"P-{number}") for number, case in enumerate(drawn)]
    await PlanLoader(database).load(told)
    await database["plans"].update_many({}, {"$inc": {"revision": next(_APART)}})
    for case, plan in zip(drawn, told, strict=True):
        await _live(database, case, plan)
    for viewer in VIEWERS:
        if viewer.role in {Role.TRAINING_ORGANIZATION, Role.ADVISER} and viewer.key != NOBODY:
            await WebhookRepository(database).add(_webhook(viewer), b"sealed")
    return await read(database)


async def reassign(database: Database, drawn: list[Case], world: World) -> World:
    """Have a feed tell that other advisers follow the same people."""
    advisers = {f"P-{number}": case.next_adviser for number, case in enumerate(drawn)}
    told = [
        plan.model_copy(update={"adviser": an_adviser(who) if (who := advisers[plan.id]) else None})
        for plan in world.plans
    ]
    await PlanLoader(database).load(told)
    return await read(database)


async def read(database: Database) -> World:
    """Read everything, of all viewers."""
    plans = [from_document(document) async for document in database["plans"].find().sort("_id", 1)]
    webhooks = [webhook_of(document) async for document in database["webhooks"].find().sort("_id", 1)]
    return World(tuple(plans), tuple(webhooks))


def paper_of(plan: Plan) -> bytes:
    """Give what stands for the PDF of a plan."""
    return b"%PDF-1.7 of " + plan.id.encode()


def _webhook(viewer: Viewer) -> Webhook:
    """Make a webhook that is not called."""
    who = {"role": viewer.role, "key": viewer.key, "account": viewer.account}
    facts = {"id": f"W-{viewer.key}", "url": "https://example.org/", "created_at": NOW, "cursor": 0}
    return Webhook.model_validate({**who, **facts, "state": WebhookState.DISABLED})


async def _live(database: Database, case: Case, plan: Plan) -> None:
    """Bring a plan to its state, as its organization does."""
    plans, writer = PlanRepository(database), staff(case.siret)
    before = await plans.find(writer, plan.id)
    assert before
    after = before
    if case.left_early:
        exit_ = PlanExit(kind=PlanExitKind.ABANDONMENT, last_day=plan.starts_on, reason_code="SANTE")
        absence = Absence(id="a", starts_on=plan.starts_on, ends_on=plan.starts_on, reason_code="MALADIE")
        open_ = case.state is ReportStatus.NOT_OPEN
        changes = {"absences": (absence,)} if open_ else {"absences": (absence,), "recorded_exit": exit_}
        after = after.model_copy(update=changes)
    if case.state in {ReportStatus.DRAFT, ReportStatus.TRANSMITTED}:
        after = acts.save_draft(after, Form(objective=f"texte {plan.id}"), None, now=NOW, today=NOW.date())
    if case.state is ReportStatus.TRANSMITTED:
        sent = acts.transmit(after, None, None, now=NOW, today=NOW.date())
        digest = sha256(paper_of(plan)).hexdigest()
        await PaperRepository(database).keep(digest, paper_of(plan), plan_id=plan.id)
        assert sent.report
        after = sent.with_report(sent.report.model_copy(update={"sha256": digest}))
    if after is not before:
        assert await plans.replace(writer, before, after)
    if case.state is ReportStatus.TRANSMITTED:
        await AnnouncementLog(database).announce(plan.id)
