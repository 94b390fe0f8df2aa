"""Saves the draft of a report, and says what became of it as a page can show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from desk.answers import Problem, answers_of, problems_of, same_answers, typed_of
from desk.stopping import Stopped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desk.answers import Answers, Typed
    from desk.visit import Visit


@dataclass(frozen=True, slots=True)
class Saved:
    """The draft as it stands now, and what is wrong with it.

    `problems` are about answers that could not be saved as typed or, with `refused`, say why nothing was saved.
    `all_problems` are these and the blockers of transmission. Nothing was saved either with `conflict` (somebody else
    saved other answers in between) and with `transmitted` (somebody else transmitted the report in between).
    """

    typed: Typed
    report: Mapping[str, Any] | None
    problems: Sequence[Problem] = ()
    all_problems: Sequence[Problem] = field(default_factory=list)
    refused: bool = False
    conflict: bool = False
    transmitted: bool = False


def asked_version(text: str) -> int | None:
    """Read the version of the draft that the page showed, from its hidden field; None where there was no draft."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - an Int


async def save(visit: Visit, plan: str, typed: Typed, version: int | None, problem: Problem | None = None) -> Saved:
    """Save the answers that can be saved, over the version that the page showed.

    It is no conflict where somebody else saved the very same answers. Raises Stopped: 404 for a plan that the person
    may not see, and otherwise as `Visit.ask` does.
    """
    answers = answers_of(typed)
    if problem:
        answers.problems.append(problem)
    payload = await _asked(visit, plan, answers, version)
    codes = {each["code"] for each in payload["userErrors"]}
    report = payload["report"]
    if "STALE_VERSION" in codes and report is None:  # somebody discarded the draft: the answers begin a new one
        payload = await _asked(visit, plan, answers, None)
        codes, report = {each["code"] for each in payload["userErrors"]}, payload["report"]
    if "NOT_FOUND" in codes:
        raise Stopped.absent()
    if "ALREADY_TRANSMITTED" in codes:
        return Saved(typed, report, answers.problems, transmitted=True)
    if "STALE_VERSION" in codes:
        stands = answers_of(typed_of(report["form"])).form if report else {}
        if not same_answers(stands, answers.form):
            return Saved(typed, report, answers.problems, conflict=True)
    elif codes:
        return Saved(typed, report, problems_of(payload["userErrors"], answers), refused=True)
    everything = problems_of(report["blockers"] if report else (), answers)
    own = {each.field for each in answers.problems}
    return Saved(typed, report, [each for each in everything if each.field in own], everything)


async def _asked(visit: Visit, plan: str, answers: Answers, version: int | None) -> dict[str, Any]:
    asked = {"trainingPlanId": plan, "form": answers.form, "expectedVersion": version}
    payload: dict[str, Any] = (await visit.ask("SaveReportDraft", input=asked))["saveReportDraft"]
    return payload
