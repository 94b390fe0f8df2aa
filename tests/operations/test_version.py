"""One version in all places, and what libraries say of it all, readable."""

from __future__ import annotations

import logging
import re
import tomllib
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.observing import LibraryLogs
from service.version import VERSION

ROOT = Path(__file__).parents[2]


def test_the_project_the_changelog_and_the_service_are_of_one_version() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]
    assert headings[0] == "## Unreleased"
    assert re.fullmatch(rf"## {re.escape(VERSION)} — \d{{4}}-\d\d-\d\d", headings[1])


def test_the_release_that_was_cut_is_kept() -> None:
    kept = ROOT / "tests" / "releases"
    assert (kept / f"{VERSION}.graphql").is_file()
    assert (kept / f"{VERSION}.bilans").is_file()


@pytest.mark.parametrize(("library", "said"), [("opentelemetry.exporter", "Failed: 503"), ("pymongo", "Failed: %s")])
def test_what_a_library_says_is_whole_where_it_knows_nobody(library: str, said: str) -> None:
    record = logging.LogRecord(library, logging.WARNING, __file__, 1, "Failed: %s", (503,), None)
    with capture_logs() as lines:
        LibraryLogs().emit(record)
    assert [line["event"] for line in lines] == [said]
