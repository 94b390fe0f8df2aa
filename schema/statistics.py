"""What became of an organization's plans, in figures."""

from datetime import date
from typing import Annotated, Self

import strawberry

from domain import statistics as domain
from domain.listed import TableFormat
from domain.statistics import Span, StatisticsFilter
from resolvers import statistics
from resolvers.statistics_table import statistics_link
from schema.connections import TableDocument
from schema.context import Info
from schema.enums import ExportFormat, StatisticsPeriod
from schema.list_arguments import PlanEnds
from schema.node import STATISTICS, shown
from schema.shared import NomenclatureEntry, days

Course = Annotated[str | None, strawberry.argument(description="Only plans of this course, by its whole title.")]
By = Annotated[StatisticsPeriod, strawberry.argument(description="How long the periods are.")]


@strawberry.type(description="Délai de transmission: days from a plan's last day to its report's transmission.")
class TransmissionDelay:
    reports: int = shown("How many transmitted reports that is said of.")
    median_days: int = shown("Médiane, by nearest rank; 1 is the first day on which a report may be entered.")
    p90_days: int = shown("Nine reports in ten took no longer (nearest rank).")
    mean_days: float = shown("Moyenne, to one decimal.")

    @classmethod
    def of(cls, delays: domain.Delays) -> Self:
        """Show delays."""
        return cls(
            reports=delays.reports, median_days=delays.median, p90_days=delays.p90, mean_days=round(delays.mean, 1)
        )


@strawberry.type(description="Obtention de la certification, as transmitted reports say.")
class CertificationFigures:
    reports: int = shown("Transmitted reports of certifying trainings (formations certifiantes).")
    obtained: int = shown("Certification obtained (diplôme obtenu).")
    not_obtained: int = shown("Not obtained; the others do not say, or not yet.")
    rate: float | None = shown("Obtained, of those that say whether, from 0 to 1; null when none does.")


@strawberry.type(description="A situation after the training.")
class ExitSituationCount:
    situation: NomenclatureEntry = shown("Situation à la sortie.")
    reports: int = shown("Transmitted reports that say so.")


@strawberry.type(
    description="Counts of plans that are over, of nobody in particular. Where they are small (fewer than ten or so) "
    "rates say little, and people may be recognized by those who know them: think before you publish."
)
class StatisticsFigures:
    figures: strawberry.Private[domain.Figures]
    plans: int = shown("Plans that are over (end, early exit or abandonment).")
    required_plans: int = shown("Those whose report is compulsory.")
    drafts: int = shown("Reports saved as drafts.")
    transmitted: int = shown("Reports transmitted.")
    required_transmitted: int = shown("Compulsory reports transmitted.")
    required_on_time: int = shown("Compulsory reports transmitted on time (à l'heure): before they were late.")
    required_late: int = shown("Compulsory reports transmitted late (en retard): after `lateAfterDays`.")
    required_overdue: int = shown("Compulsory reports that are late and not transmitted yet, drafts included.")
    early_exits: int = shown("Plans that an early exit ended (sortie anticipée).")
    abandonments: int = shown("Plans that were abandoned (abandon).")

    @classmethod
    def of(cls, figures: domain.Figures) -> Self:
        """Show figures."""
        return cls(
            figures=figures,
            plans=figures.plans,
            required_plans=figures.required,
            drafts=figures.drafts,
            transmitted=figures.transmitted,
            required_transmitted=figures.required_transmitted,
            required_on_time=figures.on_time,
            required_late=figures.late,
            required_overdue=figures.overdue,
            early_exits=figures.early_exits,
            abandonments=figures.abandonments,
        )

    @shown("Taux de transmission: reports transmitted, of all plans, from 0 to 1; null without plans.")
    def transmission_rate(self) -> float | None:
        return domain.rate(self.transmitted, self.plans)

    @shown("The same of the compulsory reports alone.")
    def required_transmission_rate(self) -> float | None:
        return domain.rate(self.required_transmitted, self.required_plans)

    @shown("How long the transmitted reports took; null when there is none.")
    def transmission_delay(self) -> TransmissionDelay | None:
        return TransmissionDelay.of(self.figures.delays) if self.figures.delays else None

    @shown("What the transmitted reports say of certification.")
    def certification(self) -> CertificationFigures:
        obtained, not_obtained = self.figures.obtained, self.figures.not_obtained
        return CertificationFigures(
            reports=self.figures.certifying,
            obtained=obtained,
            not_obtained=not_obtained,
            rate=domain.rate(obtained, obtained + not_obtained),
        )

    @shown("What the transmitted reports say of the situation after the training, most frequent first.")
    def exit_situations(self) -> list[ExitSituationCount]:
        return [
            ExitSituationCount(
                situation=NomenclatureEntry(code=each.situation.code, label=each.situation.label),
                reports=each.reports,
            )
            for each in self.figures.situations
        ]


@strawberry.type(description="The figures of a course.")
class CourseStatistics:
    title: str = shown("Intitulé, by which its sessions are held together.")
    figures: StatisticsFigures = shown("Of its plans.")


@strawberry.type(description="The figures of a period.")
class PeriodStatistics:
    starts_on: date = shown("First day.")
    ends_on: date = shown("Last day.")
    figures: StatisticsFigures = shown("Of the plans that ended in it.")


@strawberry.type(description="What became of the plans of an organization: what a quality audit asks (Qualiopi).")
class Statistics:
    wanted: strawberry.Private[StatisticsFilter]
    as_of: date = shown("The day for which the figures hold: plans that were over the day before.")
    total: StatisticsFigures = shown("All of them together.")
    courses: list[CourseStatistics] = shown(
        "By course (intitulé), those with most plans first: the first hundred; another is asked for by `course`."
    )
    periods: list[PeriodStatistics] = shown("By the period in which the plans ended, in order: the latest 120.")

    @shown(
        "The same figures as a table (exporter ces chiffres): a line for all plans, for each period, each course and "
        "each situation, with the filters. Nobody is in it. They are counted anew when the link is opened."
    )
    def export(
        self,
        info: Info,
        format: Annotated[ExportFormat, strawberry.argument(description="What for.")],  # noqa: A002
    ) -> TableDocument | None:
        context, table = info.context, TableFormat[format.name]
        link, name = statistics_link(context.services, context.viewer, self.wanted, table, now=context.now)
        return TableDocument(url=link.url, expires_at=link.expires_at, file_name=name)

    @classmethod
    def of(cls, found: domain.Statistics, wanted: StatisticsFilter, today: date) -> Self:
        """Show statistics."""
        return cls(
            wanted=wanted,
            as_of=today,
            total=StatisticsFigures.of(found.total),
            courses=[
                CourseStatistics(title=title, figures=StatisticsFigures.of(each)) for title, each in found.courses
            ],
            periods=[
                PeriodStatistics(
                    starts_on=start, ends_on=wanted.span.last_day(start), figures=StatisticsFigures.of(each)
                )
                for start, each in found.periods
            ],
        )


@strawberry.type(description="What an organization may ask of its own work.")
class StatisticsQuery:
    @shown(
        "What became of the plans of the viewer's organization that are over: transmission of their reports, "
        "certification, situation after the training; by course and by period. null for anyone else.",
        points=STATISTICS,
    )
    async def statistics(
        self,
        info: Info,
        plan_ends_on: PlanEnds = None,
        course: Course = None,
        by: By = StatisticsPeriod.MONTH,
    ) -> Statistics | None:
        context, today = info.context, info.context.today
        late_after = context.services.late_after_days
        wanted = StatisticsFilter(days(plan_ends_on), course, Span[by.name], late_after)
        found = await statistics.statistics(context.services, context.viewer, wanted, today=today)
        return Statistics.of(found, wanted, today) if found else None
