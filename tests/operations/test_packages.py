"""What the service is packaged in: units that systemd takes and finds tight, files that name what is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from main import _parser
from settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
LOOSEST = 20
"""Of systemd's exposure, from 0 to 100."""


def analyzed(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Ask systemd-analyze of the units, with programs and files that are on this machine."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed here: the units were not checked")
    for unit in UNITS:
        text = unit.read_text().replace("/opt/bilans/.venv/bin/python", sys.executable)
        (folder / unit.name).write_text(text.replace("/opt/bilans", str(ROOT)))
    return subprocess.run(  # noqa: S603 - our own command
        [program, *arguments], capture_output=True, text=True, check=False, cwd=folder
    )


def test_systemd_takes_the_units_without_a_word(tmp_path: Path) -> None:
    done = analyzed(tmp_path, "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", [each.name for each in UNITS if each.suffix == ".service"])
def test_systemd_finds_the_services_tight(tmp_path: Path, unit: str) -> None:
    threshold = f"--threshold={LOOSEST}"
    done = analyzed(tmp_path, "security", "--offline=yes", "--no-pager", threshold, str(tmp_path / unit))
    assert done.returncode == 0, done.stdout[-300:] + done.stderr


@pytest.mark.parametrize("unit", [each for each in UNITS if each.suffix == ".service"], ids=lambda unit: unit.name)
def test_what_the_units_start_are_commands_of_this_release(unit: Path) -> None:
    (started,) = re.findall(r"main\.py ([a-z]+[^\n'\"]*)", unit.read_text())
    arguments = started.split() + (["FILE"] if started.strip() == "backup" else [])
    assert _parser().parse_args(arguments).command


def test_compose_names_settings_that_there_are_and_files_that_are_there() -> None:
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = composed["services"]
    names = set(services["service1"]["environment"])
    assert names <= {f"BILANS_{name.upper()}" for name in Settings.model_fields}
    assert [each for each in services if each.startswith("member")] == ["member1", "member2", "member3"]
    assert services["service1"]["read_only"]
    assert (DEPLOY / "Caddyfile").is_file()


def test_the_image_is_made_of_what_is_there_and_runs_without_root() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    assert sum(line.startswith("FROM ") for line in lines) == 2
    assert "USER 10001" in lines
    assert any(line.startswith("HEALTHCHECK") for line in lines)
    (command,) = [line for line in lines if line.startswith("CMD [")]
    assert _parser().parse_args(json.loads(command.removeprefix("CMD "))).command


def test_the_page_of_production_names_settings_and_files_that_there_are() -> None:
    page = (ROOT / "docs" / "production.md").read_text()
    settings = {f"BILANS_{name.upper()}" for name in Settings.model_fields}
    named = {name for name in re.findall(r"BILANS_[A-Z_]+", page) if not name.endswith("_")}
    assert named <= settings
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", page):
        assert (ROOT / "docs" / link).exists(), link
