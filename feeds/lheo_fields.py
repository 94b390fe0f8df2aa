"""Reads the fields of a course, an action and an organization of LHEO, under the names that a session gives them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.facts import Funding
from domain.lists import PACKAGED
from domain.nomenclature import UNKNOWN_LABEL, Entry, NomenclatureName
from domain.people import Address, Organization
from feeds.certification_codes import CERTIFINFO, RNCP, RS, certification_code
from feeds.lheo_shape import EMPLOYMENT_SERVICE, FUNDERS
from feeds.remarks import NOTHING
from feeds.shapes import FIRST_DAY, LAST_DAY, MAX_HOURS
from feeds.xml_tree import Element

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feeds.remarks import Remarks

_TEACHING_MODES = frozenset(entry.code for entry in PACKAGED[NomenclatureName.TEACHING_MODE])
_EXIT_LEVELS = frozenset(entry.code for entry in PACKAGED[NomenclatureName.EXIT_LEVEL])
_FORMACODE = re.compile(r"\d{5}\Z", re.ASCII)
_ROME = re.compile(r"[A-Z]\d{4}\Z", re.ASCII)
_DAY = re.compile(r"\d{8}\Z", re.ASCII)
_WITHOUT_YEAR = ("0000", "9999")
_REGISTERS = {"code-RNCP": RNCP, "code-RS": RS, "code-CERTIFINFO": CERTIFINFO}
_HOURS = re.compile(r"(\d{1,5})(?:[.,]0+)?\Z", re.ASCII)
_YES_OR_NO = {"1": True, "0": False, "oui": True, "non": False, "true": True, "false": False}
_NOTHING = Element(0, {})


def course(formation: Element, remarks: Remarks) -> dict[str, Any]:
    """Return the fields that all sessions of a course share; a course without a title is refused."""
    title = _text(formation, remarks, 255, "intitule-formation")
    if title is None:
        remarks.refuse("intitule-formation", "", "a course needs a title")
    domains = formation.at("domaine-formation") or _NOTHING
    return {
        "title": title,
        "objective": remarks.long_text("objectif-formation", _raw(formation, "objectif-formation"), 3000),
        "content": remarks.long_text("contenu-formation", _raw(formation, "contenu-formation"), 3000),
        "certifying": _YES_OR_NO.get(_raw(formation, "certifiante").strip().lower()),
        "certification": _certification(formation.all("certification"), remarks),
        "exit_level_code": remarks.code("code-niveau-sortie", _raw(formation, "code-niveau-sortie"), _EXIT_LEVELS),
        "formacode": _principal(domains, "code-FORMACODE", _FORMACODE, remarks),
        "rome": _principal(domains, "code-ROME", _ROME, remarks),
    }


def action(node: Element, remarks: Remarks) -> dict[str, Any]:
    """Return the fields that all sessions of an action share."""
    mode = _raw(node, "modalites-enseignement")
    return {
        "teaching_mode_code": remarks.code("modalites-enseignement", mode, _TEACHING_MODES),
        "city": _text(node, remarks, 50, "lieu-de-formation", "coordonnees", "adresse", "ville"),
        "duration_hours": _hours(node, remarks),
        "funding": _funding(_raw(funder, "code-financeur").strip() for funder in node.all("organisme-financeur")),
    }


def organization(node: Element | None, remarks: Remarks) -> Organization | None:
    """Return the organization responsible for the course; None where its SIRET, its name or its city is missing."""
    if node is None:
        return None
    siret = remarks.siret("SIRET", _raw(node, "SIRET-organisme-formation", "SIRET"))
    name = _text(node, remarks, 250, "raison-sociale") or _text(node, remarks, 250, "nom-organisme")
    contact = node.at("coordonnees-organisme", "coordonnees") or _NOTHING
    address = contact.at("adresse") or _NOTHING
    city = _text(address, remarks, 50, "ville")
    if not (siret and name and city):
        remarks.flag("organisme-formation-responsable", "", "without SIRET, name and city: passed over")
        return None
    lines = [remarks.text("ligne", line.text, 50) for line in address.all("ligne")]
    return Organization(
        siret=siret,
        legal_name=name,
        address=Address(
            street=", ".join(filter(None, lines)) or None,
            postal_code=_text(address, remarks, 5, "codepostal"),
            city=city,
        ),
        phone=_text(contact, remarks, 25, "telfixe", "numtel"),
    )


def day(session: Element, name: str, unknown: date, remarks: Remarks) -> date | None:
    """Return a day of the session's period, written YYYYMMDD; `unknown` where it is open, not known or not given.

    YYYYMM00 is a month and YYYY0000 a year: a start is its first day, an end its last. A year 0000 means not known,
    9999 an open end, whatever month and day follow.
    """
    raw = _raw(session, "periode", name).strip()
    if raw in NOTHING or (_DAY.match(raw) and raw.startswith(_WITHOUT_YEAR)):
        remarks.flag(f"periode/{name}", raw, f"no day: kept as {unknown}")
        return unknown
    found = _written_day(raw, last=unknown is LAST_DAY) if _DAY.match(raw) else None
    if found is None or not FIRST_DAY <= found <= LAST_DAY:
        remarks.refuse(f"periode/{name}", raw, "not a day written YYYYMMDD, between 1900 and 2999")
        return None
    if raw.endswith("00"):
        remarks.flag(f"periode/{name}", raw, f"no day of the month: kept as {found}")
    return found


def _written_day(raw: str, *, last: bool) -> date | None:
    year, month, of_month = int(raw[:4]), int(raw[4:6]), int(raw[6:])
    if not month and not of_month:
        month = 12 if last else 1
    try:
        return date(year, month, of_month or (monthrange(year, month)[1] if last else 1))
    except ValueError:
        return None


def _raw(node: Element, *path: str) -> str:
    found = node.at(*path)
    return found.text if found else ""


def _text(node: Element, remarks: Remarks, limit: int, *path: str) -> str | None:
    return remarks.text(path[-1], _raw(node, *path), limit)


def _principal(domains: Element, name: str, shape: re.Pattern[str], remarks: Remarks) -> Entry | None:
    """Return the code that is tagged principal; the first code where none is tagged so."""
    nodes = domains.all(name)
    tagged = [node for node in nodes if node.attributes.get("tag") == "principal"]
    for node in (tagged or nodes)[:1]:
        code = remarks.text(name, node.text, 32)
        if code and not shape.match(code):
            remarks.flag(name, code, "not shaped as a code of this list: kept as it is")
        return Entry(code=code, label=UNKNOWN_LABEL) if code else None
    return None


def _certification(nodes: list[Element], remarks: Remarks) -> Entry | None:
    """Return the certification of the course: of RNCP, else a block of RNCP, else of RS, else of Certif-Info."""
    found = []
    for node in nodes:
        for name, register in _REGISTERS.items():
            text = _raw(node, name)
            code = certification_code(text, register)
            if code.odd:
                remarks.flag(name, text, code.odd)
            if code.code:
                found.append(code)
    found.sort(key=lambda each: each.rank)
    if len({each.code for each in found if each.rank == found[0].rank}) > 1:
        remarks.flag("certification", str(found[0].code), "several certifications: the first is kept")
    return Entry(code=str(found[0].code), label=UNKNOWN_LABEL) if found else None


def _hours(node: Element, remarks: Remarks) -> int | None:
    """Return the total of hours; where it is not given, the sum of the hours in the centre and in the company.

    None where one of these cannot be read, as the sum would be too low.
    """
    for names in (("nombre-heures-total",), ("nombre-heures-centre", "nombre-heures-entreprise")):
        given = [_number(name, node, remarks) for name in names if _text(node, remarks, 32, name)]
        if given:
            hours = None if None in given else sum(filter(None, given))
            return hours if hours is None or hours <= MAX_HOURS else None
    return None


def _number(name: str, node: Element, remarks: Remarks) -> int | None:
    text = _text(node, remarks, 32, name) or ""
    written = _HOURS.match(text)
    if written is None:
        remarks.flag(name, text, "not a number of hours from 0 to 99999: dropped, and no hours are summed")
        return None
    return int(written[1])


def _funding(codes: Iterable[str]) -> Funding | None:
    """Return the funding. LHEO gives codes of funders and no dispositif: the funders' names are used in its place."""
    funders = list(dict.fromkeys(code for code in codes if code))
    if not funders:
        return None
    scheme = " ; ".join(FUNDERS.get(code, code[:32]) for code in funders)
    return Funding(scheme=scheme, employment_service_funded=EMPLOYMENT_SERVICE in funders)
