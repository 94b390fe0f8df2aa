"""The command line as a shell sees it: what it prints, on which output, and with which status it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from pymongo import MongoClient

from credentials.tokens import DevelopmentTokens
from domain.access import Role
from main import main
from service.clock import present
from settings import Settings
from tests.conftest import SECRET
from tests.feeds.factories import jsonl, organization_line, plan_line

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SECONDS = 60


class Shell:
    """Runs commands as processes in a folder, on a database of its own."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BILANS_")}
        self._environment = kept | settings | {"PYTHONPATH": str(ROOT)}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - our own command line
            [sys.executable, str(ROOT / "main.py"), *arguments],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Give the status, and what was said on both outputs; no command ends in a traceback."""
        with self.start(*arguments) as process:
            output, said = process.communicate(timeout=SECONDS)
        assert "Traceback" not in said
        return process.returncode, output, said

    def feed(self, content: bytes) -> str:
        path = self.folder / "plans.jsonl"
        path.write_bytes(content)
        return str(path)


@pytest.fixture
def settings(tmp_path: Path, mongodb_url: str) -> dict[str, str]:
    return {
        "BILANS_MONGODB_URL": mongodb_url,
        "BILANS_MONGODB_DATABASE": f"test-shell-{uuid4().hex[:12]}",
        "BILANS_DATA_DIR": str(tmp_path / "data"),
        "BILANS_JWT_SECRET": SECRET,
    }


@pytest.fixture
def shell(tmp_path: Path, settings: dict[str, str]) -> Shell:
    return Shell(tmp_path, settings)


@pytest.fixture
def plans(settings: dict[str, str]) -> Iterator[Any]:
    """The collection of plans of the shell's database."""
    client: MongoClient[dict[str, Any]]
    with MongoClient(settings["BILANS_MONGODB_URL"]) as client:
        yield client[settings["BILANS_MONGODB_DATABASE"]]["plans"]
        client.drop_database(settings["BILANS_MONGODB_DATABASE"])


class Here:
    """Runs commands in this process, which is quicker, where they touch nothing but their output."""

    def __init__(self, patch: pytest.MonkeyPatch, outputs: pytest.CaptureFixture[str], folder: Path) -> None:
        patch.setattr(sys, "excepthook", sys.excepthook)
        for name in [name for name in os.environ if name.startswith("BILANS_")]:
            patch.delenv(name)
        patch.setenv("BILANS_DATA_DIR", str(folder))
        self._outputs = outputs

    def run(self, *arguments: str) -> tuple[int | str | None, str, str]:
        try:
            status: int | str | None = main(arguments)
        except SystemExit as ended:
            status = ended.code
        return (status, *self._outputs.readouterr())


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Here:
    return Here(monkeypatch, capsys, tmp_path)


def test_help_lists_every_command_and_every_setting(here: Here) -> None:
    status, output, _ = here.run("--help")
    assert status == 0
    for command in ("serve", "token", "import", "schema", "trail", "retain", "withdraw-plan"):
        assert re.search(rf"^ +{command} ", output, re.MULTILINE), command
    for name in Settings.model_fields:
        assert f"BILANS_{name.upper()}" in output


def test_the_schema_that_is_printed_is_the_one_checked_in(here: Here) -> None:
    status, output, _ = here.run("schema")
    assert (status, output) == (0, (ROOT / "schema.graphql").read_text())


async def test_a_token_is_good_for_its_role_and_subject_and_its_secret_is_kept_private(
    here: Here, tmp_path: Path
) -> None:
    status, output, _ = here.run("token", "--role", "job_seeker", "--subject", "1205012K", "--minutes", "5")
    kept = tmp_path / "jwt-secret"
    viewer = await DevelopmentTokens(kept.read_bytes()).viewer(output.strip())
    assert status == 0
    assert (viewer.role, viewer.key) == (Role.JOB_SEEKER, "1205012K")
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "the following arguments are required"),
        (("dance",), "invalid choice: 'dance'"),
        (("token", "--role", "minister", "--subject", "1"), "invalid choice: 'minister'"),
        (("token", "--role", "adviser"), "--subject"),
        (("token", "--role", "adviser", "--subject", "A", "--minutes", "0"), "is not a whole number from 1"),
        (("token", "--role", "adviser", "--subject", "A", "--minutes", "9" * 5_000), "is not a whole number from 1"),
        (("serve", "--port", "65536"), "is not a whole number from 0 to 65535"),
        (("serve", "--port", "http"), "is not a whole number from 0 to 65535"),
        (("serve", "--port", "８０００"), "is not a whole number from 0 to 65535"),
        (("serve", "--workers", "0"), "is not a whole number from 1 to 64"),
        (("serve", "--host", "0.0.0.0"), "the service listens on loopback only"),  # noqa: S104 - refused
        (("import", "plans"), "FILE"),
        (("import", "sheep", "x"), "invalid choice: 'sheep'"),
    ],
)
def test_a_wrong_command_is_refused_with_what_to_do(here: Here, arguments: tuple[str, ...], sentence: str) -> None:
    status, output, said = here.run(*arguments)
    assert (status, output) == (2, "")
    assert sentence in said


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("MONGODB_DATABASE", "a/b", "BILANS_MONGODB_DATABASE"),
        ("JWT_SECRET", "short", "32 bytes"),
        ("PRINT_WORKERS", "many", "BILANS_PRINT_WORKERS"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_name(
    here: Here, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(f"BILANS_{setting}", value)
    status, output, said = here.run("schema")
    assert (status, output) == (2, "")
    assert sentence in said


def test_a_busy_port_is_refused_with_what_to_do(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        status, _, said = shell.run("serve", "--port", str(port))
    assert status == 2
    assert f"cannot listen on 127.0.0.1:{port}" in said
    assert "--port" in said


def test_a_bad_line_is_told_the_others_load_and_again_change_nothing(shell: Shell, plans: Any) -> None:
    feed = shell.feed(jsonl(plan_line(), plan_line(id="P-2", endsOn="soon"), plan_line(id="P-3")))

    status, output, _ = shell.run("import", "plans", feed, "--report", "rejected.csv")

    assert status == 1
    assert "rejected.csv" in output
    assert re.search(r"\b2\b.*endsOn", (shell.folder / "rejected.csv").read_text(encoding="utf-8-sig"))
    before = list(plans.find().sort("_id", 1))
    assert [each["_id"] for each in before] == ["P-1", "P-3"]

    status, output, _ = shell.run("import", "plans", shell.feed(jsonl(plan_line(), plan_line(id="P-3"))))

    assert status == 0
    assert re.search(r"\b2 unchanged", output)
    assert list(plans.find().sort("_id", 1)) == before


def test_an_operator_withdraws_a_plan_and_makes_one_person_of_two_identifiers(shell: Shell, plans: Any) -> None:
    person = {"identifier": "1205012K", "lastName": "ADAM", "firstName": "Zoé"}
    feed = shell.feed(jsonl(plan_line(), plan_line(id="P-2", jobSeeker=person)))
    shell.run("import", "plans", feed)

    assert shell.run("withdraw-plan", "P-1")[0] == 0
    shell.run("import", "plans", feed)
    assert [each["_id"] for each in plans.find()] == ["P-2"]
    status, output, _ = shell.run("merge-identities", "1205012K", "9205012K", "--dry-run")
    assert (status, output) == (0, "1 plans would have the other identifier. Nothing was changed.\n")
    status, output, _ = shell.run("merge-identities", "1205012K", "9205012K")
    assert (status, output) == (0, "1 plans have the other identifier now, 0 were there twice.\n")
    assert [each["job_seeker"]["identifier"] for each in plans.find()] == ["9205012K"]

    _, trail, _ = shell.run("trail", "--person", "9205012K")
    deeds = [json.loads(line)["deed"] for line in trail.splitlines()]
    assert set(deeds) == {"WITHDRAW_PLAN", "MERGE_IDENTITIES"}


def test_what_is_not_the_feed_is_refused_and_nothing_is_loaded(shell: Shell, plans: Any) -> None:
    status, output, said = shell.run("import", "plans", shell.feed(b"id;name\n1;x\n"))

    assert (status, output) == (2, "")
    assert "is not the plans feed" in said
    assert plans.count_documents({}) == 0


def test_the_service_says_where_it_listens_answers_and_stops_in_order_when_told(shell: Shell, plans: Any) -> None:
    """In order: what was noted of who read what is written down before the process ends."""
    shell.run("import", "plans", shell.feed(jsonl(plan_line())))
    siret = organization_line()["siret"]
    token = DevelopmentTokens(SECRET.encode()).issue(
        Role.TRAINING_ORGANIZATION, siret, now=present(), lifetime=timedelta(hours=1)
    )
    with shell.start("serve", "--port", "0") as process:
        assert process.stdout is not None
        url = re.search(r"http://\S+/graphql", process.stdout.readline())
        assert url is not None
        asked = urllib.request.Request(  # noqa: S310 - loopback
            url[0],
            json.dumps({"query": '{ jobSeekers(search: "adam") { nodes { lastName } } }'}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        )
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310 - loopback
            assert json.load(answer) == {"data": {"jobSeekers": {"nodes": [{"lastName": "ADAM"}]}}}
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert plans.database["trail"].count_documents({}) == 1
