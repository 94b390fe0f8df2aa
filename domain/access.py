"""Who may see and do what. Storage says the same as filters; a property test holds the two together."""

from enum import StrEnum

from domain.errors import Refusal, RefusalCode, Refused, plan_not_found
from domain.plan import Plan
from domain.values import Value


class Role(StrEnum):
    """The roles of the access token."""

    TRAINING_ORGANIZATION = "TRAINING_ORGANIZATION"
    JOB_SEEKER = "JOB_SEEKER"
    ADVISER = "ADVISER"
    NOTIFIER = "NOTIFIER"


RECIPIENTS = frozenset({Role.JOB_SEEKER, Role.ADVISER})
"""Who receives a transmitted report."""
JOB_SEEKERS, ADVISERS = "job_seekers", "advisers"
NOTIFIED = frozenset({JOB_SEEKERS, ADVISERS})
"""The recipients that a notifying program notifies; this word is its key."""


class Viewer(Value):
    """The person or program that asks.

    `key` says which one within the role: a SIRET, an identifier or an adviser's id. A notifying program sees nothing;
    its key says which recipients it notifies.

    `account` is the person or program behind the token, `expires_at` its end in seconds since 1970.
    `organizations` are the SIRETs of all that somebody works for; `key` is the one that they act for.
    """

    role: Role
    key: str
    name: str
    account: str
    organizations: tuple[str, ...] = ()
    expires_at: float | None = None


def acting_for(viewer: Viewer, siret: str) -> Viewer | None:
    """Return the viewer as a member of another of their organizations; None when it is none of theirs."""
    if siret == viewer.key:
        return viewer
    return viewer.model_copy(update={"key": siret}) if siret in viewer.organizations else None


def concerns(viewer: Viewer, plan: Plan) -> bool:
    """Whether the plan is the viewer's own: of their organization, about them, or of somebody they follow."""
    match viewer.role:
        case Role.TRAINING_ORGANIZATION:
            return plan.organization.siret == viewer.key
        case Role.JOB_SEEKER:
            return plan.withdrawn is None and plan.job_seeker.identifier == viewer.key
        case Role.ADVISER:
            return plan.withdrawn is None and plan.adviser is not None and plan.adviser.id == viewer.key
        case Role.NOTIFIER:
            return False


def notified(viewer: Viewer, plan: Plan) -> str | None:
    """Return the recipients that a notifying program has to tell of a transmission.

    None where there are none, and for every other role.
    """
    if viewer.role is not Role.NOTIFIER or plan.withdrawn is not None:
        return None
    if viewer.key == JOB_SEEKERS:
        return plan.job_seeker.identifier
    return plan.adviser.id if plan.adviser and viewer.key == ADVISERS else None


def wrote(viewer: Viewer, plan: Plan) -> bool:
    """Whether the viewer wrote a transmitted report of the plan. Another organization may have the plan now."""
    if viewer.role is not Role.TRAINING_ORGANIZATION:
        return False
    return any(report.facts is not None and report.facts.organization.siret == viewer.key for report in plan.reports)


def concerned(plan: Plan) -> list[tuple[Role, str]]:
    """Return each role, with its key, that the plan belongs to, and the notifying programs of its recipients."""
    keys = [
        (Role.NOTIFIER, JOB_SEEKERS),
        (Role.NOTIFIER, ADVISERS),
        (Role.TRAINING_ORGANIZATION, plan.organization.siret),
        (Role.JOB_SEEKER, plan.job_seeker.identifier),
    ]
    return [*keys, (Role.ADVISER, plan.adviser.id)] if plan.adviser else keys


def sees(viewer: Viewer, plan: Plan) -> bool:
    """Whether the plan exists for the viewer: from the day it is loaded, for all whose own it is.

    What an organization wrote stays readable by it.
    """
    return concerns(viewer, plan) or wrote(viewer, plan)


def seen(viewer: Viewer, plan: Plan) -> Plan:
    """Return the plan as the viewer may see it.

    Reasons of exit and absence can be near to health data: the organization that wrote them sees them, nobody else.
    For the job seeker and the adviser, a draft is still to be written, and absences are told with the report.
    """
    return seen_as(viewer.role, plan)


def seen_as(role: Role, plan: Plan) -> Plan:
    """Return the plan as its own viewers of that role may see it. It is the very plan where nothing is hidden."""
    return plan if role is Role.TRAINING_ORGANIZATION else plan.without_reasons().without_draft()


def require_writer(viewer: Viewer, plan: Plan | None) -> Plan:
    """Return the plan when the viewer may write on it; NOT_FOUND when it is not theirs to see, NOT_ALLOWED after."""
    if plan is None or not sees(viewer, plan):
        raise plan_not_found()
    require_staff(viewer, "trainingPlanId")
    if not concerns(viewer, plan):
        message = "Ce plan est passé à un autre organisme : ce que vous avez transmis se lit, et ne se modifie plus."
        raise Refused([Refusal(code=RefusalCode.NOT_ALLOWED, message=message, path=("trainingPlanId",))])
    return plan


def require_staff(viewer: Viewer, *path: str) -> None:
    """Raise NOT_ALLOWED for a viewer that is no training organization."""
    if viewer.role is not Role.TRAINING_ORGANIZATION:
        message = "Seul l'organisme de formation peut saisir, transmettre ou modifier."
        raise Refused([Refusal(code=RefusalCode.NOT_ALLOWED, message=message, path=path)])
