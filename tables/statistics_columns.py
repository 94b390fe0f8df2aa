"""The rows and columns of the table of statistics: for all plans, by period, by course, by exit situation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.statistics import NO_FIGURES, Span, rate
from tables.columns import ExportedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from domain.statistics import Delays, Figures, SituationCount, Statistics, StatisticsFilter
    from tables.columns import Cell

ALL = "Ensemble"
COURSE = "Formation"
SITUATION = "Situation à la sortie"
EVERY_COURSE = "Toutes les formations"
_SPANS = {Span.MONTH: "Mois", Span.QUARTER: "Trimestre", Span.YEAR: "Année"}


@dataclass(frozen=True, slots=True)
class StatisticsRow:
    """A row: the figures of some plans, or an exit situation.

    `situation` is how many of the transmitted reports give that situation, and how many give any.
    """

    kind: str
    name: str | None = None
    first: date | None = None
    last: date | None = None
    figures: Figures = NO_FIGURES
    situation: tuple[int, int] | None = None


def statistics_rows(found: Statistics, wanted: StatisticsFilter) -> Iterator[StatisticsRow]:
    """Give the row of all plans, then one for each period, each course and each exit situation."""
    ends, situations = wanted.ends, found.total.situations
    yield StatisticsRow(ALL, wanted.course or EVERY_COURSE, ends.first, ends.last, found.total)
    for start, figures in found.periods:
        yield StatisticsRow(_SPANS[wanted.span], None, start, wanted.span.last_day(start), figures)
    for title, figures in found.courses:
        yield StatisticsRow(COURSE, title, ends.first, ends.last, figures)
    told = sum(each.reports for each in situations)
    yield from (_of_situation(each, told, wanted) for each in situations)


def _of_situation(counted: SituationCount, told: int, wanted: StatisticsFilter) -> StatisticsRow:
    ends = wanted.ends
    return StatisticsRow(SITUATION, counted.situation.label, ends.first, ends.last, situation=(counted.reports, told))


def _of_row(heading: str, width: int, cell: Callable[[StatisticsRow], Cell]) -> ExportedColumn[StatisticsRow]:
    return ExportedColumn(heading, width, lambda row, _: cell(row))


def _figure(heading: str, cell: Callable[[Figures], Cell]) -> ExportedColumn[StatisticsRow]:
    return _of_row(heading, 16, lambda row: None if row.situation else cell(row.figures))


def _delay(heading: str, cell: Callable[[Delays], Cell]) -> ExportedColumn[StatisticsRow]:
    return _figure(heading, lambda figures: cell(figures.delays) if figures.delays else None)


def _percent(part: int, whole: int) -> float | None:
    found = rate(part, whole)
    return None if found is None else round(found * 100, 2)


def _sent(row: StatisticsRow) -> int:
    return row.situation[0] if row.situation else row.figures.transmitted


STATISTICS_COLUMNS = (
    _of_row("Regroupement", 22, lambda row: row.kind),
    _of_row("Intitulé", 48, lambda row: row.name),
    _of_row("Fin de plan du", 16, lambda row: row.first),
    _of_row("Fin de plan au", 16, lambda row: row.last),
    _figure("Plans terminés", lambda figures: figures.plans),
    _figure("Bilans obligatoires", lambda figures: figures.required),
    _figure("Brouillons", lambda figures: figures.drafts),
    _of_row("Bilans transmis", 16, _sent),
    _figure("Taux de transmission (%)", lambda figures: _percent(figures.transmitted, figures.plans)),
    _figure("Obligatoires transmis", lambda figures: figures.required_transmitted),
    _figure("Taux des obligatoires (%)", lambda figures: _percent(figures.required_transmitted, figures.required)),
    _figure("Transmis à l'heure", lambda figures: figures.on_time),
    _figure("Transmis en retard", lambda figures: figures.late),
    _figure("En retard, pas transmis", lambda figures: figures.overdue),
    _delay("Délai médian (jours)", lambda delays: delays.median),
    _delay("9 sur 10 en (jours)", lambda delays: delays.p90),
    _delay("Délai moyen (jours)", lambda delays: round(delays.mean, 1)),
    _figure("Sorties anticipées", lambda figures: figures.early_exits),
    _figure("Abandons", lambda figures: figures.abandonments),
    _figure("Bilans certifiants", lambda figures: figures.certifying),
    _figure("Certifications obtenues", lambda figures: figures.obtained),
    _figure("Certifications non obtenues", lambda figures: figures.not_obtained),
    _figure(
        "Taux de certification (%)",
        lambda figures: _percent(figures.obtained, figures.obtained + figures.not_obtained),
    ),
    _of_row("Part des situations (%)", 16, lambda row: _percent(*row.situation) if row.situation else None),
)
