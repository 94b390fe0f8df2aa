"""Days and instants on the wire."""

import re
from datetime import date, datetime

import strawberry
from strawberry.types.scalar import ScalarDefinition

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _parse_day(value: object) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("A day is written YYYY-MM-DD.")
    return date.fromisoformat(value)


def _parse_instant(value: object) -> datetime:
    instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    if instant is None or instant.tzinfo is None:
        raise ValueError("An instant is written in ISO 8601 with its offset.")
    return instant


SCALARS: dict[object, ScalarDefinition] = {
    date: strawberry.scalar(
        name="Date", description="ISO 8601 day.", serialize=date.isoformat, parse_value=_parse_day
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="ISO 8601 instant with its offset.",
        serialize=datetime.isoformat,
        parse_value=_parse_instant,
    ),
}
