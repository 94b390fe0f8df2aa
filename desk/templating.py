"""The templates, and what they may say of days, numbers and people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from desk import french
from desk.forms import TOKEN_FIELD

if TYPE_CHECKING:
    from collections.abc import Mapping

_HERE = Path(__file__).parent / "templates"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["token_field"] = TOKEN_FIELD
    environment.filters |= {
        "day": french.day,
        "long_day": french.long_day,
        "clock": french.clock,
        "day_of": french.day_of,
        "instant": french.instant,
        "long_instant": french.long_instant,
        "number": french.number,
        "plural": french.plural,
        "days_before": french.days_between,
        "person": person,
    }
    return environment


def person(who: Mapping[str, Any]) -> str:
    """Name a job seeker as lists do: NOM Prénom."""
    return f"{who['lastName'].upper()} {who['firstName']}"


TEMPLATES = _environment()
"""Each is compiled when it is first shown, once for the process."""
