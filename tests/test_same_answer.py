"""The product answers as graphql-core would with everything read: whatever is asked of a small seeded database.

Documents and variables are written from the public schema itself. More of them than the hundred of each run and
role: `ENGINE_EXAMPLES=20000 pytest tests/test_same_answer.py` (a tenth of that number for each role).
"""

from __future__ import annotations

import os
import re
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from graphql import OperationType

import schema.unasked_parts
from domain.calendar import paris_day
from engine.executors import compiled_executor, core_executor
from engine.operation import RequestRefused
from engine.running.compiled_operation import CompiledOperation
from schema.context import Context
from schema.ids import encode_id
from schema.loaders import Loaders
from schema.public import public_schema
from tests.engine.test_same_answer import prepared, shown
from tests.engine.writing import Asked, Writer
from tests.factories import NOW, counsellor, staff, trainee
from tests.storage.worlds import ADVISERS, SIRETS, keep, made_up

if TYPE_CHECKING:
    from domain.access import Viewer
    from engine.operation import Operation
    from resolvers.services import Services
    from storage.client import Database

EXAMPLES = int(os.environ.get("ENGINE_EXAMPLES", "1000")) // 10
GRAPHQL = public_schema._schema  # noqa: SLF001 - as the composition does
PLANS = made_up(7, 60)
SHOWN = [
    ("pendingPlans(first:5) nodes", "TrainingPlan"),
    ("pendingSessions(first:5) nodes", "TrainingSession"),
    ("draftReports(first:5) nodes", "Report"),
    ("transmittedReports(first:5) nodes", "Report"),
    ("transmittedReports(first:5) edges node", "Report"),
    ('jobSeekers(search:"",first:5) nodes', "JobSeeker"),
    ("viewer", "Viewer"),
]
SEALED = re.compile(rb"/(documents|exports|modeles)/[^/\"]+/")


def scalars() -> dict[str, list[Any]]:
    ids = [encode_id(kind, plan.id) for kind in ("TrainingPlan", "Report") for plan in PLANS[:20]]
    ids += [encode_id("TrainingSession", plan.session_key) for plan in PLANS[:20] if plan.session_key]
    ids += [encode_id("JobSeeker", plan.job_seeker.identifier) for plan in PLANS[:20]]
    ids += [encode_id("TrainingOrganization", siret) for siret in SIRETS]
    return {
        "ID": [*ids, "a"],
        "Int": [1, 2, 3, 20, 0],
        "String": ["", "a", "adam", "12", "lens"],
        "Date": ["2025-06-01", "2025-11-24", "2026-01-02"],
    }


def written(random: Random, values: dict[str, list[Any]]) -> Asked:
    """Write any query at all, or mostly one of something that a list surely shows."""
    writer = Writer(GRAPHQL, random, depth=3, scalars=values)
    path, type_name = random.choice(SHOWN)
    return writer.below(path, type_name) if random.randrange(4) else writer.request(OperationType.QUERY)


async def answer(operation: Operation, services: Services, viewer: Viewer) -> Any:
    context = Context(services, viewer, lambda: NOW, Loaders(services, viewer, lambda: paris_day(NOW)))
    try:
        response = await operation.execute(context)
    except RequestRefused as refused:
        return shown(refused.errors)
    return SEALED.sub(rb"/\1/sealed/", response.body), shown(response.errors)


@pytest.mark.parametrize(
    "viewer", [staff(SIRETS[0]), trainee(PLANS[0].job_seeker.identifier), counsellor(ADVISERS[0])]
)
async def test_the_answer_is_graphql_cores_with_every_part_read(
    database: Database, services: Services, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(database, PLANS)
    values, compiled, showing = scalars(), 0, 0
    for seed in range(EXAMPLES):
        asked = written(Random(seed), values)  # noqa: S311 - data of a test
        found, expected = prepared(compiled_executor(GRAPHQL), asked, 2), prepared(core_executor(GRAPHQL), asked, 1)
        if isinstance(expected, list | tuple):
            assert found == expected, asked
            continue
        shown_now = await answer(found, services, viewer)
        with monkeypatch.context() as everything:
            everything.setattr(schema.unasked_parts, "_parts_without", lambda _: frozenset())
            assert shown_now == await answer(expected, services, viewer), (seed, asked)
        compiled += isinstance(found, CompiledOperation)
        showing += b"[{" in shown_now[0]
    assert compiled > EXAMPLES // 2
    assert showing > EXAMPLES // 5
