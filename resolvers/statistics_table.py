"""Statistics as a table: a link to ask for them again, and what it leads to. No person is in it, and none is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.calendar import paris_day
from domain.errors import BadRequest
from domain.listed import TableFormat
from domain.statistics import AskedStatistics
from resolvers.exports import EXPORTS, MEDIA_TYPES, Export, pieces
from resolvers.statistics import statistics
from tables.comma import CommaTable
from tables.sheets import SheetTable
from tables.statistics_columns import STATISTICS_COLUMNS, StatisticsRow, statistics_rows

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from datetime import date, datetime

    from domain.access import Viewer
    from domain.link import Link
    from domain.statistics import StatisticsFilter
    from resolvers.services import Services

STATISTICS = "statistics"
LONGEST_COURSE = 300
_TITLE, _FILE = "Statistiques", "statistiques"


def statistics_link(
    services: Services, viewer: Viewer, wanted: StatisticsFilter, table: TableFormat, *, now: datetime
) -> tuple[Link, str]:
    """Make a link that asks for figures again, and name its file. BadRequest for a course too long to seal."""
    if len(wanted.course or "") > LONGEST_COURSE:
        raise BadRequest(f"Donnez un intitulé de {LONGEST_COURSE} caractères au plus pour exporter les chiffres.")
    asked = AskedStatistics(wanted=wanted).model_dump(mode="json")
    name = _file_name(table, paris_day(now))
    return services.links.make(EXPORTS, viewer, {"format": table.value, STATISTICS: asked}, name, now=now), name


def exported_statistics(services: Services, viewer: Viewer, thing: Mapping[str, object], *, now: datetime) -> Export:
    """Return what a link leads to: the figures as they are now. Its pieces raise Unavailable."""
    wanted = AskedStatistics.model_validate(thing[STATISTICS]).wanted
    kind, today = TableFormat(str(thing["format"])), paris_day(now)

    async def rows() -> AsyncGenerator[Sequence[StatisticsRow], None]:
        if found := await statistics(services, viewer, wanted, today=today):
            yield list(statistics_rows(found, wanted))

    def table() -> CommaTable[StatisticsRow] | SheetTable[StatisticsRow]:
        if kind is TableFormat.CSV:
            return CommaTable(STATISTICS_COLUMNS, today)
        return SheetTable(STATISTICS_COLUMNS, _TITLE, now=now, today=today)

    return Export(_file_name(kind, today), MEDIA_TYPES[kind], pieces(table, rows()))


def _file_name(table: TableFormat, today: date) -> str:
    return f"{_FILE}-{today.isoformat()}.{table.value}"
