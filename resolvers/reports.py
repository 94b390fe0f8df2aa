"""What is asked of one plan and its report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.acts import not_open
from domain.blockers import blockers
from domain.errors import Refusal, RefusalCode
from domain.form import Form, Internship
from domain.text import folded_words
from domain.trail import Seen
from pdf.coverage import unprintable
from pdf.ink import MISSING
from resolvers.report_papers import print_report

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from datetime import date, datetime

    from domain.access import Viewer
    from domain.link import Link
    from domain.nomenclature import Code, Known, ListedEntry
    from domain.plan import Plan
    from resolvers.services import Services

    Lookup = Callable[[Iterable[Code]], Awaitable[Known]]

_LETTERS_NAMED = 20
REPORTS = "documents"
ADDRESS_ENDS = "bilan.pdf"
"""The file name in a link's address: it names nobody. The headers of the answer give the real one."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF; `sha256` in hexadecimal where it is that of a transmitted report, and never changes."""

    content: bytes
    file_name: str
    sha256: str | None


async def report_blockers(lookup: Lookup, plan: Plan, *, today: date) -> Sequence[Refusal]:
    """Tell what stands in the way of transmission, a plan that is not over first; nothing once transmitted."""
    if plan.report is None or plan.report.transmitted_at:
        return ()
    known = await lookup(plan.report.form.codes())
    return (*not_open(plan, today), *blockers(plan.report.form, plan, known))


def report_warnings(plan: Plan) -> Sequence[Refusal]:
    """Give the warnings about a report that may be transmitted: characters that paper cannot show."""
    report = plan.report
    if report is None or report.transmitted_at:
        return ()
    internship = report.form.internship or Internship()
    texts = {
        ("form", "objective"): report.form.objective,
        ("form", "content"): report.form.content,
        ("form", "internship", "companyName"): internship.company_name,
        ("form", "internship", "place"): internship.place,
        None: f"{plan.job_seeker.last_name} {plan.job_seeker.first_name} {plan.title}",
    }
    return tuple(_unprintable(lost, path) for path, text in texts.items() if (lost := unprintable(text or "")))


def _unprintable(lost: str, path: tuple[str, ...] | None) -> Refusal:
    named = ", ".join(lost[:_LETTERS_NAMED]) + (" …" if len(lost) > _LETTERS_NAMED else "")
    message = f"Le PDF ne peut pas montrer tous les caractères ; {MISSING} y prendra la place de : {named}."
    return Refusal(code=RefusalCode.UNPRINTABLE, message=message, path=path)


def form_of(services: Services, plan: Plan, *, read: bool) -> Form:
    """Return the answers of a plan's report, none where there is none; `read` where some are about to be given."""
    if services.visit is not None and read:
        services.visit.gives(plan)
    return plan.report.form if plan.report else Form()


async def prefilled_form(lookup: Lookup, plan: Plan) -> Form:
    """Return the form as it opens."""
    return plan.prefilled_form(await lookup(plan.prefilled_codes()))


async def entries(services: Services, codes: Iterable[Code]) -> dict[Code, ListedEntry]:
    """Return the entries of codes."""
    return await services.nomenclatures.lookup(codes)


def report_link(services: Services, viewer: Viewer, plan: Plan, *, now: datetime) -> Link:
    """Make the link to the PDF of a plan's report."""
    thing: dict[str, object] = {"plan": plan.id}
    if plan.report and plan.report.transmitted_at:
        thing["version"] = plan.report.version
    return services.links.make(REPORTS, viewer, thing, ADDRESS_ENDS, now=now)


def file_name(plan: Plan) -> str:
    """Name a PDF after its report, without anything of a person's file but their name."""
    report = plan.report
    state = "brouillon-" if report is None or not report.transmitted_at else "corrige-" if report.correction else ""
    name = folded_words(f"{plan.job_seeker.last_name} {plan.job_seeker.first_name}")
    plain = re.sub(r"[^a-z0-9]+", "-", name).strip("-") or "stagiaire"
    return f"bilan-{state}{plain[:60]}-{plan.last_day.isoformat()}.pdf"


async def reported_plan(services: Services, viewer: Viewer, thing: dict[str, Any], *, now: datetime) -> Plan | None:
    """Return the plan, with the report that a link leads to, as its viewer may see it now; None for no such."""
    if "preview" in thing:
        plan = await services.papers.preview(viewer, thing["preview"], now=now)
        if plan and services.visit:
            services.visit.saw(Seen.of(plan))
    else:
        plan = await services.plans.find_reported(viewer, thing["plan"])
        if plan and "version" in thing:
            plan = plan.as_of(thing["version"])
    return plan if plan and plan.report else None


async def printed_report(
    services: Services, viewer: Viewer, thing: dict[str, Any], known: str, *, now: datetime
) -> Paper | None:
    """Return what a link leads to, as its viewer may see it now; None when it is no more to be seen.

    A paper whose hash is among the `known` (a list as HTTP has it) comes without its content.
    """
    plan = await reported_plan(services, viewer, thing, now=now)
    if plan is None or plan.report is None:
        return None
    if services.visit:
        services.visit.gives(plan)
    shown, sha256 = plan.as_reported(), plan.report.sha256
    if sha256 and sha256 in known:
        return Paper(b"", file_name(shown), sha256)
    if sha256 and (kept := await services.papers.content(sha256)):
        return Paper(kept, file_name(shown), sha256)
    return Paper((await print_report(services, viewer.account, plan)).content, file_name(shown), None)
