"""What the code on a paper tells its holder. This is the only question without a viewer, so it tells no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.verification import Transmission
from storage.outages import telling_outages
from storage.quota import HourlyRoom

if TYPE_CHECKING:
    from datetime import datetime

    from storage.client import Database, Document

_TOLD = ("verification", "transmitted_at", "sha256", "facts.organization")
_PROJECTION = {f"{place}.{field}": 1 for place in ("report", "earlier_reports") for field in _TOLD}


@telling_outages
class Verifications:
    """Transmissions by code. Each asker has `tries` an hour, for codes that exist and for others alike."""

    def __init__(self, database: Database, tries: int) -> None:
        self._plans = database["plans"]
        self._room = HourlyRoom(database, "verification_tries", tries)

    async def spend_try(self, asker: str, now: datetime) -> int:
        """Count a try; return 0, or after how many seconds the asker may try again."""
        return await self._room.spend(asker, 1, now)

    async def find(self, code: str) -> Transmission | None:
        """Return the transmission of a code. Nothing of the person or the course leaves the database."""
        found = await self._plans.find_one({"keys.codes": code}, _PROJECTION)
        if found is None:
            return None
        reports = [*found.get("earlier_reports", ()), found["report"]]
        rank = next(rank for rank, report in enumerate(reports) if report.get("verification") == code)
        return _transmission(*reports[rank : rank + 2])


def _transmission(report: Document, later: Document | None = None) -> Transmission:
    organization = report["facts"]["organization"]
    return Transmission(
        organization_name=organization["legal_name"],
        siret=organization["siret"],
        transmitted_at=report["transmitted_at"],
        replaced_at=later["transmitted_at"] if later else None,
        sha256=report["sha256"],
    )
