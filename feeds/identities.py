"""The correspondence of identifiers: for each job seeker, the former N° DE and the present one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.identities import Correspondence
from feeds.outcome import Outcome, Rejected
from feeds.remarks import Remarks
from feeds.shapes import is_identifier
from feeds.tables import Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feeds.sources import Source

FORMER, CURRENT = "ancien identifiant", "nouvel identifiant"
_PERSONAL = frozenset({FORMER, CURRENT})


def read_identities(source: Source) -> Iterator[Outcome[Correspondence]]:
    """Read the rows one by one. Raises NotThisFormat, before the first row, where the header lacks one of the two."""
    table = Table(source, "the correspondence of identifiers", (FORMER, CURRENT), quoted=False)
    return (row if isinstance(row, Rejected) else read_identity(*row) for row in table.rows())


def read_identity(line: int, row: Row) -> Outcome[Correspondence]:
    """Read one row; a rejection names all its problems at once."""
    remarks = Remarks(personal=_PERSONAL)
    former, current = _identifier(FORMER, row, remarks), _identifier(CURRENT, row, remarks)
    if former is None or current is None:
        return remarks.outcome(line, None)
    if former == current:
        remarks.refuse(CURRENT, "", "the same as the one before")
    return remarks.outcome(line, Correspondence(former=former, current=current))


def _identifier(where: str, row: Row, remarks: Remarks) -> str | None:
    identifier = remarks.text(where, row[where], 32)
    if identifier is None:
        remarks.refuse(where, "", "required, and absent or blank")
    elif not is_identifier(identifier):
        remarks.flag(where, "", "not shaped as a N° DE: kept as it is")
    return identifier
