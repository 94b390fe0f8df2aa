"""The doctor names what is wrong and says what to do; a full disk is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import SecretStr

from commands.examining import examine
from storage import health
from tests.service import serving

if TYPE_CHECKING:
    from pdf.printer import Printer
    from settings import Settings
    from storage.client import Database


@pytest.fixture
def here(settings: Settings, mongodb_url: str) -> Settings:
    return settings.model_copy(update={"mongodb_url": SecretStr(mongodb_url)})


async def test_it_says_how_everything_is_and_what_to_do(
    here: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await database["plans"].drop_index("announcements")
    assert await examine(here) == 1
    told = capsys.readouterr().out
    assert "!!  settings  No identity provider is set" in told
    assert "!!  database  The index announcements of plans is missing" in told
    assert "!!  database  The replica set has 1 member(s)" in told
    for name in ("provider", "printer", "seal"):
        assert f"ok  {name}\n" in told


async def test_a_database_that_is_away_a_provider_and_a_seal_that_are_not_there_are_told(
    settings: Settings, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    wrong = settings.model_copy(
        update={
            "mongodb_url": SecretStr("mongodb://127.0.0.1:1/"),
            "oidc_issuer": "https://login.example.fr",
            "oidc_audience": "bilans",
            "oidc_jwks_url": "http://127.0.0.1:1/keys",
            "jwt_secret": None,
            "link_secret": SecretStr("l" * 32),
            "seal_certificate": tmp_path,
            "seal_password": SecretStr("x"),
        }
    )
    assert await examine(wrong) == 1
    told = capsys.readouterr().out
    assert "!!  database  The database of BILANS_MONGODB_URL does not answer" in told
    assert "!!  provider  The keys of https://login.example.fr cannot be had (ConnectError)" in told
    assert "!!  seal      BILANS_SEAL_CERTIFICATE=" in told


async def test_a_full_disk_is_named_by_readiness(
    settings: Settings, mongodb_url: str, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LEAST_FREE", 1 << 60)
    async with serving(settings, mongodb_url, printer) as served, httpx.AsyncClient() as http:
        answer = await http.get(f"{served.url}/readyz")
    assert answer.status_code == 503
    assert answer.json()["problems"]["database"].startswith("The disk of the database is full (")
