"""Positions: one string a list, in which a plan stands at its place, so that a list is one range of one index.

A position is the list's sort value followed by what makes it unique. It is compared byte by byte, serves as
cursor, and bounds a list by day (`2026-11-19…`) without arithmetic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.filters import PlanOrder
from domain.text import folded, folded_town, folded_words

if TYPE_CHECKING:
    from datetime import datetime

    from domain.facts import Facts, Session
    from domain.people import JobSeeker
    from domain.plan import Plan
    from storage.client import Document

SEPARATOR = "\x1f"
END = "\U0010ffff"
_LONGEST = 120
PLAN_POSITIONS = {
    PlanOrder.LAST_DAY: "keys.due",
    PlanOrder.NAME: "keys.member",
    PlanOrder.STARTS_ON: "keys.taken",
    PlanOrder.IDENTIFIER: "keys.number",
    PlanOrder.FUNDING: "keys.paid_by",
}
"""Where the position of a plan stands in each order."""


def position(*parts: str) -> str:
    """Join the parts of a position; the separator sorts before every other character that a part may hold."""
    return SEPARATOR.join(part[:_LONGEST] for part in parts)


def instant(moment: datetime) -> str:
    """Spell an instant (UTC, milliseconds) so that later ones sort after."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def plan_keys(plan: Plan) -> Document:
    """Return the positions of a plan in every list it may stand in."""
    person = plan.job_seeker.search_name
    keys: Document = {
        "due": position(plan.last_day.isoformat(), person, plan.id),
        "person": position(person, plan.job_seeker.identifier),
        "member": position(person, plan.id),
        "taken": position(plan.starts_on.isoformat(), plan.id),
        "identifier": folded_words(plan.job_seeker.identifier),
        "number": position(folded_words(plan.job_seeker.identifier), plan.id),
        "paid_by": position(folded(plan.funding.shown), plan.id),
        "who": _who(plan.job_seeker),
        "found": _found(plan),
        "session": plan.session_key or "",
        "opens": "" if plan.report else plan.last_day.isoformat(),
        "required": plan.report_required,
    }
    if not plan.withdrawn:
        keys |= _counted(plan) | _awaited(plan, keys["due"])
    if plan.session:
        keys |= _session_keys(plan.session)
    if report := plan.report:
        keys["drafted"] = position(instant(report.created_at), plan.id)
    if report and report.transmitted_at:
        keys["transmitted"] = position(instant(report.transmitted_at), plan.id)
        keys["reported"] = _found(plan.as_reported())
    if codes := [each.verification for each in plan.reports if each.verification]:
        keys["codes"] = codes
    return keys


def _who(person: JobSeeker) -> str:
    """The words that a person is searched by, in one field, so that an index alone tells who matches."""
    return f" {person.search_name} {folded_words(person.identifier)}"


def _found(plan: Facts) -> str:
    """The words that a plan is searched by: those of the person, and the funding shown."""
    return f"{_who(plan.job_seeker)} {folded_words(plan.funding.shown)}"


def _awaited(plan: Plan, due: str) -> Document:
    """Return where a plan stands until its report is transmitted, and the marks of what is to be told of it."""
    if plan.report and plan.report.transmitted_at:
        return {}
    last_day = plan.last_day.isoformat()
    owed = {"owed": due, "untold_late": last_day} if plan.report_required else {}
    return {"awaited": due, "untold_due": last_day, **owed}


def _counted(plan: Plan) -> Document:
    """Return the fields by which statistics count a plan. An index needs them in one place that is no array."""
    left, delay = plan.exit, plan.delay
    return (
        {"counted": plan.title}
        | ({"left": left.kind.value} if left else {})
        | ({} if delay is None else {"delay": delay})
    )


def _session_keys(session: Session) -> Document:
    return {
        "starts_on": position(session.starts_on.isoformat(), session.id),
        "ends_on": position(session.ends_on.isoformat(), session.id),
        "title": position(folded(session.title), session.id),
        "city": position(folded(session.city or ""), session.id),
        "words": f" {folded_words(session.title)}",
        "place": f" {folded_town(session.city or '')}",
        "carif": folded_words(session.carif_number),
        "carif_number": position(folded(session.carif_number), session.id),
        "funding": position(folded(session.funding.shown if session.funding else ""), session.id),
        "cost": folded_words(session.funding.shown if session.funding else ""),
    }
