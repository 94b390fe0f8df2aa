"""Puts the service together: settings in, ASGI application out."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from secrets import token_bytes
from typing import TYPE_CHECKING

import structlog

from credentials.identifiers import KEY_BYTES, SealedIdentifiers
from credentials.links import Links
from desk.asking import read_operations
from domain.calendar import paris_day
from domain.global_id import seal_with
from domain.trail import Origin
from resolvers.services import Services
from resolvers.spending import Allowance, Spending
from resolvers.unknown import UnknownActs
from resolvers.visits import Watch
from schema.context import Context
from schema.loaders import Loaders
from service.calling import calling
from service.clock import present
from service.desk import desk, served_pages
from service.execution import executor_of
from service.exploring import explorer
from service.outermost import outermost
from service.prefix import under_prefix
from service.printing import printer_of
from service.readiness import problems
from service.telling import Teller, telling
from service.tokens import authenticator
from service.version import VERSION
from service.watching import WatchedExecutor
from setting_values import listed
from storage.announcements import AnnouncementLog
from storage.client import close_database, open_aside, open_database
from storage.fetches import FetchLog
from storage.health import Readiness
from storage.hub import Hub
from storage.indexes import ensure_indexes
from storage.installation import identifier_key
from storage.making import IndexMaking
from storage.migrating import require_shape
from storage.nomenclatures import NomenclatureRepository
from storage.papers import PaperRepository
from storage.plans import PlanRepository
from storage.processor_time import task_of_asker
from storage.quota import PersonQuota
from storage.restore import finish_restore
from storage.trail import Trail
from storage.verifications import Verifications
from supervision.loops import Loops
from transport import Caller, GraphQLDoors, Limits
from web.documents import document_routes
from web.exports import export_routes
from web.health import health_routes
from web.templates import template_routes
from web.verification import verification_routes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from starlette.types import ASGIApp

    from domain.access import Viewer
    from pdf.printer import Printer
    from service.demonstration import Character
    from settings import Settings
    from storage.client import Database

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: what a server mounts, and what a command works with."""

    application: ASGIApp
    doors: GraphQLDoors
    services: Services
    database: Database
    trusted_proxies: Sequence[str] = ()


def connect(settings: Settings, url: str, aside: Database | None = None) -> Database:
    """Open the database of the settings; `url` is that of the embedded server where they name none."""
    return open_database(url, settings.mongodb_database, driver=settings.driver, aside=aside)


async def prepare(database: Database, *, guards: bool = False) -> None:
    """Make indexes, publish the packaged lists, and take the key of the identifiers.

    It is idempotent, and harmless beside a running service. `guards`: where there are plans, for which it would take
    minutes, only those indexes are made that guard writes.

    Raises NoServer where the database is of another release.
    """
    await finish_restore(database)
    await require_shape(database)
    await ensure_indexes(database, guards=guards and bool(await database["plans"].find_one({}, {"_id": 1})))
    await NomenclatureRepository(database).publish_packaged()
    seal_with(SealedIdentifiers(await identifier_key(database, token_bytes(KEY_BYTES))))


@asynccontextmanager
async def service(
    settings: Settings,
    url: str,
    public_url: str,
    *,
    printer: Printer | None = None,
    people: Sequence[Character] = (),
) -> AsyncIterator[Service]:
    """Run everything behind the doors for the time of the block, with a printer that runs already or its own.

    `people` are those as whom developers may sign in at the desk.
    """
    sealing_secret = settings.sealing_secret()
    asyncio.get_running_loop().set_task_factory(task_of_asker)
    async with AsyncExitStack() as stack:
        teller = await stack.enter_async_context(telling(settings, sealing_secret))
        aside = open_aside(url, settings.mongodb_database, driver=settings.driver)
        stack.push_async_callback(close_database, aside)
        database = connect(settings, url, aside)
        stack.push_async_callback(close_database, database)
        await prepare(database, guards=True)
        loops = Loops(teller.loop_failed)
        making = IndexMaking(database, teller.indexes_lacking)
        await making.look()
        await stack.enter_async_context(loops.running("indexes", making.turn))
        log = AnnouncementLog(
            database, on_announced=teller.transmitted, on_passed_over=partial(teller.passed_over, "plan")
        )
        if printer is None:
            printer = await stack.enter_async_context(printer_of(settings))
        hub = Hub(database, log)
        services = Services(
            plans=PlanRepository(database),
            nomenclatures=NomenclatureRepository(database),
            papers=PaperRepository(database),
            verifications=Verifications(database, settings.verifications_per_hour),
            log=log,
            hub=hub,
            printer=printer,
            links=Links(settings.public_url or public_url, sealing_secret, former=settings.former_sealing_secrets()),
            late_after_days=settings.late_after_days,
        )
        trail = await stack.enter_async_context(_trail(settings, database, teller, loops))
        fetches = await stack.enter_async_context(_fetches(database, loops))
        unknown = UnknownActs(services.plans, trail, present)
        await stack.enter_async_context(unknown.running(loops))
        quota, spending = PersonQuota(database, settings.persons_per_hour), _spending(settings, teller)
        watch = Watch(trail, quota, fetches, present, unknown, spending)
        await stack.enter_async_context(hub.running(loops))
        sampled = teller.sampling(loops, subscribers=lambda: hub.subscribers, backlog=lambda: trail.waiting)
        await stack.enter_async_context(sampled)
        services = replace(services, calling=await calling(stack, settings, services, database, teller, loops))
        readiness, embedded = Readiness(aside), None if settings.mongodb_url else settings.data_dir
        operations = read_operations() if settings.desk else {}
        doors = _doors(settings, services, watch, teller, operations)
        routes = [
            *document_routes(services, watch, present),
            *export_routes(services, watch, present),
            *template_routes(services, watch, present),
            *verification_routes(services, present),
            *explorer(settings, public_url, people),
            *health_routes(partial(problems, readiness.why_not, loops, embedded), lambda: making.under_way, VERSION),
        ]
        at = None
        if settings.desk:
            at = desk(settings, doors.http, operations, public_url, people, on_worked=spending.add)
        served = outermost(doors.before(served_pages(routes, at, teller)), settings.origins)
        yield Service(
            under_prefix(served, settings.path_prefix), doors, services, database, listed(settings.trusted_proxies)
        )


@asynccontextmanager
async def _trail(settings: Settings, database: Database, teller: Teller, loops: Loops) -> AsyncIterator[Trail]:
    trail = Trail(database, on_error=teller.trail_unwritten)
    await trail.keep_for(timedelta(days=round(settings.trail_months * 365.25 / 12)))
    async with trail.running(loops):
        yield trail


@asynccontextmanager
async def _fetches(database: Database, loops: Loops) -> AsyncIterator[FetchLog]:
    def untold(error: str, waiting: int) -> None:
        logger.warning("first readings not noted", error=error, waiting=waiting)

    fetches = FetchLog(database, on_error=untold)
    async with fetches.running(loops):
        yield fetches


def _doors(
    settings: Settings, services: Services, watch: Watch, teller: Teller, operations: Mapping[str, str]
) -> GraphQLDoors:
    executor = executor_of(settings, teller, operations)

    def context(viewer: Viewer, caller: Caller) -> Context:
        watched = watch.begin(services, viewer, Origin(caller.address, caller.user_agent))
        return Context(watched, viewer, present, Loaders(watched, viewer, lambda: paris_day(present())))

    limits = Limits()
    watched = WatchedExecutor(executor, watch, limits.execution_seconds)
    return GraphQLDoors(
        watched,
        authenticator(settings),
        context,
        teller.request,
        limits=limits,
        allowed_origins=settings.origins,
        working=watched.working,
    )


def _spending(settings: Settings, teller: Teller) -> Spending:
    allowance = Allowance(settings.work_seconds_per_minute, settings.answer_bytes_per_minute)
    return Spending(allowance, time.monotonic, on_much=teller.much_spent, on_refused=teller.spent_all)
