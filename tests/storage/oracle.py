"""What each list must hold, in its order, said in terms of the domain: no database, no index, no position."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from domain.access import Role, concerns, sees
from domain.calendar import paris_day
from domain.filters import PlanOrder, SessionOrder
from domain.lateness import is_late
from domain.report import ReportStatus
from domain.text import folded, folded_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from domain.access import Viewer
    from domain.facts import Session
    from domain.filters import AwaitedFilter, PlanFilter, SessionFilter
    from domain.lateness import LateFilter
    from domain.pages import Days
    from domain.people import JobSeeker
    from domain.plan import Plan

Plans = tuple["Plan", ...]


def pending_plans(plans: Plans, viewer: Viewer, wanted: PlanFilter, today: date) -> list[str]:
    found = [
        plan
        for plan in to_enter(plans, viewer, wanted.funded, wanted.ends, today, wanted.statuses)
        if is_wanted_late(plan, wanted.late, today)
        if wanted.session_id is None or plan.session_key == wanted.session_id
        if wanted.referenced is None or (plan.session is not None) is wanted.referenced
        if is_listed(plan, wanted.search)
    ]
    order = sorted(found, key=lambda plan: (plan.last_day, plan.job_seeker.search_name, plan.id))
    return ids(reversed(order) if wanted.descending else order)


def pending_sessions(plans: Plans, viewer: Viewer, wanted: SessionFilter, today: date) -> list[str]:
    pending = [
        plan
        for plan in to_enter(plans, viewer, wanted.funded, wanted.ends, today, wanted.statuses)
        if is_wanted_late(plan, wanted.late, today)
    ]
    sessions = {plan.session.id: plan.session for plan in pending if plan.session}

    found = [session for session in sessions.values() if is_found(session, wanted.search)]
    return in_order(found, wanted)


def training_sessions(plans: Plans, viewer: Viewer, wanted: SessionFilter, today: date) -> list[str]:
    found = [
        plan
        for plan in plans
        if plan.session and writes(viewer, plan)
        if wanted.statuses is None or plan.status(today) in wanted.statuses
        if wanted.funded is None or plan.funding.employment_service_funded is wanted.funded
        if within(plan.last_day, wanted.ends)
    ]
    sessions = {plan.session.id: plan.session for plan in found if plan.session}
    kept = [
        session
        for session in sessions.values()
        if is_found(session, wanted.search)
        if within(session.ends_on, wanted.session_ends) and meets(session.starts_on, session.ends_on, wanted.on)
    ]
    return in_order(kept, wanted)


def in_order(sessions: list[Session], wanted: SessionFilter) -> list[str]:
    def place(session: Session) -> tuple[str, str]:
        values = {
            SessionOrder.CARIF_NUMBER: session.carif_number,
            SessionOrder.FUNDING: session.funding.shown if session.funding else "",
        }
        value = values[wanted.order] if wanted.order in values else getattr(session, wanted.order.value)
        return folded(str(value or "")), session.id

    return [session.id for session in sorted(sessions, key=place, reverse=wanted.descending)]


def training_plans(plans: Plans, viewer: Viewer, wanted: PlanFilter, today: date) -> list[str]:
    found = [
        plan
        for plan in plans
        if writes(viewer, plan) and (wanted.statuses is None or plan.status(today) in wanted.statuses)
        if wanted.session_id is None or plan.session_key == wanted.session_id
        if wanted.funded is None or plan.funding.employment_service_funded is wanted.funded
        if within(plan.last_day, wanted.ends) and meets(plan.starts_on, plan.last_day, wanted.on)
        if is_listed(plan, wanted.search)
    ]
    places = {
        PlanOrder.LAST_DAY: lambda plan: (plan.last_day.isoformat(), plan.job_seeker.search_name, plan.id),
        PlanOrder.NAME: lambda plan: (plan.job_seeker.search_name, plan.id),
        PlanOrder.STARTS_ON: lambda plan: (plan.starts_on.isoformat(), plan.id),
        PlanOrder.IDENTIFIER: lambda plan: (folded_words(plan.job_seeker.identifier), plan.id),
        PlanOrder.FUNDING: lambda plan: (folded(plan.funding.shown), plan.id),
    }
    return ids(sorted(found, key=places[wanted.order], reverse=wanted.descending))


def awaited(plans: Plans, viewer: Viewer, wanted: AwaitedFilter, today: date) -> list[str]:
    found = [
        plan
        for plan in plans
        if sees(viewer, plan) and viewer.role is not Role.TRAINING_ORGANIZATION
        if not (plan.report and plan.report.transmitted_at) and plan.opens_on <= today
        if wanted.required is None or plan.report_required is wanted.required
        if wanted.organization is None or plan.organization.siret == wanted.organization
        if wanted.person is None or plan.job_seeker.identifier == wanted.person
        if is_wanted_late(plan, wanted.late, today)
        if within(plan.last_day, wanted.ends)
        if is_listed(plan, wanted.search)
    ]
    order = sorted(found, key=lambda plan: (plan.last_day, plan.job_seeker.search_name, plan.id))
    return ids(reversed(order) if wanted.descending else order)


def meets(first: date, last: date, days: Days) -> bool:
    return (days.last is None or first <= days.last) and (days.first is None or last >= days.first)


def drafts(plans: Plans, viewer: Viewer, created: Days, search: str | None) -> list[str]:
    found = [
        (plan.report.created_at, plan.id)
        for plan in plans
        if writes(viewer, plan) and plan.report and not plan.report.transmitted_at
        if within(paris_day(plan.report.created_at), created) and is_listed(plan, search)
    ]
    return [plan_id for _, plan_id in sorted(found, reverse=True)]


def transmitted(plans: Plans, viewer: Viewer, days: Days, search: str | None) -> list[str]:
    found = [
        (plan.report.transmitted_at, plan.id)
        for plan in plans
        if sees(viewer, plan) and plan.report and plan.report.transmitted_at
        if within(paris_day(plan.report.transmitted_at), days) and is_listed(plan.as_reported(), search)
    ]
    return [plan_id for _, plan_id in sorted(found, reverse=True)]


def people(plans: Plans, viewer: Viewer, search: str) -> list[str]:
    wanted = folded_words(search)
    concerned = {plan.job_seeker.identifier: plan.job_seeker for plan in plans if concerns(viewer, plan)}
    by_number = wanted[:1].isdigit()

    def names(person: JobSeeker) -> tuple[str, str]:
        return ("" if by_number else person.search_name, folded_words(person.identifier))

    def is_wanted(person: JobSeeker) -> bool:
        return names(person)[1].startswith(wanted) if by_number else is_called(person, search)

    found = [person for person in concerned.values() if is_wanted(person)]
    return [person.identifier for person in sorted(found, key=names)]


def plans_of_session(
    plans: Plans, viewer: Viewer, session_id: str, statuses: Sequence[ReportStatus] | None, today: date
) -> list[str]:
    found = [plan for plan in plans if plan.session_key == session_id]
    seen = in_status(found, viewer, statuses, today)
    return ids(sorted(seen, key=lambda plan: (plan.job_seeker.search_name, plan.id)))


def plans_of_person(
    plans: Plans, viewer: Viewer, identifier: str, statuses: Sequence[ReportStatus] | None, today: date
) -> list[str]:
    found = [plan for plan in plans if plan.job_seeker.identifier == identifier]
    seen = in_status(found, viewer, statuses, today)
    return ids(sorted(seen, key=lambda plan: (plan.starts_on, plan.id), reverse=True))


def ids(plans: Iterable[Plan]) -> list[str]:
    return [plan.id for plan in plans]


def to_enter(
    plans: Plans,
    viewer: Viewer,
    funded: bool | None,  # noqa: FBT001 - yes, no, both
    ends: Days,
    today: date,
    statuses: Sequence[ReportStatus] | None = None,
) -> list[Plan]:
    wanted = (ReportStatus.TO_ENTER,) if statuses is None else statuses
    return [
        plan
        for plan in plans
        if writes(viewer, plan) and plan.status(today) in wanted
        if funded is None or plan.funding.employment_service_funded is funded
        if within(plan.last_day, ends)
    ]


def is_wanted_late(plan: Plan, wanted: LateFilter | None, today: date) -> bool:
    after_days = (today - wanted.before).days if wanted else 0
    return wanted is None or is_late(plan, today, after_days) is wanted.wanted


def in_status(plans: list[Plan], viewer: Viewer, statuses: Sequence[ReportStatus] | None, today: date) -> list[Plan]:
    def status(plan: Plan) -> ReportStatus:
        bare = plan if plan.report and plan.report.transmitted_at else plan.with_report(None)
        return (plan if writes(viewer, plan) else bare).status(today)

    return [plan for plan in plans if sees(viewer, plan) and (statuses is None or status(plan) in statuses)]


def writes(viewer: Viewer, plan: Plan) -> bool:
    return viewer.role is Role.TRAINING_ORGANIZATION and sees(viewer, plan)


def within(day: date, days: Days) -> bool:
    return (days.first is None or days.first <= day) and (days.last is None or day <= days.last)


def is_listed(plan: Plan, search: str | None) -> bool:
    person = plan.job_seeker
    if not folded(search or ""):
        return True
    return begin_words(search, f"{person.first_name} {person.last_name} {person.identifier} {plan.funding.shown}")


def is_called(person: JobSeeker, search: str | None) -> bool:
    if not folded(search or ""):
        return True
    return begin_words(search, f"{person.first_name} {person.last_name} {person.identifier}")


def is_found(session: Session, search: str | None) -> bool:
    if not folded(search or ""):
        return True
    number, wanted = folded_words(session.carif_number), folded_words(search or "")
    town = re.sub(r"\bst(e?)\b", r"saint\1", folded_words(session.city or ""))
    in_town = any(begin_words(each, town) for each in (wanted, re.sub(r"\bst(e?)\b", r"saint\1", wanted)))
    cost = folded_words(session.funding.shown if session.funding else "")
    begun = wanted != "" and (number.startswith(wanted) or cost.startswith(wanted))
    return in_town or begin_words(wanted, session.title) or begun


def begin_words(search: str | None, text: str) -> bool:
    wanted, words = folded_words(search or "").split(), folded_words(text).split()
    return bool(wanted) and all(any(word.startswith(each) for word in words) for each in wanted)
