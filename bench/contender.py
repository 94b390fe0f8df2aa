"""Others of the same schema and the same resolvers, each a process: `python -m bench.contender NAME --port N`."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING, Any

import uvicorn
import uvloop
from strawberry.asgi import GraphQL

from bench.bare import Bare
from credentials.tokens import DevelopmentTokens
from domain.calendar import paris_day
from schema.context import Context
from schema.loaders import Loaders
from schema.public import public_schema
from service.clock import present
from service.composition import service
from service.serving import database_url
from settings import read_settings

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from service.composition import Service
    from settings import Settings


class AsItComes(GraphQL[Context, None]):
    """Strawberry's own application, its defaults left alone."""

    def __init__(self, running: Service, settings: Settings) -> None:
        super().__init__(public_schema)
        self._services, self._tokens = running.services, DevelopmentTokens(settings.development_secret())

    async def get_context(self, request: Any, response: Any) -> Any:  # noqa: ANN401, ARG002
        """Make what the resolvers work with."""
        viewer = await self._tokens.viewer(_token(request))
        loaders = Loaders(self._services, viewer, lambda: paris_day(present()))
        return Context(self._services, viewer, present, loaders)


def _token(request: Request) -> str:
    return request.headers["authorization"].removeprefix("Bearer ")


def _application(name: str, running: Service, settings: Settings) -> ASGIApp:
    if name == "bare":
        return Bare(running.services, running.database, present).application()
    return AsItComes(running, settings)


async def _main(name: str, port: int) -> None:
    settings = read_settings()
    async with database_url(settings, shared=True) as url, service(settings, url, "http://localhost") as running:
        application = _application(name, running, settings)
        await uvicorn.Server(uvicorn.Config(application, port=port, access_log=False, log_level="warning")).serve()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=["strawberry", "bare"])
    parser.add_argument("--port", type=int, required=True)
    parsed = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main(parsed.name, parsed.port))
