"""An organization that has an account and no plan yet is known by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.account import Account
from storage.accounts import AccountRepository
from tests.factories import SIRET, a_plan, staff, trainee

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage.client import Database
    from tests.service import Served

VIEWER = "{ viewer { organization { id legalName siret address { city } } } }"
NODE = "query ($id: ID!) { node(id: $id) { ... on TrainingOrganization { legalName } } }"


async def test_its_account_says_who_it_is_until_a_plan_does(
    served: Served, database: Database, load: Callable[..., Awaitable[object]]
) -> None:
    assert (await served.ask(staff(), VIEWER))["viewer"]["organization"] is None
    await AccountRepository(database).load([Account(siret=SIRET, legal_name="FORMA", agreement="01-1")])

    told = (await served.ask(staff(), VIEWER))["viewer"]["organization"]
    assert (told["legalName"], told["siret"], told["address"]["city"]) == ("FORMA", SIRET, "Non communiquée")
    assert (await served.ask(staff(), NODE, id=told["id"]))["node"] == {"legalName": "FORMA"}
    assert (await served.ask(trainee(), NODE, id=told["id"]))["node"] is None

    await load(a_plan())
    known = (await served.ask(staff(), VIEWER))["viewer"]["organization"]
    assert (known["id"], known["legalName"]) == (told["id"], a_plan().organization.legal_name)
