"""The accounts export: the training organizations that may sign in; pipe-separated, days written JJ/MM/AAAA."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from domain.account import Account, Succession
from feeds.outcome import Outcome, Rejected
from feeds.remarks import Remarks
from feeds.tables import Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feeds.sources import Source

COLUMNS = ("SIRET", "LIBELLE", "REGION", "Nouvelle région", "convention", "date début", "date fin")
"""The required columns. The contact's name, e-mail and phone are not read."""

FORMER, SINCE = "ancien siret", "date succession"
"""The optional columns of a declared change of SIRET: the former one, and the day of the change."""


def read_organizations(source: Source) -> Iterator[Outcome[Account]]:
    """Read the rows one by one. Raises NotThisFormat, before the first row, where the header lacks one of COLUMNS."""
    table = Table(source, "the accounts export", COLUMNS, quoted=False)
    return (row if isinstance(row, Rejected) else read_organization(*row) for row in table.rows())


def read_organization(line: int, row: Row) -> Outcome[Account]:
    """Read one row; a rejection names all its problems at once."""
    remarks = Remarks()
    siret = remarks.siret("SIRET", row["siret"])
    if siret is None:
        remarks.refuse("SIRET", row["siret"] or "", "required, to be signed in with")
    name = remarks.text("LIBELLE", row["libelle"], 250)
    if name is None:
        remarks.refuse("LIBELLE", "", "required, and absent or blank")
    if siret is None or name is None:
        return remarks.outcome(line, None)
    account = Account(
        siret=siret,
        legal_name=name,
        agreement=remarks.text("convention", row["convention"], 32),
        region=remarks.text("Nouvelle région", row["nouvelle région"], 64),
        former_region=remarks.text("REGION", row["region"], 64),
        starts_on=_day("date début", row["date début"], remarks),
        ends_on=_day("date fin", row["date fin"], remarks),
        succession=_succession(row, siret, remarks),
    )
    return remarks.outcome(line, account)


def _succession(row: Row, siret: str, remarks: Remarks) -> Succession | None:
    """Return the organization that this one replaced, and the day; None unless both are given."""
    former = remarks.siret(FORMER, row.get(FORMER))
    since = _day(SINCE, row.get(SINCE), remarks)
    if former is None and since is None:
        return None
    if former is None or since is None or former == siret:
        remarks.flag(FORMER, former or "", "a succession needs another SIRET and its day: passed over")
        return None
    return Succession(former_siret=former, since=since)


def _day(where: str, raw: str | None, remarks: Remarks) -> date | None:
    if raw is None:
        return None
    try:
        return datetime.strptime(raw, "%d/%m/%Y").replace(tzinfo=UTC).date()
    except ValueError:
        remarks.flag(where, raw, "not a day written JJ/MM/AAAA: dropped")
        return None
