"""A session, a person, an organization and an adviser have one name in all plans.

What a feed says of them last holds for all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.facts import session_key
from storage.keys import END

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from domain.facts import Session
    from domain.people import Adviser, JobSeeker, Organization
    from domain.plan import Plan
    from storage.client import Document

_CONDITIONS = 200


@dataclass(frozen=True, slots=True)
class Agreement:
    """The latest sessions, by organization (None: all of them) and id, and the latest names, by number.

    Organizations and advisers have many plans, and change their names rarely: only those `renamed` are looked
    for in other plans.
    """

    sessions: dict[tuple[str | None, str], Session] = field(default_factory=dict)
    people: dict[str, JobSeeker] = field(default_factory=dict)
    organizations: dict[str, Organization] = field(default_factory=dict)
    advisers: dict[str, Adviser] = field(default_factory=dict)
    renamed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, plans: Iterable[Plan]) -> Agreement:
        """Take what plans say; of two that differ the later one counts."""
        agreement = cls()
        for plan in plans:
            agreement.people[plan.job_seeker.identifier] = plan.job_seeker
            agreement.organizations[plan.organization.siret] = plan.organization
            if plan.adviser:
                agreement.advisers[plan.adviser.id] = plan.adviser
            if plan.session:
                agreement.sessions[plan.organization.siret, plan.session.id] = plan.session
        return agreement

    @classmethod
    def on(cls, sessions: Iterable[Session]) -> Agreement:
        """Take sessions as the training offer publishes them, for the plans of all organizations."""
        return cls({(None, session.id): session for session in sessions})

    def applied(self, plan: Plan) -> Plan:
        """Return the plan as this agreement has it, itself when they agree."""
        told = {
            "job_seeker": self.people.get(plan.job_seeker.identifier),
            "session": self._session(plan),
            "organization": self.organizations.get(plan.organization.siret),
            "adviser": self.advisers.get(plan.adviser.id) if plan.adviser else None,
        }
        differing = {name: value for name, value in told.items() if value and value != getattr(plan, name)}
        return plan.model_copy(update=differing) if differing else plan

    def differing(self) -> Iterator[tuple[Document, str]]:
        """Give the conditions that find the plans which do not agree, each of bounded length, and their index.

        Of an `$or` the server plans each part, and tries every index that it might use: it is told which.
        """
        sessions: list[Document] = [
            {"keys.session": _whose(number, siret), "session": {"$ne": session.model_dump()}}
            for (siret, number), session in self.sessions.items()
        ]
        people: list[Document] = [
            {"job_seeker.identifier": key, "job_seeker": {"$ne": person.model_dump()}}
            for key, person in self.people.items()
        ]
        organizations: list[Document] = [
            {"organization.siret": key, "organization": {"$ne": organization.model_dump()}}
            for key, organization in self.organizations.items()
            if key in self.renamed
        ]
        advisers: list[Document] = [
            {"adviser.id": key, "adviser": {"$ne": adviser.model_dump()}}
            for key, adviser in self.advisers.items()
            if key in self.renamed
        ]
        for conditions, index in (
            (sessions, "plans_of_session"),
            (people, "plans_of_person"),
            (organizations, "people_training_organization"),
            (advisers, "people_adviser"),
        ):
            for start in range(0, len(conditions), _CONDITIONS):
                yield {"$or": conditions[start : start + _CONDITIONS]}, index

    def _session(self, plan: Plan) -> Session | None:
        if plan.session is None:
            return None
        key = plan.session.id
        return self.sessions.get((plan.organization.siret, key)) or self.sessions.get((None, key))


def _whose(number: str, siret: str | None) -> object:
    """Say to MongoDB an organization's session, or all that have a number."""
    if siret is not None:
        return session_key(number, siret)
    beginning = session_key(number, "")
    return {"$gte": beginning, "$lt": beginning + END}
