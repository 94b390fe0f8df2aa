"""What is remembered of who did or read what: identifiers and codes, never a name or a text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from domain.plan import Plan

DONE = "DONE"
FAILED = "FAILED"
UNKNOWN = "UNKNOWN"
"""The act was being written, and no answer came: an entry that follows says DONE or NOT_DONE once it is certain."""
NOT_DONE = "NOT_DONE"
RATE_LIMITED = "RATE_LIMITED"
_AGENT_LENGTH = 80


class Deed(StrEnum):
    """What was done."""

    READ = "READ"
    EVENT = "EVENT"
    DOCUMENT = "DOCUMENT"
    EXPORT = "EXPORT"
    SAVE_DRAFT = "SAVE_DRAFT"
    TRANSMIT = "TRANSMIT"
    CORRECT_REPORT = "CORRECT_REPORT"
    DISCARD_DRAFT = "DISCARD_DRAFT"
    PREVIEW = "PREVIEW"
    RECORD_EXIT = "RECORD_EXIT"
    WITHDRAW_EXIT = "WITHDRAW_EXIT"
    RECORD_ABSENCE = "RECORD_ABSENCE"
    CORRECT_ABSENCE = "CORRECT_ABSENCE"
    WITHDRAW_ABSENCE = "WITHDRAW_ABSENCE"
    ERASE = "ERASE"
    WITHDRAW_PLAN = "WITHDRAW_PLAN"
    BRING_PLAN_BACK = "BRING_PLAN_BACK"
    MERGE_IDENTITIES = "MERGE_IDENTITIES"
    REGISTER_WEBHOOK = "REGISTER_WEBHOOK"
    ENABLE_WEBHOOK = "ENABLE_WEBHOOK"
    ROTATE_WEBHOOK_SECRET = "ROTATE_WEBHOOK_SECRET"  # noqa: S105 - a deed
    REMOVE_WEBHOOK = "REMOVE_WEBHOOK"


@dataclass(frozen=True, slots=True)
class Origin:
    """From where: an address, and the beginning of what the program says it is."""

    address: str | None = None
    agent: str | None = None

    @property
    def short_agent(self) -> str | None:
        """Printable, and no longer than what tells programs apart."""
        agent = self.agent or ""
        if not agent.isprintable():
            agent = "".join(filter(str.isprintable, agent))
        return agent[:_AGENT_LENGTH] or None


class Seen(NamedTuple):
    """A person (by identifier), the plan that was seen of them if one was, and whether it showed a report."""

    person: str
    plan: str | None = None
    report: bool = False

    @classmethod
    def of(cls, plan: Plan) -> Seen:
        """Tell a plan that was seen whole."""
        return cls(plan.job_seeker.identifier, plan.id, plan.report is not None)


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One deed. `outcome` is DONE, FAILED, UNKNOWN, NOT_DONE, RATE_LIMITED or a refusal's code."""

    at: datetime
    account: str
    role: str
    deed: Deed
    outcome: str
    seen: tuple[Seen, ...]
    origin: Origin
