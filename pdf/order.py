"""Orders to a worker process and its answers, as bytes on a pipe."""

from enum import Enum

from domain.paper import MOST_LINES, lines_on_paper
from domain.plan import Plan
from domain.report import Report
from domain.values import Value

MAX_PAGES = 8
"""Six for all that was typed, and two for the longest names and titles that a feed can bring."""


class SealFile(Value):
    """A PKCS#12 file that holds a certificate and its key, and the password that opens it."""

    path: str
    password: str


class Order(Value):
    """A plan to print, its facts frozen, with the code and address by which a holder of the paper verifies it."""

    plan: Plan
    verification: str | None = None
    verification_url: str | None = None

    @property
    def report(self) -> Report:
        """The plan's report; ValueError where there is none."""
        if self.plan.report is None:
            raise ValueError("A plan without a report cannot be printed.")
        return self.plan.report

    @property
    def too_long(self) -> bool:
        """Whether its answers take more lines than paper has: they are not laid out."""
        return lines_on_paper(self.report.form) > MOST_LINES


class AnswerKind(Enum):
    """First byte of an answer."""

    READY = b"R"
    PRINTED = b"P"
    TOO_LONG = b"L"


class Printed(Value):
    """Head of a printed document; its PDF follows on the pipe."""

    replaced: tuple[str, ...]
    seconds: float
    """Of the worker's processor."""
