"""The house keeps its own order: style, types, who imports whom."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONTRACTS = ".importlinter"
BESIDE_THE_ROOMS = {
    "main": set[str](),
    "settings": {"pydantic", "pydantic_settings"},
    "setting_values": {"pydantic"},
}
"""What the modules above the rooms use from outside; they may use every room."""
NO_ROOMS = {"bench", "docs", "tests"}


def run(*command: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own tools
        [sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False
    )


def imports_are_checked(folder: Path) -> subprocess.CompletedProcess[str]:
    command = "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports_command as run; run()"
    return run("-c", command, folder=folder)


def contracts() -> ConfigParser:
    parser = ConfigParser()
    parser.read(ROOT / CONTRACTS)
    return parser


def rooms() -> set[str]:
    return {path.parent.name for path in ROOT.glob("*/__init__.py")} - NO_ROOMS


@pytest.mark.parametrize("command", [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy", ".")])
def test_style_and_types_are_clean(command: tuple[str, ...]) -> None:
    done = run("-m", *command)
    assert not done.returncode, done.stdout + done.stderr


def test_nobody_imports_whom_they_may_not() -> None:
    done = imports_are_checked(ROOT)
    assert not done.returncode, done.stdout


def test_every_room_and_every_module_beside_the_rooms_has_its_row() -> None:
    assert set(contracts()["importlinter"]["root_packages"].split()) == rooms()
    assert {path.stem for path in ROOT.glob("*.py")} == set(BESIDE_THE_ROOMS)


def test_a_name_of_a_class_means_one_thing() -> None:
    """Twins have one name: a value and the type of the schema that shows it, a thing and what a door needs of it."""
    found: dict[str, list[str]] = {}
    for path in (path for room in rooms() for path in (ROOT / room).rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(path.relative_to(ROOT).parts[0])
    twice = {name: sorted(where) for name, where in found.items() if len(where) > 1}
    others = {name: where for name, where in twice.items() if where != ["domain", "schema"]}
    assert others == {"Viewer": ["domain", "schema", "transport"], "Taker": ["engine", "schema"]}


def test_sentences_name_their_subject() -> None:
    """A sentence without a subject is read twice; abbreviations of ours are spelt out."""
    hidden = re.compile(r"(?i:\bwho(?:m)?[e]ver\b)|\([S]\)|\([P]\)")
    read = []
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [name for name in inner if name != "node_modules" and not name.startswith(".")]
        read += [Path(folder, name) for name in names if name.endswith((".py", ".md", ".graphql"))]
    assert ROOT / "README.md" in read
    assert [str(path) for path in read if hidden.search(path.read_text())] == []


def test_each_rule_of_imports_fails_when_it_is_broken(tmp_path: Path) -> None:
    for room in rooms():
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / CONTRACTS, tmp_path)
    rules = [section for name, section in contracts().items() if ":contract:" in name]
    for rule in rules:
        allowed = rule.get("allowed_importers", "").split()
        sources = set(rule.get("source_modules", " ".join(rooms())).split())
        for number, module in enumerate(rule.get("protected_modules", rule.get("forbidden_modules", "")).split()):
            stranger = next(room for room in sorted(sources) if room not in {module, "demo", *allowed})
            (tmp_path / stranger / f"broken_{rule.name.rsplit(':', 1)[-1]}_{number}.py").write_text(
                f"import {module}"
            )
        for ancestor in rule.get("ancestors", "").split():
            folder = tmp_path / ancestor.replace(".", "/")
            (folder / "this.py").write_text(f"import {ancestor}.that")
            (folder / "that.py").write_text(f"import {ancestor}.this")
    done = imports_are_checked(tmp_path)
    assert f"Contracts: 0 kept, {len(rules)} broken." in done.stdout
    assert done.returncode


@pytest.mark.parametrize("module", BESIDE_THE_ROOMS)
def test_a_module_beside_the_rooms_uses_from_outside_what_its_row_says(module: str) -> None:
    tree = ast.parse((ROOT / f"{module}.py").read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    names = {name.partition(".")[0] for name in imported}
    assert names - sys.stdlib_module_names - rooms() - set(BESIDE_THE_ROOMS) == BESIDE_THE_ROOMS[module]


def test_a_package_from_outside_is_used_by_the_rooms_that_its_row_names() -> None:
    """A package that no contract names is one that any room might use: it needs a row first."""
    named = {
        module.partition(".")[0]
        for section in contracts().values()
        for module in (section.get("protected_modules", "") + section.get("forbidden_modules", "")).split()
    }
    used = {
        name.partition(".")[0]
        for room in rooms()
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in names_imported(node)
    }
    assert used - sys.stdlib_module_names - rooms() <= named


def names_imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
