"""A bare Starlette route: the same documents, the same driver, the same bytes, nothing between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jwt
import orjson
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from bench.stock import TODAY
from credentials.tokens import OURS
from domain.access import Role, Viewer
from domain.filters import PlanFilter, ReportFilter, SessionFilter
from engine.executors import compiled_executor
from engine.operation import Request as GraphQLRequest
from schema.context import Context
from schema.ids import decode_id
from schema.loaders import Loaders
from schema.public import public_schema
from storage import listings
from storage.client import aggregate
from storage.lists import read_counts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import Request

    from resolvers.services import Services
    from storage.client import Database

_VERSION = re.compile(rb'"version":\d+')


class Bare:
    """The first answer to a question comes from the service itself, and is written again each time."""

    def __init__(self, services: Services, database: Database, clock: Callable[[], datetime]) -> None:
        self._services, self._plans, self._clock = services, database["plans"], clock
        self._entries = database["nomenclature_entries"]
        self._executor = compiled_executor(public_schema._schema)  # noqa: SLF001
        self._answers: dict[tuple[str, bytes], bytes] = {}
        self._viewers: dict[str, Viewer] = {}
        self._database = database

    def application(self) -> Starlette:
        """Give the application."""
        return Starlette(routes=[Route("/graphql", self.answer, methods=["POST"])])

    async def answer(self, request: Request) -> Response:
        """Fetch, and write."""
        body = await request.body()
        asked = orjson.loads(body)
        name = asked["query"].split("(", 1)[0].split("{", 1)[0].split()[1].lower()
        viewer = self._viewer(request.headers["authorization"])
        key = (viewer.key, b"save" if name == "save" else body)
        if key not in self._answers:
            served = await self._served(viewer, asked)
            if b"STALE_VERSION" in served:
                return Response(served, media_type="application/json")
            self._answers[key] = served
        version = await getattr(self, name)(viewer, asked["variables"])
        written = (
            self._answers[key] if version is None else _VERSION.sub(b'"version":%d' % version, self._answers[key])
        )
        return Response(written, media_type="application/json")

    def _viewer(self, authorization: str) -> Viewer:
        if authorization not in self._viewers:
            claims = jwt.decode(authorization.removeprefix("Bearer "), options={"verify_signature": False})
            siret = claims[OURS.claims.key(Role.TRAINING_ORGANIZATION)]
            viewer = Viewer(role=Role.TRAINING_ORGANIZATION, key=siret, name="bench", account="bench")
            self._viewers[authorization] = viewer
        return self._viewers[authorization]

    async def report(self, viewer: Viewer, variables: dict[str, Any]) -> None:
        await self._plans.find_one({"_id": decode_id(variables["id"])[1], "organization.siret": viewer.key})

    async def sessions(self, viewer: Viewer, _: dict[str, Any]) -> None:
        await self._list(listings.sessions(viewer, SessionFilter(), self._today).pipeline(21))

    async def counters(self, viewer: Viewer, _: dict[str, Any]) -> None:
        wanted = {
            "funded": listings.sessions(viewer, SessionFilter(funded=True), self._today),
            "other": listings.sessions(viewer, SessionFilter(funded=False), self._today),
            "unreferenced": listings.pending_plans(viewer, PlanFilter(referenced=False), self._today),
            "drafts": listings.drafts(viewer, ReportFilter()),
        }
        await read_counts(self._plans, wanted)

    async def trainees(self, viewer: Viewer, variables: dict[str, Any]) -> None:
        wanted = PlanFilter(session_id=decode_id(variables["session"])[1])
        await self._list(listings.pending_plans(viewer, wanted, self._today).pipeline(51))

    async def save(self, viewer: Viewer, variables: dict[str, Any]) -> int:
        plan = decode_id(variables["input"]["trainingPlanId"])[1]
        form = variables["input"]["form"]
        codes = {
            "TEACHING_MODE": "teachingModeCode",
            "EXIT_LEVEL": "exitLevelCode",
            "EXIT_SITUATION": "exitSituationCode",
        }
        wanted = [{"name": name, "code": form[field]} for name, field in codes.items()]
        [found async for found in self._entries.find({"$or": wanted})]
        kept = await self._plans.find_one({"_id": plan, "organization.siret": viewer.key}) or {}
        version: int = kept["report_version"] + 1
        match = {"_id": plan, "revision": kept["revision"], "organization.siret": viewer.key}
        changed = {"report": {**kept["report"], "version": version}, "report_version": version, "keys": kept["keys"]}
        await self._plans.update_one(match, {"$set": changed, "$inc": {"revision": 1}})
        return version

    @property
    def _today(self) -> Any:  # noqa: ANN401
        return TODAY.replace(year=TODAY.year + 1)

    async def _list(self, pipeline: list[dict[str, Any]]) -> None:
        [found async for found in await aggregate(self._plans, pipeline)]

    async def _served(self, viewer: Viewer, asked: dict[str, Any]) -> bytes:
        loaders = Loaders(self._services, viewer, lambda: self._today)
        context = Context(self._services, viewer, self._clock, loaders)
        operation = self._executor.prepare(GraphQLRequest(query=asked["query"], variables=asked["variables"]))
        return (await operation.execute(context)).body
