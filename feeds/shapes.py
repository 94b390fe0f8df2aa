"""The shapes of single values that several feeds share: days, texts with their LHEO lengths, SIRET, N° DE."""

import re
from datetime import date
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from stdnum.fr import siret as siret_number

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2999, 12, 31)
MAX_HOURS = 99_999
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_SIRET = re.compile(r"[0-9A-Za-z]{1,15}\Z")
_IDENTIFIER = re.compile(r"(?:\d{3})?\d{7}[0-9A-Za-z]\Z", re.ASCII)


def _day(value: object) -> date:
    if not isinstance(value, str) or not _DAY.match(value):
        message = "a day is written YYYY-MM-DD"
        raise ValueError(message)
    return date.fromisoformat(value)


@lru_cache(maxsize=65_536)
def siret_key(text: str) -> str | None:
    """Return a SIRET without its spaces; None where it is not 1 to 15 letters or digits, and so cannot be a key."""
    compact = siret_number.compact(text)
    return compact if _SIRET.match(compact) else None


def _siret(text: str) -> str:
    key = siret_key(text)
    if key is None or not key.strip("0"):
        message = "a SIRET has 14 digits; 1 to 15 letters or digits, not all zeros, can serve as a key"
        raise ValueError(message)
    return key


@lru_cache(maxsize=65_536)
def is_siret(text: str) -> bool:
    """Whether a text is a valid SIRET: 14 digits whose check digit is right (Luhn, or La Poste's own rule)."""
    return siret_number.is_valid(text) and bool(text.strip("0"))


def is_identifier(text: str) -> bool:
    """Whether a text is shaped as a N° DE: 7 digits and a letter or digit, sometimes 3 digits before."""
    return _IDENTIFIER.match(text) is not None


FeedDay = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY), BeforeValidator(_day)]
"""A day written `YYYY-MM-DD` (ISO 8601), from 1900 to 2999: any other year is a typing error."""

Siret = Annotated[str, StringConstraints(max_length=32), AfterValidator(_siret)]
"""A SIRET, without its spaces. A wrong check digit is flagged, not refused."""


Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=32)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=250)]
City = Annotated[str, StringConstraints(min_length=1, max_length=50)]
PostalCode = Annotated[str, StringConstraints(min_length=1, max_length=5)]
Phone = Annotated[str, StringConstraints(min_length=1, max_length=25)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=3000)]
Hours = Annotated[int, Field(ge=0, le=MAX_HOURS)]
