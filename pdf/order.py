"""What goes to a worker process and what comes back, as bytes on a pipe."""

from enum import Enum

from domain.form import Form
from domain.plan import Plan
from domain.report import Report
from domain.values import Value

MAX_PAGES = 6
_LETTERS_A_LINE = 160
_LINES = 400


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
    def hopeless(self) -> bool:
        """Whether six pages cannot hold the answers by any means: laying them out is not worth trying.

        A page has fewer than 65 lines, of fewer than 160 letters even if all were i.
        """
        return _lines_at_least(self.report.form) > _LINES


def _lines_at_least(form: Form) -> int:
    texts = (form.objective or "", form.content or "")
    lines = [line.strip() for text in texts for line in text.splitlines()]
    periods = len(form.internship.periods) if form.internship else 0
    return periods // 2 + sum(-(-len(line) // _LETTERS_A_LINE) for line in lines)


class Outcome(Enum):
    """First byte of an answer."""

    READY = b"R"
    PRINTED = b"P"
    TOO_LONG = b"L"


class Printed(Value):
    """Head of a printed document; its PDF follows on the pipe."""

    replaced: tuple[str, ...]
