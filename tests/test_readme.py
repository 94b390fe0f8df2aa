"""What the README says is what is there."""

from __future__ import annotations

from pathlib import Path

from settings import settings_table

ROOT = Path(__file__).parent.parent


def test_the_readme_lists_every_setting_as_it_is() -> None:
    assert settings_table() in (ROOT / "README.md").read_text()


def test_every_decision_has_its_number_once() -> None:
    numbers = [page.name[:4] for page in sorted((ROOT / "docs" / "adr").glob("*.md"))]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
