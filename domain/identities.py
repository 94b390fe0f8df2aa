"""People with several identifiers, and plans that feeds send twice: each is shown as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.moving import has_been_written
from domain.text import folded_words
from domain.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.plan import Plan


class Correspondence(Value):
    """Two identifiers of one job seeker: the one that is no longer used, and the one that is."""

    former: str
    current: str


Likeness = tuple[str | None, ...]


def likeness(plan: Plan) -> Likeness:
    """Return what two plans have in common that are one: person, organization, days, funding and title.

    The numbers of the session are not in it: they are given anew while the training is the same.
    """
    funding = plan.funding
    days = (plan.starts_on.isoformat(), plan.ends_on.isoformat())
    title = folded_words(plan.title)
    return (plan.job_seeker.identifier, plan.organization.siret, *days, funding.scheme, funding.reference, title)


def told_twice(plans: Iterable[Plan]) -> list[tuple[Plan, Plan]]:
    """Pair each plan that is there twice with the one that stands for both; nothing was written on the first."""
    standing: dict[Likeness, Plan] = {}
    twice = []
    for plan in sorted(plans, key=_rank):
        first = standing.setdefault(likeness(plan), plan)
        if first is not plan and not has_been_written(plan):
            twice.append((plan, first))
    return twice


def _rank(plan: Plan) -> tuple[bool, bool, str]:
    """Put first what was transmitted, then what was written on, then the others by id."""
    sent = plan.report is not None and plan.report.transmitted_at is not None
    return (not sent, not has_been_written(plan), plan.id)
