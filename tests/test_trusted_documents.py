"""Operations known by hash or id, over HTTP and WebSocket, as Apollo's and graphql-codegen's clients name them."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from domain.access import Role, Viewer
from settings import Settings, WrongSetting, read_settings
from tests.conftest import SECRET
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from pdf.printer import Printer
    from storage.client import Database
    from tests.service import Served

WHO = "query Who { viewer { role } }"
TOLD = "subscription Told { reportTransmitted { cursor } }"
OTHER = "{ viewer { name } }"
ADVISER = Viewer(role=Role.ADVISER, key="A-7", name="Lou", account="lou")
ANSWER = {"data": {"viewer": {"role": "ADVISER"}}}


def named(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def persisted(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": named(text)}}


@pytest.fixture
def settings(database: Database) -> Settings:
    return Settings(mongodb_database=database.name, jwt_secret=SecretStr(SECRET))


@pytest.fixture
async def trusting(settings: Settings, tmp_path: Path, mongodb_url: str, printer: Printer) -> AsyncIterator[Served]:
    (tmp_path / "who.graphql").write_text(WHO)
    (tmp_path / "told.graphql").write_text(TOLD)
    only = settings.model_copy(update={"trusted_documents": tmp_path, "trusted_only": True})
    async with serving(only, mongodb_url, printer) as served:
        yield served


@pytest.fixture
async def learning(settings: Settings, mongodb_url: str, printer: Printer) -> AsyncIterator[Served]:
    async with serving(settings, mongodb_url, printer) as served:
        yield served


async def post(served: Served, **body: Any) -> tuple[int, Any]:
    accepted = {"Accept": "application/graphql-response+json"}
    response = await served.http.post("/graphql", json=body, headers=served.headers(ADVISER) | accepted)
    return response.status_code, response.json()


async def test_a_persisted_query_is_learnt_and_then_asked_by_its_hash(learning: Served) -> None:
    status, missing = await post(learning, extensions=persisted(WHO))
    assert (status, missing["errors"][0]["message"]) == (200, "PersistedQueryNotFound")

    assert await post(learning, query=WHO, extensions=persisted(WHO)) == (200, ANSWER)
    assert await post(learning, extensions=persisted(WHO)) == (200, ANSWER)

    asked = {"extensions": json.dumps(persisted(WHO))}
    response = await learning.http.get("/graphql", params=asked, headers=learning.headers(ADVISER))
    assert response.json() == ANSWER


async def test_a_trusted_document_is_asked_by_id_by_hash_or_by_its_text(trusting: Served) -> None:
    for body in (
        {"documentId": named(WHO)},
        {"documentId": f"sha256:{named(WHO)}"},
        {"id": named(WHO)},
        {"extensions": persisted(WHO)},
        {"query": WHO},
    ):
        assert await post(trusting, **body) == (200, ANSWER)
    asked = {"documentId": named(WHO)}
    response = await trusting.http.get("/graphql", params=asked, headers=trusting.headers(ADVISER))
    assert response.json() == ANSWER


async def test_what_is_not_trusted_is_refused_and_never_learnt(trusting: Served) -> None:
    for body in (
        {"query": OTHER},
        {"query": OTHER, "extensions": persisted(OTHER)},
        {"extensions": persisted(OTHER)},
        {"documentId": named(OTHER)},
        {"documentId": "../../etc/passwd"},
        {},
    ):
        status, answer = await post(trusting, **body)
        assert (status, answer["errors"][0]["extensions"]["code"]) == (400, "PERSISTED_QUERY_ONLY")
        assert "data" not in answer


async def test_an_id_that_is_no_string_is_told_or_ignored(learning: Served) -> None:
    assert await post(learning, query=WHO, id=7) == (200, ANSWER)
    status, answer = await post(learning, query=WHO, documentId=7)
    assert (status, answer["errors"][0]["message"]) == (400, "`documentId` must be a string, not a number.")


async def test_a_subscription_is_trusted_too(trusting: Served) -> None:
    body, stream = {"documentId": named(TOLD)}, {"Accept": "text/event-stream"}
    headers = trusting.headers(ADVISER) | stream
    async with trusting.http.stream("POST", "/graphql", json=body, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")


def test_a_register_that_cannot_be_read_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILANS_TRUSTED_ONLY", "1")
    with pytest.raises(WrongSetting, match="BILANS_TRUSTED_DOCUMENTS"):
        read_settings()
