"""Checks the fields of a plan against each other: impossible combinations, and odd ones that do no harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.facts import NEVER_CAME
from domain.lists import PACKAGED
from domain.nomenclature import NomenclatureName
from feeds.outcome import Remark, shown
from feeds.shapes import is_identifier, is_siret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feeds.plan_line import FundingLine, PlanLine, SessionLine

_COMMON = frozenset({"AIF", "AFC", "POEC", "POEC_OPCA", "POEI", "POEI_MONO", "AFPR", "41C", "41N", "CR"})
SCHEMES = _COMMON | {"AGEFIPH", "Autres_AFC", "AUTRES", "BEN", "ETAT", "FOAD", "OPCA"}
"""The dispositifs that occur in the employment service's trainee export. No published list was found: others come."""

_CODES = {name: frozenset(entry.code for entry in entries) for name, entries in PACKAGED.items()}
_TEACHING_MODES = _CODES[NomenclatureName.TEACHING_MODE]
_EXIT_LEVELS = _CODES[NomenclatureName.EXIT_LEVEL]
_EXIT_REASONS = _CODES[NomenclatureName.EXIT_REASON]


def impossibilities(fields: PlanLine) -> Iterator[Remark]:
    """Give the reasons to reject a plan: days out of order, an exit before the first day, no title.

    For a person who never came (NON_PRESENTE) an exit before the first day is right: there was no day of presence.
    """
    if fields["ends_on"] < fields["starts_on"]:
        yield Remark("endsOn", str(fields["ends_on"]), "the plan ends before it starts")
    session = fields.get("session")
    if session is None:
        if not fields.get("own_title"):
            yield Remark("title", "", "a plan without a session needs a title of its own")
    elif session["ends_on"] < session["starts_on"]:
        yield Remark("session.endsOn", str(session["ends_on"]), "the session ends before it starts")
    exit_ = fields.get("announced_exit")
    if exit_ and exit_["last_day"] < fields["starts_on"] and exit_.get("reason_code") != NEVER_CAME:
        yield Remark("exit.lastDay", str(exit_["last_day"]), "the trainee left before the plan starts")


def flags(fields: PlanLine) -> Iterator[Remark]:
    """Give the remarks on what is odd in a plan; it is kept as it came, and its report can be written."""
    siret = fields["organization"]["siret"]
    if not is_siret(siret):
        yield Remark("organization.siret", shown(siret), "not a valid SIRET: kept as it is")
    if not is_identifier(fields["job_seeker"]["identifier"]):
        yield Remark("jobSeeker.identifier", "", "not shaped as a N° DE: kept as it is")
    yield from _scheme("funding.scheme", fields["funding"])
    session = fields.get("session")
    if session:
        yield from _session(session)
    exit_ = fields.get("announced_exit")
    if exit_:
        if exit_["last_day"] > fields["ends_on"]:
            yield Remark("exit.lastDay", str(exit_["last_day"]), "after the plan's end, which counts instead")
        yield from _code("exit.reasonCode", exit_.get("reason_code"), _EXIT_REASONS, show=False)


def _session(session: SessionLine) -> Iterator[Remark]:
    funding = session.get("funding")
    if funding:
        yield from _scheme("session.funding.scheme", funding)
    yield from _code("session.teachingModeCode", session.get("teaching_mode_code"), _TEACHING_MODES)
    yield from _code("session.exitLevelCode", session.get("exit_level_code"), _EXIT_LEVELS)


def _scheme(where: str, funding: FundingLine) -> Iterator[Remark]:
    if funding["scheme"] not in SCHEMES:
        yield Remark(where, shown(funding["scheme"]), "unknown dispositif: kept as it is, OTHER in the API")


def _code(where: str, code: str | None, known: frozenset[str], *, show: bool = True) -> Iterator[Remark]:
    if code is not None and code not in known:
        yield Remark(where, shown(code) if show else "", "unknown code: kept as it is")
