"""The doctor names what is wrong and says what to do; secrets are rotated with an overlap; a full disk is named."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import SecretStr

from commands.examining import examine
from commands.resealing import reseal_webhooks
from credentials.claims import BadToken
from credentials.links import Links
from credentials.tokens import DevelopmentTokens
from domain.access import Role
from service.calling import webhook_seals
from service.clock import present
from storage import health
from tests.delivery.desk import NOW, adviser
from tests.service import HOUR, serving
from tests.webhooks.office import office_on, real_time

if TYPE_CHECKING:
    from pdf.printer import Printer
    from settings import Settings
    from storage.client import Database

OLD, NEW = b"the former secret, thirty-two bytes long", b"the present secret, thirty-two bytes long"


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


async def test_tokens_and_links_of_the_former_secret_are_good_while_it_is_given() -> None:
    token = DevelopmentTokens(OLD).issue(Role.ADVISER, "A-1", now=present(), lifetime=HOUR)
    assert (await DevelopmentTokens(NEW, [OLD]).viewer(token)).key == "A-1"
    with pytest.raises(BadToken):
        await DevelopmentTokens(NEW).viewer(token)

    link = Links("http://a", OLD).make("documents", adviser("A-1"), {"plan": "P-1"}, "a.pdf", now=NOW)
    sealed = link.url.split("/")[4]
    later = NOW + timedelta(minutes=1)
    assert Links("http://a", NEW, former=[OLD]).open("documents", sealed, now=later)
    assert Links("http://a", NEW).open("documents", sealed, now=later) is None


async def test_webhooks_are_sealed_anew_so_that_the_former_secret_may_go(
    database: Database, here: Settings, printer: Printer, capsys: pytest.CaptureFixture[str]
) -> None:
    async with office_on(database, printer, real_time(), sealing=OLD) as office:
        _, secret = await office.registers("http://127.0.0.1:1/bilans")
    both = here.model_copy(
        update={"link_secret": SecretStr(NEW.decode()), "link_secret_former": SecretStr(OLD.decode())}
    )
    new = both.model_copy(update={"link_secret_former": None})
    assert await reseal_webhooks(new) == 1
    assert "1 webhooks were sealed with another secret" in capsys.readouterr().out
    assert await reseal_webhooks(both) == 0
    kept = await database["webhooks"].find_one({})
    assert kept
    assert webhook_seals(new).open(bytes(kept["secret"])) == secret
