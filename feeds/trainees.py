"""The employment service's trainee export: pipe-separated, empty cells are `NULL`, lists `4;7`, days have a time."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from domain.calendar import paris_day
from domain.course import CourseKey
from domain.facts import Funding
from domain.people import UNKNOWN_CITY, Address, JobSeeker, Organization
from feeds.certification_codes import CERTIFINFO, certification_code
from feeds.lheo_shape import EMPLOYMENT_SERVICE
from feeds.outcome import Outcome, Rejected
from feeds.plan_checks import SCHEMES
from feeds.remarks import Remarks
from feeds.shapes import FIRST_DAY, LAST_DAY, is_identifier
from feeds.tables import Row, Table
from feeds.trainee import Trainee, plan_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feeds.sources import Source

COLUMNS = (
    "c_nomcorrespondance",
    "c_prenomcorrespondance",
    "c_individulocal",
    "dn_session_id",
    "dc_formation_id",
    "dc_lblformation",
    "dd_datedebutplanformation",
    "dd_datefinplanformation",
    "dc_cp_lieuformation",
    "dc_ville_lieuformation",
    "dc_siret",
    "dc_raisonsociale",
    "dc_lblorganisme",
    "dc_numeroicsession",
    "dc_numeroicaction",
    "liste_financeur",
    "c_dispositifformation",
)
"""The required columns. Of the others, only FORMACODE and CERTIFICATIONS are read: no e-mail and no phone."""

FORMACODE = "dc_formacode_ppal_id"
CERTIFICATIONS = tuple(f"dn_certifinfo_{number}_id" for number in range(1, 6))
"""Optional columns: FORMACODE has the principal Formacode, these the Certif-Info codes of the certifications."""

FUNDED = frozenset({"AIF", "AFC", "POEC", "POEC_OPCA"})
"""The dispositifs of the employment service's own programmes (domain rule); a plan may have other funders as well."""

PERSONAL = frozenset({"c_nomcorrespondance", "c_prenomcorrespondance", "c_individulocal"})
_FORMACODE = re.compile(r"\d{5}\Z", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T]\d\d:\d\d.*)?\Z", re.ASCII)
_INSTANT = re.compile(r"(.*?)\s?(Z|[+-]\d\d:?\d\d)\Z", re.ASCII)


def read_trainees(source: Source) -> Iterator[Outcome[Trainee]]:
    """Read the rows one by one. Raises NotThisFormat, before the first row, where the header lacks one of COLUMNS."""
    table = Table(source, "the trainee export", COLUMNS, quoted=False)
    return (row if isinstance(row, Rejected) else read_trainee(*row) for row in table.rows())


def read_trainee(line: int, row: Row) -> Outcome[Trainee]:
    """Read one row; a rejection names all its problems at once."""
    remarks = Remarks(personal=PERSONAL)
    starts_on = _day(row, "dd_datedebutplanformation", remarks)
    ends_on = _day(row, "dd_datefinplanformation", remarks)
    if starts_on and ends_on and ends_on < starts_on:
        remarks.refuse("dd_datefinplanformation", str(ends_on), "the plan ends before it starts")
    title = _required(row, "dc_lblformation", 255, remarks)
    job_seeker = _job_seeker(row, remarks)
    organization = _organization(row, remarks)
    funding = _funding(row, remarks)
    if not (starts_on and ends_on and title and job_seeker and organization):
        return remarks.outcome(line, None)
    trainee = Trainee(
        id=_id(row, job_seeker.identifier),
        starts_on=starts_on,
        ends_on=ends_on,
        title=title,
        carif_number=remarks.text("dc_formation_id", row["dc_formation_id"], 32),
        key=_key(row, remarks),
        funding=funding,
        job_seeker=job_seeker,
        organization=organization,
        formacode=_formacode(row, remarks),
        certification=_certification(row, remarks),
    )
    return remarks.outcome(line, trainee)


def _formacode(row: Row, remarks: Remarks) -> str | None:
    code = remarks.text(FORMACODE, row.get(FORMACODE), 32)
    if code and not _FORMACODE.match(code):
        remarks.flag(FORMACODE, code, "not shaped as a Formacode: dropped")
        return None
    return code


def _certification(row: Row, remarks: Remarks) -> str | None:
    """Return the first certification that the row names."""
    found: list[str] = []
    for column in CERTIFICATIONS:
        written = certification_code(row.get(column) or "", CERTIFINFO)
        if written.odd:
            remarks.flag(column, row.get(column) or "", written.odd)
        if written.code:
            found.append(written.code)
    if len(set(found)) > 1:
        remarks.flag(CERTIFICATIONS[0], found[0], "several certifications: the first is kept")
    return found[0] if found else None


def _required(row: Row, name: str, limit: int, remarks: Remarks) -> str | None:
    text = remarks.text(name, row[name], limit)
    if text is None:
        remarks.refuse(name, "", "required, and absent or blank")
    return text


def _day(row: Row, name: str, remarks: Remarks) -> date | None:
    raw = row[name] or ""
    written = _DAY.match(raw)
    try:
        day = _of_instant(raw) or date.fromisoformat(written[1]) if written else None
    except ValueError:
        day = None
    if day is None or day < FIRST_DAY:
        remarks.refuse(name, raw, "not a day written YYYY-MM-DD, with or without hours, after 1900")
        return None
    if day > LAST_DAY:
        remarks.flag(name, raw, f"an open end: kept as {LAST_DAY}")
    return min(day, LAST_DAY)


def _of_instant(raw: str) -> date | None:
    """Return the day in Paris of an instant with an offset (`…Z`, `…+02:00`); None for a time without offset."""
    instant = _INSTANT.match(raw)
    return paris_day(datetime.fromisoformat(f"{instant[1]}{instant[2]}")) if instant and ":" in instant[1] else None


def _job_seeker(row: Row, remarks: Remarks) -> JobSeeker | None:
    identifier = _required(row, "c_individulocal", 32, remarks)
    last_name = _required(row, "c_nomcorrespondance", 250, remarks)
    first_name = _required(row, "c_prenomcorrespondance", 250, remarks)
    if not (identifier and last_name and first_name):
        return None
    if not is_identifier(identifier):
        remarks.flag("c_individulocal", "", "not shaped as a N° DE: kept as it is")
    return JobSeeker(identifier=identifier, last_name=last_name, first_name=first_name)


def _organization(row: Row, remarks: Remarks) -> Organization | None:
    """Return the organization responsible; its address is the place of the training, as the export has no other."""
    siret = remarks.siret("dc_siret", row["dc_siret"])
    if siret is None:
        remarks.refuse("dc_siret", row["dc_siret"] or "", "no organization to write the report")
    name = remarks.text("dc_raisonsociale", row["dc_raisonsociale"], 250)
    name = name or _required(row, "dc_lblorganisme", 250, remarks)
    city = remarks.text("dc_ville_lieuformation", row["dc_ville_lieuformation"], 50)
    if city is None:
        remarks.flag("dc_ville_lieuformation", "", f"no city: kept as « {UNKNOWN_CITY} »")
    postal_code = remarks.text("dc_cp_lieuformation", row["dc_cp_lieuformation"], 5)
    if siret is None or name is None:
        return None
    return Organization(
        siret=siret, legal_name=name, address=Address(postal_code=postal_code, city=city or UNKNOWN_CITY)
    )


def _funding(row: Row, remarks: Remarks) -> Funding:
    scheme = remarks.text("c_dispositifformation", row["c_dispositifformation"], 64) or "AUTRES"
    if scheme not in SCHEMES:
        remarks.flag("c_dispositifformation", scheme, "unknown dispositif: kept as it is, OTHER in the API")
    funders = {code.strip() for code in (row["liste_financeur"] or "").split(";")}
    if funders == {""}:
        remarks.flag(
            "liste_financeur", "", "no funder: the dispositif alone says whether the employment service pays"
        )
    elif scheme in FUNDED and EMPLOYMENT_SERVICE not in funders:
        remarks.flag(
            "liste_financeur", row["liste_financeur"] or "", f"without the employment service, {scheme} counts"
        )
    return Funding(scheme=scheme, employment_service_funded=EMPLOYMENT_SERVICE in funders or scheme in FUNDED)


def _key(row: Row, remarks: Remarks) -> CourseKey | None:
    formation, action, session = (
        row[name] for name in ("dc_formation_id", "dc_numeroicaction", "dc_numeroicsession")
    )
    if formation and action and session:
        return CourseKey(formation=formation, action=action, session=session)
    remarks.flag("dc_numeroicsession", "", "without its Intercarif numbers: kept as a plan without session")
    return None


def _id(row: Row, identifier: str) -> str:
    numbers = (row[name] for name in ("dn_session_id", "dc_formation_id", "dc_numeroicaction", "dc_numeroicsession"))
    return plan_id(identifier, *numbers, row["c_dispositifformation"])
