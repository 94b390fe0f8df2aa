"""One version in all places, and what libraries say of it all, readable."""

from __future__ import annotations

import logging
import tomllib
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.observing import LibraryLogs
from service.version import VERSION

ROOT = Path(__file__).parents[2]


def test_the_project_the_changelog_and_the_service_are_of_one_version() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert next(line for line in changelog.splitlines() if line.startswith("## ")).split()[1] == VERSION


@pytest.mark.parametrize(("library", "said"), [("opentelemetry.exporter", "Failed: 503"), ("pymongo", "Failed: %s")])
def test_what_a_library_says_is_whole_where_it_knows_nobody(library: str, said: str) -> None:
    record = logging.LogRecord(library, logging.WARNING, __file__, 1, "Failed: %s", (503,), None)
    with capture_logs() as lines:
        LibraryLogs().emit(record)
    assert [line["event"] for line in lines] == [said]
