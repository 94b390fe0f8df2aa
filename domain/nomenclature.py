"""Coded lists: entries with their French labels, offered or retired."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from domain.values import Day, Value


class NomenclatureName(StrEnum):
    """The coded lists of the form, of exits, of absences and of corrections."""

    TEACHING_MODE = "TEACHING_MODE"
    EXIT_LEVEL = "EXIT_LEVEL"
    EXIT_SITUATION = "EXIT_SITUATION"
    CERTIFICATION = "CERTIFICATION"
    FORMACODE = "FORMACODE"
    ROME = "ROME"
    EXIT_REASON = "EXIT_REASON"
    ABSENCE_REASON = "ABSENCE_REASON"
    CORRECTION_REASON = "CORRECTION_REASON"


class Entry(Value):
    """A code and its label in French, as it was when it was written down."""

    code: str
    label: str


class ListedEntry(Entry):
    """An entry of a list; a retired one is no longer offered, and stays readable where it was used.

    `retired_on` is the first day on which it was not offered any more, None where nobody has told.
    """

    retired: bool = False
    retired_on: Day | None = None

    def offered_on(self, day: date) -> bool:
        """Whether it was offered on a day, as far as is known."""
        return not self.retired or (self.retired_on is not None and day < self.retired_on)


Code = tuple[NomenclatureName, str]
Known = Mapping[Code, ListedEntry]
"""The entries found for the codes that were looked up; a code that is absent is unknown."""

UNKNOWN_LABEL = "Code inconnu"


def entry(known: Known, name: NomenclatureName, code: str | None) -> Entry | None:
    """Return the entry of a code; an unknown code is kept, under a label that says so."""
    if code is None:
        return None
    found = known.get((name, code))
    return Entry(code=code, label=found.label if found else UNKNOWN_LABEL)
