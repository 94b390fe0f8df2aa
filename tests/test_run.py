"""`./run` in a checkout of its own whose locks ask for no package: what it makes, keeps and makes again."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parents[1] / "run"
MAIN = "import sys; print(sys.prefix, *sys.argv[1:]); sys.exit(7)"

pytestmark = pytest.mark.skipif(
    not shutil.which("uv") and not importlib.util.find_spec("ensurepip"),
    reason="without uv and python3-venv an environment needs the package index",
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copy(RUN, tmp_path / "run")
    (tmp_path / "main.py").write_text(MAIN)
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (tmp_path / lock).write_text("# nothing\n")
    return tmp_path


def start(checkout: Path, *arguments: str) -> subprocess.Popen[str]:
    command = (sys.executable, str(checkout / "run"), *arguments)
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603 - ours


def outcome(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    output, said = process.communicate(timeout=100)
    return process.returncode, output.strip(), said


def test_it_becomes_the_service_in_the_environment_it_made(checkout: Path) -> None:
    status, output, said = outcome(start(checkout))
    assert (status, output) == (7, f"{checkout}/.venv serve --demo")
    assert "Installing the packages of requirements.lock" in said


def test_a_second_start_makes_nothing_and_says_nothing(checkout: Path) -> None:
    outcome(start(checkout))
    made = (checkout / ".venv/prepared").stat().st_mtime_ns
    assert outcome(start(checkout, "schema", "--sdl")) == (7, f"{checkout}/.venv schema --sdl", "")
    assert (checkout / ".venv/prepared").stat().st_mtime_ns == made


def test_a_changed_lock_is_installed_over_what_is_there(checkout: Path) -> None:
    outcome(start(checkout))
    (checkout / ".venv/in-use").touch()
    (checkout / "requirements.lock").write_text("# something else\n")
    assert "Installing" in outcome(start(checkout))[2]
    assert (checkout / ".venv/in-use").exists()
    assert outcome(start(checkout))[2] == ""


def test_an_interrupted_preparation_is_begun_again(checkout: Path) -> None:
    outcome(start(checkout))
    (checkout / ".venv/prepared").unlink()
    (checkout / ".venv/half-installed").touch()
    assert outcome(start(checkout))[0] == 7
    assert not (checkout / ".venv/half-installed").exists()


def test_starts_at_once_prepare_once(checkout: Path) -> None:
    outcomes = [outcome(process) for process in [start(checkout) for _ in range(3)]]
    assert [status for status, _, _ in outcomes] == [7, 7, 7]
    assert sum(said.count("Installing") for _, _, said in outcomes) == 1


def test_a_package_that_cannot_be_had_ends_in_a_sentence(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text(f"absent @ file://{checkout}/absent-1-py3-none-any.whl\n")
    status, output, said = outcome(start(checkout))
    assert (status, output) == (1, "")
    assert "start ./run again." in said.splitlines()[-1]
    assert not (checkout / ".venv/prepared").exists()


def test_the_suite_is_started_from_the_checkout_with_its_arguments(checkout: Path) -> None:
    outcome(start(checkout, "test"))
    (checkout / "pytest.py").write_text("import os, sys; print(os.getcwd(), *sys.argv[1:])")
    assert outcome(start(checkout, "test", "-k", "plan"))[:2] == (0, f"{checkout} -k plan")
