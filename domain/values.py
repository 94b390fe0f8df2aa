"""The base of every value of the domain, and the way days are kept."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer


class Value(BaseModel):
    """Frozen: a change is a new value."""

    model_config = ConfigDict(frozen=True, extra="ignore")


Hours = int | float
"""Hours, whole or in halves."""

Day = Annotated[date, PlainSerializer(date.isoformat, return_type=str)]
"""A calendar day in Europe/Paris, dumped as `YYYY-MM-DD` so that days sort as text."""
