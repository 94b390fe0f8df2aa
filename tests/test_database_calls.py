"""How often an operation asks the database is a constant, and what the server looks at does not grow with the stock.

Counted by the server's own profiler, over the same desk among 1, 10 and 100 times as many plans.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import pytest

from bench.operations import COUNTERS, DRAFT, FORM, REPORT, SESSIONS, TRAINEES
from bench.stock import ASKED, CLASS, plan_of
from credentials.links import Links
from domain.calendar import paris_day
from engine.executors import compiled_executor
from engine.operation import Request
from resolvers.services import Services
from schema.context import Context
from schema.ids import encode_id
from schema.loaders import Loaders
from schema.public import public_schema
from service.clock import present
from storage.announcements import AnnouncementLog
from storage.documents import to_document
from storage.hub import Hub
from storage.nomenclatures import NomenclatureRepository
from storage.papers import PaperRepository
from storage.plans import PlanRepository
from storage.verifications import Verifications
from tests.conftest import LINKS_AT, SECRET
from tests.factories import staff

if TYPE_CHECKING:
    from domain.plan import Plan
    from pdf.printer import Printer
    from storage.client import Database

OF_A_CLASS = 10
DESK = [course * CLASS + rank for course in range(5) for rank in range(OF_A_CLASS)]
"""Ranks of the plans of the desk that asks: a class with drafts, two transmitted, two to enter."""
STAFF = staff(ASKED)
DRAFTED, SENT = encode_id("TrainingPlan", "P-0"), encode_id("Report", "P-50")
CLASS_TO_ENTER = encode_id("TrainingSession", "S-0-2")


class Cost(NamedTuple):
    """Commands that the database was sent; keys and documents that it looked at."""

    calls: int
    keys: int
    documents: int


class Asked(NamedTuple):
    """An operation, and how many commands it sends to the database."""

    document: str
    calls: int
    variables: dict[str, Any] = {}  # noqa: RUF012 - never changed


OPERATIONS = {
    "a report": Asked(REPORT, 1, {"id": SENT}),
    "a page of sessions": Asked(SESSIONS, 1),
    "counters": Asked(COUNTERS, 1),
    "trainees": Asked(TRAINEES, 1, {"session": CLASS_TO_ENTER}),
    "people with their plans": Asked('{ jobSeekers(search: "durand") { nodes { plans { nodes { id } } } } }', 2),
    "plans of two kinds": Asked(
        "{ pendingPlans { nodes { session { plans { nodes { id } } } jobSeeker { plans { nodes { id } } } } } }", 2
    ),
    "transmitted reports": Asked("{ transmittedReports { nodes { plan { title } form { content } } } }", 1),
    "drafts with what they lack": Asked("{ draftReports { nodes { blockers { message } } } }", 2),
    "forms as they open": Asked("{ pendingPlans { nodes { prefilledForm { teachingMode { label } } } } }", 2),
    "the desk at once": Asked("{ viewer { name organization { siret } } pendingPlans { nodes { id } } }", 2),
}


def saving(version: int) -> Asked:
    draft = {"trainingPlanId": DRAFTED, "expectedVersion": version, "form": FORM}
    return Asked(DRAFT, 3, {"input": draft})


@pytest.fixture
async def services(database: Database, printer: Printer) -> Services:
    """The services of the desk; nothing else asks its database."""
    log = AnnouncementLog(database)
    return Services(
        plans=PlanRepository(database),
        nomenclatures=NomenclatureRepository(database),
        papers=PaperRepository(database),
        verifications=Verifications(database, 100),
        log=log,
        hub=Hub(database, log),
        printer=printer,
        links=Links(LINKS_AT, SECRET.encode()),
    )


async def test_the_cost_of_an_operation_is_the_same_whatever_the_stock(
    database: Database, services: Services
) -> None:
    await keep(database, [plan_of(rank, 0, rank) for rank in DESK])
    await keep(database, others(1, 10))
    at_ten_times = await costs(database, services, {**OPERATIONS, "a draft": saving(1)})

    await keep(database, others(10, 100))
    at_a_hundred_times = await costs(database, services, {**OPERATIONS, "a draft": saving(2)})

    assert at_a_hundred_times == at_ten_times


async def test_an_operation_asks_the_database_as_often_as_is_said_here(
    database: Database, services: Services
) -> None:
    await keep(database, [plan_of(rank, 0, rank) for rank in DESK])
    asked = {**OPERATIONS, "a draft": saving(1)}

    spent = await costs(database, services, asked)

    assert {name: cost.calls for name, cost in spent.items()} == {name: each.calls for name, each in asked.items()}


async def test_counters_are_read_from_their_indexes_alone(database: Database, services: Services) -> None:
    await keep(database, [plan_of(rank, 0, rank) for rank in DESK])

    spent = await costs(database, services, {"counters": Asked(COUNTERS, 1)})

    assert spent["counters"].documents == 0


def others(low: int, high: int) -> list[Plan]:
    """Plans of other organizations, from so many times the desk's to so many times."""
    ranks = range(len(DESK) * (low - 1), len(DESK) * (high - 1))
    return [plan_of(1_000 + rank, 1 + rank % 99, rank) for rank in ranks]


async def costs(database: Database, services: Services, asked: dict[str, Asked]) -> dict[str, Cost]:
    return {name: await cost(database, services, each) for name, each in asked.items()}


async def keep(database: Database, plans: list[Plan]) -> None:
    for start in range(0, len(plans), 1_000):
        batch = plans[start : start + 1_000]
        await database["plans"].insert_many([{**to_document(plan), "_id": plan.id, "revision": 0} for plan in batch])


async def cost(database: Database, services: Services, asked: Asked) -> Cost:
    loaders = Loaders(services, STAFF, lambda: paris_day(present()))
    context = Context(services, STAFF, present, loaders)
    executor = compiled_executor(public_schema._schema)  # noqa: SLF001 - as the composition does
    operation = executor.prepare(Request(query=asked.document, variables=asked.variables))
    services.nomenclatures.forget()
    await database.command("profile", 2)
    try:
        answer = orjson.loads((await operation.execute(context)).body)
    finally:
        await database.command("profile", 0)
    assert "errors" not in answer, answer
    seen = {"ns": {"$in": [f"{database.name}.plans", f"{database.name}.nomenclature_entries"]}}
    entries = [entry async for entry in database["system.profile"].find(seen)]
    await database.drop_collection("system.profile")
    return Cost(
        len(entries),
        sum(entry.get("keysExamined", 0) for entry in entries),
        sum(entry.get("docsExamined", 0) for entry in entries),
    )
