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
from service.ground import Ground
from service.outermost import outermost
from service.prefix import under_prefix
from service.printing import printer_of
from service.readiness import problems
from service.telling import telling
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
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

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
        ground = Ground(settings, database, teller, Loops(teller.loop_failed), stack)
        making = await _index_making(ground)
        if printer is None:
            printer = await stack.enter_async_context(printer_of(settings))
        links = Links(settings.public_url or public_url, sealing_secret, former=settings.former_sealing_secrets())
        services = _services(ground, printer, links)
        watch = await _watch(ground, services)
        services = replace(services, calling=await calling(ground, services))
        operations = read_operations() if settings.desk else {}
        doors = _doors(ground, services, watch, operations)
        routes = [
            *document_routes(services, watch, present),
            *export_routes(services, watch, present),
            *template_routes(services, watch, present),
            *verification_routes(services, present),
            *explorer(settings, public_url, people),
            *health_routes(_problems(ground, aside), lambda: making.under_way, VERSION),
        ]
        at = None
        if settings.desk:
            at = desk(settings, doors.http, operations, public_url, people, on_worked=watch.spending.add)
        served = outermost(doors.before(served_pages(routes, at, teller)), settings.origins)
        yield Service(
            under_prefix(served, settings.path_prefix), doors, services, database, listed(settings.trusted_proxies)
        )


async def _index_making(ground: Ground) -> IndexMaking:
    """Make the indexes that are lacking, beside what is served."""
    making = IndexMaking(ground.database, ground.teller.indexes_lacking)
    await making.look()
    await ground.stack.enter_async_context(ground.loops.running("indexes", making.turn))
    return making


def _services(ground: Ground, printer: Printer, links: Links) -> Services:
    settings, database, teller = ground.settings, ground.database, ground.teller
    log = AnnouncementLog(
        database, on_announced=teller.transmitted, on_passed_over=partial(teller.passed_over, "plan")
    )
    return Services(
        plans=PlanRepository(database),
        nomenclatures=NomenclatureRepository(database),
        papers=PaperRepository(database),
        verifications=Verifications(database, settings.verifications_per_hour),
        log=log,
        hub=Hub(database, log),
        printer=printer,
        links=links,
        late_after_days=settings.late_after_days,
    )


async def _watch(ground: Ground, services: Services) -> Watch:
    """Note and count what is read and done; then tell those who follow, and sample how many they are."""
    stack, loops = ground.stack, ground.loops
    trail, fetches = await _trail(ground), await _fetches(ground)
    unknown = UnknownActs(services.plans, trail, present)
    await stack.enter_async_context(unknown.running(loops))
    quota = PersonQuota(ground.database, ground.settings.persons_per_hour)
    watch = Watch(trail, quota, fetches, present, unknown, _spending(ground))
    hub = services.hub
    await stack.enter_async_context(hub.running(loops))
    sampled = ground.teller.sampling(loops, subscribers=lambda: hub.subscribers, backlog=lambda: trail.waiting)
    await stack.enter_async_context(sampled)
    return watch


async def _trail(ground: Ground) -> Trail:
    trail = Trail(ground.database, on_error=ground.teller.trail_unwritten)
    await trail.keep_for(timedelta(days=round(ground.settings.trail_months * 365.25 / 12)))
    await ground.stack.enter_async_context(trail.running(ground.loops))
    return trail


async def _fetches(ground: Ground) -> FetchLog:
    def untold(error: str, waiting: int) -> None:
        logger.warning("first readings not noted", error=error, waiting=waiting)

    fetches = FetchLog(ground.database, on_error=untold)
    await ground.stack.enter_async_context(fetches.running(ground.loops))
    return fetches


def _spending(ground: Ground) -> Spending:
    settings, teller = ground.settings, ground.teller
    allowance = Allowance(settings.work_seconds_per_minute, settings.answer_bytes_per_minute)
    return Spending(allowance, time.monotonic, on_much=teller.much_spent, on_refused=teller.spent_all)


def _problems(ground: Ground, aside: Database) -> Callable[[], Awaitable[dict[str, str]]]:
    embedded = None if ground.settings.mongodb_url else ground.settings.data_dir
    return partial(problems, Readiness(aside).why_not, ground.loops, embedded)


def _doors(ground: Ground, services: Services, watch: Watch, operations: Mapping[str, str]) -> GraphQLDoors:
    settings, teller = ground.settings, ground.teller
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
