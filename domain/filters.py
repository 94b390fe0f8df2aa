"""What the lists of the desk can be narrowed to, and in which order sessions come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.pages import ANY_DAY, Days


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """Plans to enter. `ends` bears on the last day, early exit and abandonment included."""

    session_id: str | None = None
    funded: bool | None = None
    referenced: bool | None = None
    ends: Days = ANY_DAY
    search: str | None = None


class SessionOrder(StrEnum):
    """What sessions are sorted by."""

    STARTS_ON = "starts_on"
    ENDS_ON = "ends_on"
    TITLE = "title"
    CITY = "city"


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Sessions that have a plan to enter which passes `funded` and `ends`."""

    funded: bool | None = None
    ends: Days = ANY_DAY
    search: str | None = None
    order: SessionOrder = SessionOrder.STARTS_ON
    descending: bool = False
