"""The five operations that are measured: what is sent, and how the next request follows from an answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from bench.stock import CLASS
from schema.ids import encode_id
from service.clock import present

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from storage.client import Database


_VERSION = re.compile(rb'"version":\s*(\d+)')
REPORT = """query Report($id: ID!) { node(id: $id) { ... on Report {
  id status version createdAt updatedAt transmittedAt
  plan { title carifNumber startsOn endsOn } organization { legalName siret }
  jobSeeker { identifier lastName firstName }
  form { durationHours teachingMode { label } certifying certification { label } exitLevel { label } hasInternship
    objective content diplomaObtained exitSituation { label } }
} } }"""
SESSIONS = """query Sessions { pendingSessions(first: 20) {
  nodes { id carifNumber title startsOn endsOn city durationHours funding { reference } }
  pageInfo { hasNextPage endCursor } } }"""
COUNTERS = "query Counters { reportDashboard { asOf fundedSessions otherSessions unreferencedPlans drafts } }"
TRAINEES = """query Trainees($session: ID!) { pendingPlans(trainingSessionId: $session, first: 50) { nodes {
  id title startsOn endsOn jobSeeker { identifier lastName firstName }
  session { id carifNumber title startsOn endsOn city } organization { siret legalName address { city } }
} } }"""
DRAFT = """mutation Save($input: SaveReportDraftInput!) { saveReportDraft(input: $input) {
  report { id status version updatedAt } userErrors { code message path } } }"""


@dataclass(frozen=True, slots=True)
class Operation:
    """`variables` are those of the nth request of a connection, given the answer to the one before."""

    name: str
    document: str
    variables: Callable[[int, int, bytes], dict[str, Any]]
    expected: bytes
    """Found in every good answer."""
    keys: Sequence[tuple[str, str]] = ()
    """Identifiers that it sends, with what they stand for."""

    def body(self, connection: int, number: int, answer: bytes) -> bytes:
        """Return the next request's body."""
        return orjson.dumps({"query": self.document, "variables": self.variables(connection, number, answer)})


async def tell_peers(database: Database, keys: Iterable[tuple[str, str]]) -> None:
    """Keep what the identifiers stand for: those who are written in another language cannot open them."""
    await database["bench_keys"].delete_many({})
    await database["bench_keys"].insert_many([{"_id": sealed, "key": key} for sealed, key in keys])


def _drawn(connection: int, number: int, ids: Sequence[str]) -> str:
    return ids[(connection * 7919 + number * 31) % len(ids)]


async def operations(database: Database, siret: str, drafts: Sequence[str] = ()) -> list[Operation]:
    """Give the operations with the identifiers that an organization has; saving where there are drafts enough.

    `drafts` are plans to save reports of, instead of those that have drafts.
    """
    plans = database["plans"]

    async def ids(state: str) -> list[str]:
        found = plans.find({"organization.siret": siret, "state": state}, {"_id": 1}).sort("_id", 1).limit(500)
        return [each["_id"] async for each in found]

    written, drafts = await ids("TRANSMITTED"), drafts or await ids("DRAFT")
    over = {"organization.siret": siret, "state": "OPEN", "keys.due": {"$lt": present().date().isoformat()}}
    classes = await plans.distinct("keys.session", over)
    taught = [key for key in sorted(classes) if key]
    reports, sessions, entered = (
        [encode_id(kind, key) for key in keys]
        for kind, keys in (("Report", written), ("TrainingSession", taught), ("TrainingPlan", drafts))
    )

    def draft(connection: int, _: int, answer: bytes) -> dict[str, Any]:
        found = _VERSION.search(answer)
        return {
            "input": {
                "trainingPlanId": entered[connection],
                "expectedVersion": int(found[1]) if found else None,
                "form": FORM,
            }
        }

    told = [[*zip(*each, strict=True)] for each in ((reports, written), (sessions, taught), (entered, drafts))]
    asked = [
        Operation("report", REPORT, lambda c, n, _: {"id": _drawn(c, n, reports)}, b'"exitSituation"', told[0]),
        Operation("sessions", SESSIONS, lambda *_: {}, b'"hasNextPage"'),
        Operation("counters", COUNTERS, lambda *_: {}, b'"unreferencedPlans"'),
        Operation("trainees", TRAINEES, lambda c, n, _: {"session": _drawn(c, n, sessions)}, b'"legalName"', told[1]),
    ]
    return [*asked, Operation("draft", DRAFT, draft, b'"userErrors":', told[2])] if len(drafts) >= CLASS else asked


FORM = {
    "durationHours": 420,
    "teachingModeCode": "0",
    "certifying": False,
    "exitLevelCode": "15",
    "hasInternship": False,
    "objective": "Acquérir les gestes du métier.",
    "content": "Lecture de plans, sécurité, conduite de chantier. " * 10,
    "diplomaObtained": True,
    "exitSituationCode": "EMPLOI_CDI",
}
