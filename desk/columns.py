"""Columns of tables, and those that several lists have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what heads it, and the order of the schema by which it sorts, if it does.

    Without `key` it holds the actions of a row, and its head is for screen readers alone.
    """

    key: str
    label: str
    field: str | None = None
    numeric: bool = False


ACTION = Column("", "Action")

# Of lists of plans: their fields are those of the schema's TrainingPlanOrder.
PERSON = (Column("numero", "N° DE", "IDENTIFIER"), Column("nom", "Nom – Prénom", "NAME"))
PERIOD = Column("fin", "Période", "LAST_DAY")
FUNDING = Column("financement", "Financement", "FUNDING")
