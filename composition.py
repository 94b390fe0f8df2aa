"""Puts the service together: settings in, ASGI application out."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from starlette.applications import Starlette

from credentials.links import Links
from credentials.tokens import BadToken, DevelopmentTokens
from domain.calendar import paris_day
from engine.plain import PlainExecutor
from pdf.printer import Printer
from resolvers.services import Services
from schema.context import Context
from schema.errors import error_formatter
from schema.loaders import Loaders
from schema.public import public_schema
from storage.announcements import AnnouncementLog
from storage.client import close_database, open_database
from storage.health import why_not_ready
from storage.hub import Hub
from storage.indexes import ensure_indexes
from storage.nomenclatures import NomenclatureRepository
from storage.papers import PaperRepository
from storage.plans import PlanRepository
from transport import Caller, GraphQLDoors, Record, Unauthenticated
from web.documents import document_routes
from web.health import health_routes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp

    from domain.access import Viewer
    from settings import Settings
    from storage.client import Database

logger = structlog.get_logger()


def present() -> datetime:
    """Return the instant it is, in UTC and milliseconds: the one place that reads the clock."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: what a server mounts, and what a command works with."""

    application: ASGIApp
    doors: GraphQLDoors
    services: Services
    database: Database


def connect(settings: Settings, url: str) -> Database:
    """Open the database of the settings; `url` is that of the embedded server where they name none."""
    return open_database(url, settings.mongodb_database)


async def prepare(database: Database) -> None:
    """Make indexes and publish the packaged lists: idempotent, and harmless beside a running service."""
    await ensure_indexes(database)
    await NomenclatureRepository(database).publish_packaged()


@asynccontextmanager
async def service(
    settings: Settings, url: str, public_url: str, *, printer: Printer | None = None
) -> AsyncIterator[Service]:
    """Run everything behind the doors for the time of the block, with a printer that runs already or its own."""
    secret = settings.development_secret()
    link_secret = settings.link_secret.get_secret_value().encode() if settings.link_secret else secret
    async with AsyncExitStack() as stack:
        database = connect(settings, url)
        stack.callback(close_database, database)
        await prepare(database)
        log = AnnouncementLog(database)
        if printer is None:
            printer = await stack.enter_async_context(Printer(settings.print_workers))
        hub = Hub(database, log, on_error=lambda error: logger.warning("stream lost", error=type(error).__name__))
        services = Services(
            plans=PlanRepository(database),
            nomenclatures=NomenclatureRepository(database),
            papers=PaperRepository(database),
            log=log,
            hub=hub,
            printer=printer,
            links=Links(settings.public_url or public_url, link_secret),
        )
        await stack.enter_async_context(hub.running())
        doors = _doors(settings, services, DevelopmentTokens(secret))
        routes = [
            *document_routes(services, present),
            *health_routes(lambda: why_not_ready(database)),
        ]
        yield Service(doors.before(Starlette(routes=routes)), doors, services, database)


def _doors(settings: Settings, services: Services, tokens: DevelopmentTokens) -> GraphQLDoors:
    executor = PlainExecutor(
        public_schema._schema,  # noqa: SLF001 - strawberry gives graphql-core's schema no other way
        format_error=error_formatter(_on_fault),
        hide_suggestions=not settings.explorer,
    )

    async def authenticate(token: str | None, _: Caller) -> Viewer:
        if token is None:
            raise Unauthenticated("A token is needed: Authorization: Bearer …")
        try:
            return await tokens.viewer(token)
        except BadToken as bad:
            raise Unauthenticated(str(bad)) from None

    def context(viewer: Viewer, _: Caller) -> Context:
        return Context(services, viewer, present, Loaders(services, viewer, lambda: paris_day(present())))

    return GraphQLDoors(executor, authenticate, context, _observe, allowed_origins=settings.origins)


def _on_fault(reference: str, fault: Exception) -> None:
    logger.error("fault", reference=reference, kind=type(fault).__name__, exc_info=fault)


def _observe(record: Record) -> None:
    """One line a request; no name, free text, token or variable in it."""
    if record.fault is not None and record.reference:
        _on_fault(record.reference, record.fault)
    logger.info(
        "request",
        transport=record.caller.transport,
        operation=record.name,
        kind=record.kind,
        cost=record.cost,
        outcome=record.outcome,
        codes=list(record.codes),
        status=record.status,
        events=record.events,
        bytes=record.bytes_sent,
        milliseconds=round(record.seconds * 1000, 1),
    )
