"""What lists are asked for is read into filters."""

from __future__ import annotations

from domain.report import ReportStatus as Status
from schema.enums import ReportStatus
from schema.list_arguments import statuses_of


def test_a_status_that_is_said_thousands_of_times_is_one() -> None:
    """Each would be a condition of its own in the questions to the database."""
    said = [ReportStatus.TO_ENTER, ReportStatus.DRAFT] * 2_000
    assert statuses_of(said) == (Status.TO_ENTER, Status.DRAFT)
