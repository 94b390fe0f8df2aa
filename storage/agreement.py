"""One session has one title and one person one name, in whichever plan: what a feed says last holds for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from domain.facts import Session
    from domain.people import JobSeeker
    from domain.plan import Plan
    from storage.client import Document

_CONDITIONS = 200


@dataclass(frozen=True, slots=True)
class Agreement:
    """Sessions by organization (None: whichever) and id, and people by identifier, as they were told last."""

    sessions: dict[tuple[str | None, str], Session] = field(default_factory=dict)
    people: dict[str, JobSeeker] = field(default_factory=dict)

    @classmethod
    def of(cls, plans: Iterable[Plan]) -> Agreement:
        """Take what plans say; of two that differ the later one counts."""
        agreement = cls()
        for plan in plans:
            agreement.people[plan.job_seeker.identifier] = plan.job_seeker
            if plan.session:
                agreement.sessions[plan.organization.siret, plan.session.id] = plan.session
        return agreement

    @classmethod
    def on(cls, sessions: Iterable[Session]) -> Agreement:
        """Take sessions as the training offer publishes them, whichever organization has plans on them."""
        return cls({(None, session.id): session for session in sessions})

    def applied(self, plan: Plan) -> Plan:
        """Return the plan as this agreement has it, itself when they agree."""
        told = {"job_seeker": self.people.get(plan.job_seeker.identifier), "session": self._session(plan)}
        differing = {name: value for name, value in told.items() if value and value != getattr(plan, name)}
        return plan.model_copy(update=differing) if differing else plan

    def differing(self) -> Iterator[tuple[Document, str]]:
        """Give the conditions that find the plans which do not agree, each of bounded length, and their index.

        Of an `$or` the server plans each part, and tries every index that it might use: it is told which.
        """
        sessions: list[Document] = [
            {
                "keys.session": key,
                **({"organization.siret": siret} if siret else {}),
                "session": {"$ne": session.model_dump()},
            }
            for (siret, key), session in self.sessions.items()
        ]
        people: list[Document] = [
            {"job_seeker.identifier": key, "job_seeker": {"$ne": person.model_dump()}}
            for key, person in self.people.items()
        ]
        for conditions, index in ((sessions, "plans_of_session"), (people, "plans_of_person")):
            for start in range(0, len(conditions), _CONDITIONS):
                yield {"$or": conditions[start : start + _CONDITIONS]}, index

    def _session(self, plan: Plan) -> Session | None:
        if plan.session is None:
            return None
        key = plan.session.id
        return self.sessions.get((plan.organization.siret, key)) or self.sessions.get((None, key))
