"""Puts the service together: settings in, ASGI application out."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from secrets import token_bytes
from typing import TYPE_CHECKING

import structlog

from credentials.claims import BadToken
from credentials.identifiers import KEY_BYTES, SealedIdentifiers
from credentials.links import Links
from credentials.remembering import RememberedTokens
from credentials.tokens import DevelopmentTokens, NoKeys
from desk.asking import read_operations
from domain.access import Role, acting_for
from domain.calendar import paris_day
from domain.global_id import seal_with
from domain.trail import Origin
from engine.cost import inspect
from engine.executors import compiled_executor, core_executor
from engine.persisted import InvalidRegister, PersistedDocuments, read_register
from resolvers.services import Services
from resolvers.spending import Allowance, Spending
from resolvers.unknown import UnknownActs
from resolvers.visits import Watch
from schema.context import Context
from schema.errors import error_formatter
from schema.loaders import Loaders
from schema.public import public_schema
from service.calling import calling
from service.clock import present
from service.desk import desk, served_pages
from service.exploring import explorer
from service.outermost import outermost
from service.prefix import under_prefix
from service.printing import printer_of
from service.readiness import problems
from service.telling import Teller, telling
from service.version import VERSION
from service.watching import WatchedExecutor
from setting_values import listed
from settings import WrongSetting
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
from transport import Caller, GraphQLDoors, Limits, Unauthenticated
from transport.refusals import refusal
from web.documents import document_routes
from web.exports import export_routes
from web.health import health_routes
from web.templates import template_routes
from web.verification import verification_routes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from starlette.types import ASGIApp

    from credentials.providers import IdentityProvider
    from domain.access import Viewer
    from engine.operation import Executor
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
        readiness = Readiness(aside)
        operations = read_operations() if settings.desk else {}
        doors = _doors(settings, services, watch, teller, operations)
        routes = [
            *document_routes(services, watch, present),
            *export_routes(services, watch, present),
            *template_routes(services, watch, present),
            *verification_routes(services, present),
            *explorer(settings, public_url, people),
            *health_routes(partial(problems, readiness.why_not, loops), lambda: making.under_way, VERSION),
        ]
        at = desk(settings, doors.http, operations, public_url, people) if settings.desk else None
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


def verifier(settings: Settings) -> RememberedTokens:
    """Return what reads access tokens: those of the providers, or those made with the development secret."""
    providers = settings.providers()
    if not providers:
        return RememberedTokens(
            DevelopmentTokens(settings.development_secret(), settings.former_development_secrets()), time.time
        )
    from credentials.keys import KeySet  # noqa: PLC0415 - an HTTP client that development does without
    from credentials.oidc import Demand, Issuer, ProviderTokens  # noqa: PLC0415 - as above

    def keys_of(provider: IdentityProvider) -> KeySet:
        def unfetched(error: str) -> None:
            logger.warning("keys not fetched", provider=provider.id, error=error)

        return KeySet(provider.jwks_url, time.monotonic, on_error=unfetched)

    strong = frozenset(Role(name.upper()) for name in listed(settings.oidc_strong_roles))
    demand = Demand(strong, frozenset(listed(settings.oidc_strong_methods)))
    issuers = [Issuer(provider, keys_of(provider), demand) for provider in providers]
    remembered = RememberedTokens(ProviderTokens(issuers), time.time)
    for issuer in issuers:
        issuer.keys.on_change = remembered.forget
    return remembered


async def keys_problem(provider: IdentityProvider) -> str | None:
    """Ask a provider for its keys; return why they cannot be had."""
    from credentials.keys import KeySet  # noqa: PLC0415 - as above

    errors: list[str] = []
    with suppress(NoKeys):
        await KeySet(provider.jwks_url, time.monotonic, on_error=errors.append).find("")
    return errors[0] if errors else None


def _doors(
    settings: Settings, services: Services, watch: Watch, teller: Teller, operations: Mapping[str, str]
) -> GraphQLDoors:
    executor = _executor(settings, teller, operations)
    tokens = verifier(settings)

    async def authenticate(token: str | None, caller: Caller) -> Viewer:
        if token is None:
            raise Unauthenticated("A token is needed: Authorization: Bearer …")
        try:
            viewer = await tokens.viewer(token)
        except BadToken as bad:
            raise Unauthenticated(str(bad)) from None
        except NoKeys:
            message = "Tokens cannot be verified for now: try again later."
            raise refusal(message, "UNAVAILABLE", 503, {"Retry-After": "5"}) from None
        return _acting(viewer, caller)

    def context(viewer: Viewer, caller: Caller) -> Context:
        watched = watch.begin(services, viewer, Origin(caller.address, caller.user_agent))
        return Context(watched, viewer, present, Loaders(watched, viewer, lambda: paris_day(present())))

    limits = Limits()
    watched = WatchedExecutor(executor, watch, limits.execution_seconds)
    return GraphQLDoors(
        watched,
        authenticate,
        context,
        teller.request,
        limits=limits,
        allowed_origins=settings.origins,
        working=watched.working,
    )


def _spending(settings: Settings, teller: Teller) -> Spending:
    allowance = Allowance(settings.work_seconds_per_minute, settings.answer_bytes_per_minute)
    return Spending(allowance, time.monotonic, on_much=teller.much_spent, on_refused=teller.spent_all)


def _acting(viewer: Viewer, caller: Caller) -> Viewer:
    """Act for the organization that the caller names; 403 when the token does not name it."""
    if caller.organization is None or viewer.role is not Role.TRAINING_ORGANIZATION:
        return viewer
    acting = acting_for(viewer, caller.organization)
    if acting is None:
        raise refusal("Bilans-Organization names none of the organizations of the token.", "FORBIDDEN", 403)
    return acting


def require_documents(settings: Settings) -> None:
    """Raise WrongSetting where trusted documents are named and cannot be trusted."""
    if settings.trusted_documents is None:
        return
    try:
        _executor(settings, Teller(b""), {})
    except InvalidRegister as invalid:
        raise WrongSetting(f"BILANS_TRUSTED_DOCUMENTS: {invalid}.") from None


def _executor(settings: Settings, teller: Teller, operations: Mapping[str, str]) -> Executor:
    schema = public_schema._schema  # noqa: SLF001 - strawberry gives graphql-core's schema no other way
    format_error, explored = error_formatter(teller.fault), settings.explored
    executor = (compiled_executor if settings.compiled else core_executor)(
        schema, format_error=format_error, inspect=inspect, hide_suggestions=not explored, introspection=explored
    )
    trusted = read_register(settings.trusted_documents) if settings.trusted_documents else {}
    return PersistedDocuments(executor, trusted={**operations, **trusted}, trusted_only=settings.trusted_only)
