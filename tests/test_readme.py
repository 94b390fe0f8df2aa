"""What the README says is what is there."""

from __future__ import annotations

import re
from pathlib import Path

from settings import settings_table

ROOT = Path(__file__).parent.parent


def test_the_readme_lists_every_setting_as_it_is() -> None:
    assert settings_table() in (ROOT / "README.md").read_text()


def test_the_tests_that_the_page_on_security_names_are_there() -> None:
    named = set(re.findall(r"\btest_[a-z0-9_]+(?!\.py|[a-z0-9_])", (ROOT / "docs" / "security.md").read_text()))
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 20
    assert {name for name in named if f"def {name}(" not in tests} == set()


def test_every_decision_has_its_number_once() -> None:
    numbers = [page.name[:4] for page in sorted((ROOT / "docs" / "adr").glob("*.md"))]
    assert len(numbers) == len(set(numbers))
    assert all(number.isdigit() for number in numbers)
