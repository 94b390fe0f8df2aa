"""What a caller is told while the database is away."""

from __future__ import annotations

import pytest
from graphql import GraphQLError
from pymongo.errors import DuplicateKeyError, NotPrimaryError, OperationFailure

from domain.errors import Unavailable
from schema.errors import error_formatter
from storage.client import close_database, open_database
from storage.outages import passes
from storage.plans import PlanRepository
from tests import DRIVER
from tests.delivery.desk import STAFF


async def test_a_database_that_does_not_answer_is_unavailable_and_no_fault() -> None:
    nobody = open_database("mongodb://127.0.0.1:9/?directConnection=true", timeout_ms=100, driver=DRIVER)
    with pytest.raises(Unavailable):
        await PlanRepository(nobody).find(STAFF, "P-1")
    await close_database(nobody)


def test_a_client_is_told_to_come_back_and_how_soon() -> None:
    faults: list[Exception] = []
    shown = error_formatter(lambda _, fault: faults.append(fault))(
        GraphQLError("Revenez.", original_error=Unavailable("Revenez."))
    )
    assert shown == {"message": "Revenez.", "extensions": {"code": "UNAVAILABLE", "retryAfter": 2}}
    assert faults == []


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NotPrimaryError("stepped down"), True),
        (OperationFailure("stepping down", code=11600), True),
        (OperationFailure("no such command", code=59), False),
        (DuplicateKeyError("twice"), False),
    ],
)
def test_an_election_passes_and_a_mistake_does_not(error: OperationFailure, *, expected: bool) -> None:
    assert passes(error) is expected
