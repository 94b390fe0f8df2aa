"""Enumerations of the public schema; their values are those of the domain."""

from enum import Enum

import strawberry
from strawberry import enum_value


@strawberry.enum(description="What the viewer is.")
class Role(Enum):
    TRAINING_ORGANIZATION = enum_value(
        "TRAINING_ORGANIZATION", description="Staff of a training organization: writes its reports."
    )
    JOB_SEEKER = enum_value("JOB_SEEKER", description="A job seeker: reads their own transmitted reports.")
    ADVISER = enum_value(
        "ADVISER", description="An adviser of the employment service: reads those of the job seekers they follow."
    )
    NOTIFIER = enum_value(
        "NOTIFIER", description="A program that tells recipients that a report was transmitted: it reads nothing."
    )


@strawberry.enum(description="How the training is paid for (dispositif).")
class FundingScheme(Enum):
    AIF = enum_value("AIF", description="Aide individuelle à la formation.")
    AFC = enum_value("AFC", description="Action de formation conventionnée.")
    POEC = enum_value("POEC", description="Préparation opérationnelle à l'emploi collective.")
    OTHER = enum_value("OTHER", description="Any other.")


@strawberry.enum(description="How a trainee left before the end.")
class PlanExitKind(Enum):
    EARLY_EXIT = enum_value("EARLY_EXIT", description="Sortie anticipée.")
    ABANDONMENT = enum_value("ABANDONMENT", description="Abandon.")


@strawberry.enum(description="Where a plan's report stands.")
class ReportStatus(Enum):
    NOT_OPEN = enum_value("NOT_OPEN", description="The plan is not over yet.")
    TO_ENTER = enum_value("TO_ENTER", description="À saisir.")
    DRAFT = enum_value("DRAFT", description="Brouillon.")
    TRANSMITTED = enum_value("TRANSMITTED", description="Transmis.")


@strawberry.enum(description="The coded lists (nomenclatures) of the form, of exits, of absences and of corrections.")
class NomenclatureName(Enum):
    TEACHING_MODE = enum_value("TEACHING_MODE", description="Modalités d'enseignement.")
    EXIT_LEVEL = enum_value("EXIT_LEVEL", description="Niveaux de sortie.")
    EXIT_SITUATION = enum_value("EXIT_SITUATION", description="Situations à la sortie de formation.")
    CERTIFICATION = enum_value("CERTIFICATION", description="Certifications (RNCP, RS, Certif Info).")
    FORMACODE = enum_value("FORMACODE", description="Formacode: domains of training.")
    ROME = enum_value("ROME", description="ROME: occupations.")
    EXIT_REASON = enum_value("EXIT_REASON", description="Motifs de sortie anticipée ou d'abandon.")
    ABSENCE_REASON = enum_value("ABSENCE_REASON", description="Motifs d'absence.")
    CORRECTION_REASON = enum_value("CORRECTION_REASON", description="Motifs de correction d'un bilan transmis.")


@strawberry.enum(description="Why an act was refused.")
class UserErrorCode(Enum):
    NOT_FOUND = enum_value("NOT_FOUND", description="It does not exist, or may not be seen.")
    NOT_ALLOWED = enum_value("NOT_ALLOWED", description="It may be seen, but not changed by the viewer.")
    REQUIRED = enum_value("REQUIRED", description="An answer is missing.")
    INVALID = enum_value("INVALID", description="An answer will not do.")
    UNKNOWN_CODE = enum_value("UNKNOWN_CODE", description="A code that its list does not offer.")
    NOT_OPEN = enum_value("NOT_OPEN", description="The plan is not over yet.")
    ALREADY_TRANSMITTED = enum_value("ALREADY_TRANSMITTED", description="A transmitted report does not change.")
    STALE_VERSION = enum_value("STALE_VERSION", description="Somebody saved in between: read again.")
    UNPRINTABLE = enum_value(
        "UNPRINTABLE", description="Characters that the PDF cannot show: a warning, which stops nothing."
    )


@strawberry.enum(description="Which way a list is sorted.")
class OrderDirection(Enum):
    ASC = enum_value("ASC", description="Smallest, earliest or first of the alphabet first.")
    DESC = enum_value("DESC", description="Largest, latest or last of the alphabet first.")


@strawberry.enum(description="What sessions are sorted by.")
class TrainingSessionOrderField(Enum):
    STARTS_ON = enum_value("STARTS_ON", description="First day.")
    ENDS_ON = enum_value("ENDS_ON", description="Last day.")
    TITLE = enum_value("TITLE", description="Title, without case or accents.")
    CITY = enum_value("CITY", description="Town, without case or accents.")
    CARIF_NUMBER = enum_value("CARIF_NUMBER", description="N° CARIF.")
    FUNDING = enum_value("FUNDING", description="Financement, as it is shown.")


@strawberry.enum(description="What plans are sorted by.")
class TrainingPlanOrderField(Enum):
    LAST_DAY = enum_value("LAST_DAY", description="Last day, early exit and abandonment included, then name.")
    NAME = enum_value("NAME", description="Nom, then prénom, without case or accents.")
    STARTS_ON = enum_value("STARTS_ON", description="First day.")
    IDENTIFIER = enum_value("IDENTIFIER", description="N° DE.")
    FUNDING = enum_value("FUNDING", description="Financement, as it is shown.")


@strawberry.enum(description="What a table is written as.")
class ExportFormat(Enum):
    CSV = enum_value(
        "csv", description="CSV that a French spreadsheet opens as it is: UTF-8 with its mark, `;`, JJ/MM/AAAA."
    )
    XLSX = enum_value("xlsx", description="A workbook (Excel, LibreOffice), with typed cells.")


@strawberry.enum(description="How long the periods of the statistics are.")
class StatisticsPeriod(Enum):
    MONTH = enum_value("month", description="Mois.")
    QUARTER = enum_value("quarter", description="Trimestre.")
    YEAR = enum_value("year", description="Année.")
