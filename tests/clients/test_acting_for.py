"""Somebody who works for several organizations acts for one at a time, and says for which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportError
from gql.transport.websockets import WebsocketsTransport

from storage.scope import FIELD, index_of
from tests.credentials.provider import ISSUER, publishing, signed
from tests.factories import OTHER_SIRET, SIRET, a_plan, an_organization, staff
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from pdf.printer import Printer
    from settings import Settings
    from storage.client import Database
    from tests.service import Served

WHO = """{ viewer { organization { siret } organizations { siret legalName actedFor } }
  pendingPlans { nodes { title } } }"""
ELSEWHERE = "11111111100006"


def bearer(**said: Any) -> dict[str, str]:
    claims: dict[str, Any] = {
        "role": "training_organization",
        "organization": [SIRET, OTHER_SIRET, ELSEWHERE],
        "adviser": None,
    }
    return {"Authorization": f"Bearer {signed(**claims, **said)}"}


@pytest.fixture
async def served(
    settings: Settings, mongodb_url: str, printer: Printer, tmp_path: Path, load: Callable[..., Awaitable[object]]
) -> AsyncIterator[Served]:
    """The service of two providers; the person works for three organizations, of which two have a plan."""
    await load(
        a_plan(), a_plan("P-2", organization=an_organization(OTHER_SIRET, legal_name="Autre"), own_title="Permis")
    )
    async with publishing() as keys:
        table = f'audience = "bilans"\njwks_url = "{keys.url}"\n'
        file = tmp_path / "providers.toml"
        file.write_text(f'[one]\nissuer = "{ISSUER}"\n{table}[two]\nissuer = "https://two.example"\n{table}')
        chosen = settings.model_copy(
            update={"identity_providers": file, "jwt_secret": None, "link_secret": settings.jwt_secret}
        )
        async with serving(chosen, mongodb_url, printer) as served:
            yield served


async def who(served: Served, **headers: str) -> dict[str, Any]:
    answer = await served.http.post("/graphql", json={"query": WHO}, headers=bearer() | headers)
    shown: dict[str, Any] = answer.json()
    return shown


async def test_without_a_word_the_first_is_acted_for_and_all_are_listed(served: Served) -> None:
    shown = (await who(served))["data"]
    assert shown["viewer"]["organization"] == {"siret": SIRET}
    assert shown["viewer"]["organizations"] == [
        {"siret": SIRET, "legalName": "Artois Compétences", "actedFor": True},
        {"siret": OTHER_SIRET, "legalName": "Autre", "actedFor": False},
        {"siret": ELSEWHERE, "legalName": None, "actedFor": False},
    ]


async def test_the_header_names_another_and_only_its_plans_are_there(served: Served) -> None:
    shown = (await who(served, **{"Bilans-Organization": OTHER_SIRET}))["data"]
    assert shown["viewer"]["organization"] == {"siret": OTHER_SIRET}
    assert len(shown["pendingPlans"]["nodes"]) == 1


@pytest.mark.parametrize("named", ["11111111100014", "1", "x" * 500])
async def test_an_organization_that_the_token_does_not_name_is_refused(served: Served, named: str) -> None:
    answer = await served.http.post(
        "/graphql", json={"query": WHO}, headers=bearer() | {"Bilans-Organization": named}
    )
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert named not in answer.text


async def test_a_socket_names_it_in_its_first_message(served: Served) -> None:
    address = served.url.replace("http", "ws", 1) + "/graphql"
    for named, expected in ((OTHER_SIRET, OTHER_SIRET), (ELSEWHERE, None)):
        payload = bearer() | {"Bilans-Organization": named}
        async with Client(transport=WebsocketsTransport(url=address, init_payload=payload)) as session:
            shown = await session.execute(gql("{ viewer { organization { siret } } }"))
        assert shown["viewer"]["organization"] == (expected and {"siret": expected})
    stranger = WebsocketsTransport(url=address, init_payload=bearer() | {"Bilans-Organization": "1"})
    with pytest.raises((TransportError, ConnectionError)):
        async with Client(transport=stranger) as session:
            await session.execute(gql("{ __typename }"))


async def test_names_are_found_by_one_seek_for_each_organization(
    database: Database, load: Callable[..., Awaitable[object]]
) -> None:
    await load(*(a_plan(f"P-{number}") for number in range(50)))
    siret = FIELD[staff().role]
    stages = [
        {"$match": {siret: {"$in": [SIRET, OTHER_SIRET]}}},
        {"$sort": {siret: 1, "keys.person": 1, "keys.who": 1}},
        {"$group": {"_id": f"${siret}", "name": {"$first": "$organization.legal_name"}}},
    ]
    pipeline = {"aggregate": "plans", "pipeline": stages, "hint": index_of("people", staff()), "cursor": {}}
    told = await database.command("explain", pipeline, verbosity="executionStats")
    assert "DISTINCT_SCAN" in str(told)
