"""The services of one process as an organization, job seekers and advisers use them, on a real database."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from credentials.links import Links
from domain.access import Role, Viewer
from domain.facts import Funding
from domain.form import TypedForm
from domain.people import Address, Adviser, JobSeeker, Organization
from domain.plan import Plan
from resolvers import acts
from resolvers.following import report_transmitted
from resolvers.services import Services
from storage.announcements import AnnouncementLog
from storage.hub import Hub
from storage.indexes import ensure_indexes
from storage.loading import PlanLoader
from storage.nomenclatures import NomenclatureRepository
from storage.papers import PaperRepository
from storage.plans import PlanRepository
from storage.verifications import Verifications

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from pdf.printer import Printer
    from storage.client import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SIRET = "79455821300029"
STAFF = Viewer(role=Role.TRAINING_ORGANIZATION, key=SIRET, name="Staff", account="staff")
ANSWERS = TypedForm(
    duration_hours=210,
    teaching_mode_code="0",
    certifying=False,
    exit_level_code="13",
    has_internship=False,
    objective="Apprendre à souder.",
    content="Soudage, lecture de plans.",
    exit_situation_code="EMPLOI_CDI",
)
SECONDS = 10


def adviser(name: str) -> Viewer:
    return Viewer(role=Role.ADVISER, key=name, name=name, account=name)


def person(identifier: str) -> Viewer:
    return Viewer(role=Role.JOB_SEEKER, key=identifier, name=identifier, account=identifier)


def plan(number: int = 1, *, adviser: str = "A-1", siret: str = SIRET) -> Plan:
    return Plan(
        id=f"P-{number}",
        starts_on=date(2026, 9, 1),
        ends_on=date(2026, 11, 20),
        own_title="Soudage",
        funding=Funding(scheme="AIF", employment_service_funded=True),
        job_seeker=JobSeeker(identifier=f"{number:07}K", last_name="ADAM", first_name="Zoé"),
        adviser=Adviser(id=adviser, name=adviser, agency="62001"),
        organization=Organization(siret=siret, legal_name="FORMA", address=Address(city="Arras")),
    )


@dataclass
class Desk:
    services: Services

    async def transmit(self, plan_id: str, *, viewer: Viewer = STAFF, **answers: Any) -> Plan:
        """Transmit as the API does."""
        form = ANSWERS.model_copy(update=answers)
        return await acts.transmit_report(self.services, viewer, plan_id, form, None, now=NOW, today=TODAY)

    def follow(
        self, viewer: Viewer, after: int | None = None, session: str | None = None
    ) -> AsyncGenerator[tuple[int, Plan], None]:
        return report_transmitted(self.services, viewer, after, session)


@dataclass
class Tool:
    """An adviser's tool: keeps its cursor, comes and goes."""

    viewer: Viewer
    cursor: int | None = 0

    async def takes(self, desk: Desk, count: int) -> list[str]:
        """Connect, take so many events, disconnect; gives the plans they are about."""
        stream = desk.follow(self.viewer, self.cursor)
        taken = []
        for _ in range(count):
            self.cursor, plan = await asyncio.wait_for(anext(stream), SECONDS)
            taken.append(plan.id)
        await stream.aclose()
        return taken


async def prepared(database: Database) -> None:
    await ensure_indexes(database)
    await NomenclatureRepository(database).publish_packaged()


async def load(database: Database, *plans: Plan) -> None:
    """Load plans as the feed brings them."""
    await PlanLoader(database).load(plans)


@asynccontextmanager
async def desk_on(database: Database, printer: Printer, **hub: Any) -> AsyncIterator[Desk]:
    """One process more on a database."""
    log = AnnouncementLog(database)
    services = Services(
        plans=PlanRepository(database),
        nomenclatures=NomenclatureRepository(database),
        papers=PaperRepository(database),
        verifications=Verifications(database, 100),
        log=log,
        hub=Hub(database, log, **hub),
        printer=printer,
        links=Links("http://localhost", b"s" * 32, timedelta(minutes=15)),
    )
    async with services.hub.running():
        yield Desk(services)
