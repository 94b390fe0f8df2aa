"""An organization's software before the service: over HTTP, at one of several addresses, back when it is told to."""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64encode
from collections import Counter
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx

from credentials.tokens import DevelopmentTokens
from domain.access import Role
from domain.errors import Unavailable
from schema.cursors import decode_number, encode_number
from schema.ids import key_of
from service.clock import present
from tests.delivery.desk import ANSWERS, SIRET, load, plan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from storage.client import Database

SECRET = "of the trials, and thirty-two bytes long at least"  # noqa: S105 - of a database that goes with the trial
SETTINGS = {
    "JWT_SECRET": SECRET,
    "PERSONS_PER_HOUR": "1000000",  # it is not what is tried
    "WORK_SECONDS_PER_MINUTE": "1000000",
    "LOG_FORMAT": "json",
}
_START_SECONDS = 120
_DAY = timedelta(hours=24)
_COME_BACK = {429, 502, 503, 504}
_TOLD = {"UNAVAILABLE", "TIMEOUT", "BUSY", "TOO_MANY_REQUESTS"}
_FORM = {
    "durationHours": ANSWERS.duration_hours,
    "teachingModeCode": ANSWERS.teaching_mode_code,
    "certifying": False,
    "exitLevelCode": ANSWERS.exit_level_code,
    "hasInternship": False,
    "content": ANSWERS.content,
    "exitSituationCode": ANSWERS.exit_situation_code,
}
_SAVE = """mutation Save($input: SaveReportDraftInput!) { saveReportDraft(input: $input) {
    report { version form { objective } } userErrors { code message } } }"""
_SEND = """mutation Send($input: TransmitReportInput!) { transmitReport(input: $input) {
    report { version document { sha256 } } userErrors { code message } } }"""
_FOLLOW = "subscription Follow($after: String) { reportTransmitted(after: $after) { cursor report { trainingPlan { id } } } }"  # noqa: E501 - one text


def _staff() -> dict[str, str]:
    now = present()
    tokens = DevelopmentTokens(SECRET.encode())
    token = tokens.issue(Role.TRAINING_ORGANIZATION, SIRET, now=now - timedelta(hours=2), lifetime=_DAY, name="Staff")
    return {"Authorization": f"Bearer {token}"}


@dataclass
class Outside:
    """Over HTTP; what it was answered is counted, and what it should never have been is kept in `odd`."""

    addresses: Sequence[str]
    database: Database | None
    """Where plans are loaded; without, they are there already."""
    pause: float = 0.5
    """Seconds before an act: sixteen people, not as much as the machine can do."""
    answered: Counter[str] = field(default_factory=Counter)
    odd: Counter[str] = field(default_factory=Counter)
    _http: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=30))
    _headers: dict[str, str] = field(default_factory=_staff)
    _turn: int = 0

    async def load(self, number: int) -> None:
        if self.database is not None:
            await load(self.database, plan(number))

    async def save(self, plan_id: str, text: str, version: int | None) -> int:
        given = {"trainingPlanId": _named(plan_id), "form": {**_FORM, "objective": text}, "expectedVersion": version}
        saved = (await self._ask(_SAVE, given))["saveReportDraft"]
        report = saved["report"]
        if saved["userErrors"] and (report is None or report["form"]["objective"] != text):
            raise AssertionError(saved)  # not: saved by the attempt whose answer was lost
        return int(report["version"])

    async def transmit(self, plan_id: str) -> tuple[str, int]:
        sent = (await self._ask(_SEND, {"trainingPlanId": _named(plan_id)}))["transmitReport"]
        if sent["userErrors"]:
            raise AssertionError(sent)
        return sent["report"]["document"]["sha256"], sent["report"]["version"]

    async def follow(self, after: int) -> AsyncIterator[tuple[int, str]]:
        turn, body = self._turn, {"query": _FOLLOW, "variables": {"after": encode_number(after)}}
        try:
            async with self._http.stream(
                "POST", f"{self._address(turn)}/graphql", json=body, timeout=httpx.Timeout(30),
                headers={**self._headers, "Accept": "text/event-stream"},
            ) as stream:  # fmt: skip
                async for line in stream.aiter_lines():
                    told = json.loads(line.removeprefix("data:")) if line.startswith("data: ") else None
                    if not told or not told.get("data"):
                        continue
                    event = told["data"]["reportTransmitted"]
                    yield (
                        decode_number(event["cursor"]),
                        key_of(event["report"]["trainingPlan"]["id"], "TrainingPlan"),
                    )
        except httpx.TransportError:
            self._elsewhere(turn)
        raise Unavailable("")

    async def _ask(self, query: str, given: dict[str, Any]) -> Any:  # noqa: ANN401 - as the query says
        await asyncio.sleep(self.pause)
        turn = self._turn
        try:
            response = await self._http.post(
                f"{self._address(turn)}/graphql", json={"query": query, "variables": {"input": given}},
                headers=self._headers,
            )  # fmt: skip
        except httpx.TransportError as error:
            self.answered[type(error).__name__] += 1
            self._elsewhere(turn)
            raise Unavailable("") from None
        return self._read(response)

    def _read(self, response: httpx.Response) -> Any:  # noqa: ANN401 - as above
        answer = response.json()
        errors = answer.get("errors", [])
        codes = {error.get("extensions", {}).get("code", "none") for error in errors}
        self.answered[" ".join([str(response.status_code), *sorted(codes)])] += 1
        if response.status_code == HTTPStatus.OK and not errors:
            return answer["data"]
        if response.status_code in _COME_BACK and "Retry-After" not in response.headers:
            self.odd[f"{response.status_code} without Retry-After"] += 1
        if response.status_code not in _COME_BACK and not codes <= _TOLD:
            self.odd[f"{response.status_code} {sorted(codes)}"] += 1
        raise Unavailable("")

    def _address(self, turn: int) -> str:
        return self.addresses[turn % len(self.addresses)]

    def _elsewhere(self, turn: int) -> None:
        """Go to the next address, unless another has gone on meanwhile."""
        if self._turn == turn:
            self._turn += 1

    async def close(self) -> None:
        await self._http.aclose()


@asynccontextmanager
async def outside(addresses: Sequence[str], database: Database | None) -> AsyncIterator[Outside]:
    """Give such a software for the time of the block."""
    office = Outside(addresses, database)
    try:
        yield office
    finally:
        await office.close()


def _named(plan_id: str) -> str:
    """The id of a plan, as the sender of the feed may name it."""
    return urlsafe_b64encode(f"TrainingPlan:{plan_id}".encode()).decode()


async def ready(url: str) -> None:
    """Wait until a service is ready: its workers begin after it listens."""
    async with httpx.AsyncClient(timeout=_START_SECONDS) as http:
        while True:
            with suppress(httpx.TransportError):
                if (await http.get(f"{url}/readyz")).is_success:
                    return
            await asyncio.sleep(0.1)
