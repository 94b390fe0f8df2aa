"""What is refused at the start, with a sentence that says what to do; nothing is opened or written before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from settings import Settings, WrongSetting, read_settings
from storage.data_directory import NoServer
from storage.servers import require_server
from tests.cluster import lone_member

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
SECRET = "of the tests, and thirty-two bytes long at least"
PROVIDER = {
    "OIDC_ISSUER": "https://login.example.fr",
    "OIDC_AUDIENCE": "bilans",
    "OIDC_JWKS_URL": "https://login.example.fr/jwks",
    "LINK_SECRET": SECRET,
}
NOWHERE = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - refused


def told(*arguments: str, **settings: str) -> str:
    """Run the command; what it says on refusing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BILANS_")}
    environment = kept | {f"BILANS_{name}": value for name, value in settings.items()}
    done = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, str(ROOT / "main.py"), *arguments],
        env=environment, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.startswith("bilans: ")
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("arguments", "settings", "sentence"),
    [
        (("--demo",), PROVIDER | {"PUBLIC_URL": "https://bilans.example.fr"}, "--demo loads made-up people"),
        ((), PROVIDER, "BILANS_PUBLIC_URL is needed with an identity provider"),
        (("--host", EVERYWHERE), {"JWT_SECRET": SECRET}, "BILANS_PUBLIC_URL is needed with --host 0.0.0.0"),
        ((), {"PUBLIC_URL": "http://0.0.0.0:8000"}, "nobody reaches the service under that address"),
        ((), {"PUBLIC_URL": "https://bilans.example.fr/?a=1"}, "and nothing else"),
        ((), {"JWT_SECRETS": SECRET}, "BILANS_JWT_SECRETS is no setting: did you mean BILANS_JWT_SECRET?\n"),
        ((), {"TRUSTED_DOCUMENTS": "/nowhere/at-all"}, "/nowhere/at-all cannot be read (No such file"),
        (
            (),
            {"SEAL_CERTIFICATE": "/nowhere/seal.p12", "SEAL_PASSWORD": "x"},
            "BILANS_SEAL_CERTIFICATE=/nowhere/seal",
        ),
        ((), {"ALLOWED_ORIGINS": "https://example.fr/path"}, "is no origin"),
        ((), {"MONGODB_URL": "mongodb://a/?tls=true&tlsCAFile=/nowhere/ca.pem"}, "the file /nowhere/ca.pem"),
        ((), {"MONGODB_URL": "postgres://a"}, "not an address of MongoDB"),
        ((), {"METRICS_ADDRESS": "127.0.0.1:99999"}, "BILANS_METRICS_ADDRESS"),
    ],
)
def test_what_would_start_and_do_what_nobody_wants_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], settings: dict[str, str], sentence: str
) -> None:
    given = {"MONGODB_URL": NOWHERE, "DATA_DIR": str(tmp_path / "data")} | settings
    assert sentence in told("serve", "--port", "0", *arguments, **given)


def test_a_trusted_document_that_the_schema_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "old.graphql").write_text("{ whatWasRemoved }")
    (tmp_path / "odd.json").write_text('{"a": 1}')
    named = told("serve", TRUSTED_DOCUMENTS=str(tmp_path), DATA_DIR=str(tmp_path), MONGODB_URL=NOWHERE)
    assert "whatWasRemoved" in named
    odd = str(tmp_path / "odd.json")
    assert odd in told("serve", TRUSTED_DOCUMENTS=odd, DATA_DIR=str(tmp_path), MONGODB_URL=NOWHERE)


def test_every_unknown_setting_is_told_at_once_and_those_of_the_suite_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("BILANS_PUBLICURL", "BILANS_WHATEVER", "BILANS_TEST_TIMES", "BILANS_PUBLIC_URL"):
        monkeypatch.setenv(name, "1")
    with pytest.raises(WrongSetting) as refused:
        read_settings()
    sentence = str(refused.value)
    assert "BILANS_PUBLICURL is no setting: did you mean BILANS_PUBLIC_URL?" in sentence
    assert "BILANS_WHATEVER is no setting" in sentence
    assert "BILANS_PUBLIC_URL: it must begin with" in sentence
    assert "TEST_TIMES" not in sentence


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """As environment files and compose leave those that are not given."""
    monkeypatch.setenv("BILANS_PUBLIC_URL", "")
    assert Settings().public_url is None


async def refusal(url: str) -> str:
    with pytest.raises(NoServer) as refused:
        await require_server(url)
    return str(refused.value)


async def test_a_server_that_stands_alone_and_a_set_that_was_not_initiated_are_refused(tmp_path: Path) -> None:
    async with lone_member(tmp_path / "alone") as address:
        assert "stands alone" in await refusal(f"mongodb://{address}/")
        assert "stands alone" in await refusal(f"mongodb://{address}/?replicaSet=trio")
    async with lone_member(tmp_path / "member", "--replSet", "trio") as address:
        assert "rs.initiate()" in await refusal(f"mongodb://{address}/")
        assert "rs.initiate()" in await refusal(f"mongodb://{address},127.0.0.1:1/?replicaSet=trio")


async def test_a_set_of_another_name_and_a_server_that_is_not_there_are_told(mongodb_url: str) -> None:
    other = mongodb_url.replace("replicaSet=bilans", "replicaSet=bilan").replace("directConnection=true&", "")
    assert "is named bilans, and the address says bilan" in await refusal(other)
    assert "does not answer" in await refusal("mongodb://127.0.0.1:1/")


async def test_the_server_of_the_suite_is_fit(mongodb_url: str) -> None:
    await require_server(mongodb_url)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str], run: Callable[..., int]) -> None:
    with pytest.raises(SystemExit):
        run("--version")
    assert capsys.readouterr().out.startswith("bilans 1.")


@pytest.fixture
def run() -> Callable[..., int]:
    from main import main  # noqa: PLC0415 - it sets the hook of uncaught faults

    return lambda *arguments: main(arguments)
