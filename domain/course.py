"""Sessions as the national training offer publishes them, known by their Intercarif numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from domain.facts import Session
from domain.nomenclature import Code, Entry, Known, NomenclatureName, entry
from domain.people import Organization
from domain.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable


class CourseKey(Value):
    """The numbers that the Carif give to a course, to one of its actions and to one of the action's sessions."""

    formation: str
    action: str
    session: str

    def __str__(self) -> str:
        """Return the three numbers as one, told apart whatever is in them."""
        return "/".join(quote(number, safe="") for number in (self.formation, self.action, self.session))


class CourseSession(Value):
    """A published session; `organization` is the one responsible, where the feed says enough of it."""

    key: CourseKey
    session: Session
    organization: Organization | None = None

    def codes(self) -> Iterable[Code]:
        """Name the coded items whose labels the feed does not give."""
        return [(name, item.code) for name, item in self._entries().items() if item]

    def labelled(self, known: Known) -> CourseSession:
        """Return the session with the labels of the lists; an unknown code is kept, under a label that says so."""
        entries = self._entries()
        labelled = {name.lower(): entry(known, name, item.code) if item else None for name, item in entries.items()}
        return self.model_copy(update={"session": self.session.model_copy(update=labelled)})

    def _entries(self) -> dict[NomenclatureName, Entry | None]:
        return {
            NomenclatureName.CERTIFICATION: self.session.certification,
            NomenclatureName.FORMACODE: self.session.formacode,
            NomenclatureName.ROME: self.session.rome,
        }
