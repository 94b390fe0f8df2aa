"""Loads the story into an empty database, as a feed and then as acts; says how to begin."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import orjson

from credentials.tokens import DevelopmentTokens
from demo.people import PEOPLE
from demo.story import ADVISER, JOB_SEEKER, ORGANIZATION, lines
from domain.access import Role, Viewer
from domain.calendar import paris_day
from domain.form import TypedForm
from feeds.outcome import Accepted
from feeds.plans import read_plan
from resolvers import acts
from service.clock import present
from service.composition import connect, service
from service.demonstration import Demonstration
from storage.client import close_database
from storage.loading import PlanLoader

if TYPE_CHECKING:
    from datetime import datetime

    from domain.plan import Plan
    from resolvers.services import Services
    from settings import Settings

_STAFF = Viewer(role=Role.TRAINING_ORGANIZATION, key=ORGANIZATION, name="Démonstration", account="demo")
_TRANSMITTED = [("P-LEROY", False, 50), ("P-HAMDI", True, 30), ("P-ADAM", True, 20)]
"""Plans, whether their training certifies, and how many days ago their report was transmitted, first to last."""
_DRAFTS = [("P-EVRARD", 3), ("P-GARCIA", 1)]
_TOKEN_LIFETIME = timedelta(days=1)
_QUERIES = {
    Role.TRAINING_ORGANIZATION: (
        ORGANIZATION,
        (
            "{ reportDashboard { fundedSessions otherSessions unreferencedPlans drafts } "
            "pendingSessions { nodes { title city pendingReportCount } } }"
        ),
    ),
    Role.JOB_SEEKER: (
        JOB_SEEKER,
        "{ transmittedReports { nodes { plan { title } transmittedAt document { url } } } }",
    ),
    Role.ADVISER: (
        ADVISER,
        "{ transmittedReports { nodes { jobSeeker { lastName firstName } plan { title } transmittedAt } } }",
    ),
}


async def load_demonstration(settings: Settings, url: str, address: str) -> None:
    """Load the demonstration where the database has no plan; nothing happens where it has one.

    `address` is that of the service, which is printed on its papers.
    """
    database = connect(settings, url)
    try:
        if await database["plans"].find_one({}, {"_id": 1}):
            return
    finally:
        await close_database(database)
    async with service(settings, url, address) as running:
        now = present()
        await PlanLoader(running.database).load(story_plans(now))
        await write_reports(running.services, now)


def story_plans(now: datetime) -> list[Plan]:
    """Return the story's plans, read as the feed they are."""
    feed = [read_plan(number, orjson.dumps(line)) for number, line in enumerate(lines(paris_day(now)), 1)]
    return [outcome.value for outcome in feed if isinstance(outcome, Accepted)]


async def write_reports(services: Services, now: datetime) -> None:
    """Transmit and save the reports of the story, as its organization does."""
    for plan_id, certifying, ago in _TRANSMITTED:
        then = now - timedelta(days=ago)
        typed = await _complete(services, plan_id, certifying=certifying)
        await acts.transmit_report(services, _STAFF, plan_id, typed, None, now=then, today=paris_day(then))
    for plan_id, ago in _DRAFTS:
        then = now - timedelta(days=ago)
        typed = TypedForm(duration_hours=120, teaching_mode_code="0", objective="À compléter.")
        await acts.save_report_draft(services, _STAFF, plan_id, typed, None, now=then, today=paris_day(then))


async def _complete(services: Services, plan_id: str, *, certifying: bool) -> TypedForm:
    plan = await services.plans.find(_STAFF, plan_id)
    session = plan.session if plan else None
    return TypedForm(
        duration_hours=session.duration_hours if session else 100,
        teaching_mode_code="0",
        certifying=certifying,
        certification_code=session.certification.code if certifying and session and session.certification else None,
        exit_level_code=session.exit_level_code if session else "1",
        has_internship=False,
        objective=session.objective if session else "Se former.",
        content=session.content if session else "Modules.",
        diploma_obtained=certifying,
        exit_situation_code="EMPLOI_CDI" if certifying else "RECHERCHE_EMPLOI",
    )


def welcome(settings: Settings, address: str) -> str:
    """Say where the service is, with a token and a query for each role."""
    tokens = DevelopmentTokens(settings.development_secret())
    parts = [f"\nThe service listens on {address}/graphql with the demonstration data.\n"]
    if settings.desk:
        parts.insert(0, f"\nThe desk, for people with a browser: {address}/\n")
    if settings.explored:
        parts.append(f"\nThe explorer, to try queries and subscriptions: {address}/explorer\n")
    for role, (subject, query) in _QUERIES.items():
        token = tokens.issue(role, subject, now=present(), lifetime=_TOKEN_LIFETIME)
        body = orjson.dumps({"query": query}).decode()
        parts.append(
            f"\n{role.value.replace('_', ' ').capitalize()} {subject}, for a day:\n"
            f"curl -s {address}/graphql -H 'Content-Type: application/json' \\\n"
            f"  -H 'Authorization: Bearer {token}' \\\n"
            f"  -d '{body}'\n"
        )
    return "".join(parts)


DEMONSTRATION = Demonstration(PEOPLE, load_demonstration, welcome)
"""The demonstration as main hands it to the service."""
