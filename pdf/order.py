"""What goes to a worker process and what comes back, as bytes on a pipe."""

from enum import Enum

from domain.plan import Plan
from domain.values import Value

MAX_PAGES = 6
_LETTERS_A_LINE = 70
_LETTERS_A_DOCUMENT = 40_000


class Order(Value):
    """A plan to print, its facts frozen, with the code and address by which a holder of the paper verifies it."""

    plan: Plan
    verification: str | None = None
    verification_url: str | None = None

    @property
    def hopeless(self) -> bool:
        """Whether six pages cannot hold the answers by far, so that laying them out is not worth trying.

        Six A4 pages hold about 350 lines; a text counts at least its letters, and a line break a full line.
        """
        report = self.plan.report
        if report is None:
            return False
        texts = (report.form.objective or "", report.form.content or "")
        letters = len(report.form.model_dump_json())
        return letters + _LETTERS_A_LINE * sum(_lines(text) for text in texts) > _LETTERS_A_DOCUMENT


def _lines(text: str) -> int:
    return sum(1 for line in text.splitlines() if line.strip())


class Outcome(Enum):
    """First byte of an answer."""

    READY = b"R"
    PRINTED = b"P"
    TOO_LONG = b"L"


class Printed(Value):
    """Head of a printed document; its PDF follows on the pipe."""

    replaced: tuple[str, ...]
