"""The advisers feed: one row for each job seeker and adviser, with the first day, in delimited text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from domain.people import Adviser, Following
from feeds.outcome import Outcome, Rejected
from feeds.remarks import Remarks
from feeds.shapes import is_identifier
from feeds.tables import Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feeds.sources import Source

COLUMNS = ("identifiant", "conseiller", "agence", "depuis")
"""The required columns: N° DE, the adviser's own identifier, the agency, the first day (YYYY-MM-DD or JJ/MM/AAAA)."""

NAME = "nom conseiller"
"""The column of the adviser's name. It is optional: without a name, the adviser's identifier is shown."""

PERSONAL = frozenset({"identifiant", NAME})
_DAYS = ("%Y-%m-%d", "%d/%m/%Y")


def read_advisers(source: Source) -> Iterator[Outcome[Following]]:
    """Read the rows one by one. Raises NotThisFormat, before the first row, where the header lacks one of COLUMNS."""
    table = Table(source, "the advisers feed", COLUMNS, quoted=True)
    return (row if isinstance(row, Rejected) else read_following(*row) for row in table.rows())


def read_following(line: int, row: Row) -> Outcome[Following]:
    """Read one row; a rejection names all its problems at once."""
    remarks = Remarks(personal=PERSONAL)
    identifier = remarks.code_text("identifiant", row["identifiant"], 32)
    adviser_id = remarks.code_text("conseiller", row["conseiller"], 64)
    agency = remarks.text("agence", row["agence"], 250)
    for where, found in (("identifiant", identifier), ("conseiller", adviser_id), ("agence", agency)):
        if found is None:
            remarks.refuse(where, "", "required, and absent or blank")
    since = _day(row["depuis"] or "", remarks)
    if not (identifier and adviser_id and agency and since):
        return remarks.outcome(line, None)
    if not is_identifier(identifier):
        remarks.flag("identifiant", "", "not shaped as a N° DE: kept as it is")
    name = remarks.text(NAME, row.get(NAME), 250) or adviser_id
    adviser = Adviser(id=adviser_id, name=name, agency=agency)
    return remarks.outcome(line, Following(identifier=identifier, adviser=adviser, since=since))


def _day(raw: str, remarks: Remarks) -> date | None:
    for written in _DAYS:
        try:
            return datetime.strptime(raw, written).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    remarks.refuse("depuis", raw, "not a day written AAAA-MM-JJ or JJ/MM/AAAA")
    return None
