"""What a column of a table is, and the columns that several lists share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, and the schema's order by which the table can be sorted, if there is one.

    A column without `key` holds the actions of a row; its heading is for screen readers alone.
    """

    key: str
    label: str
    field: str | None = None
    numeric: bool = False


ACTION = Column("", "Action")

# The columns of lists of plans; their orders are values of the schema's TrainingPlanOrderField.
PERSON = (Column("numero", "N° DE", "IDENTIFIER"), Column("nom", "Nom – Prénom", "NAME"))
PERIOD = Column("fin", "Période", "LAST_DAY")
FUNDING = Column("financement", "Financement", "FUNDING")
