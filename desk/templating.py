"""The templates, and their filters for days, numbers and people."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension

from desk import french
from desk.forms import TOKEN_FIELD
from desk.french import NO_BREAK

if TYPE_CHECKING:
    from collections.abc import Mapping

_CODE = re.compile(r"(\{[{%#].*?[}%#]\})", re.DOTALL)
_SIGNS = re.compile(r"(?<=\w) (?=[:;?!»])|(?<=«) ")
_WRITTEN = re.compile(r"""\b(href|action|src)="/""")
_PUT_IN = re.compile(r"""\b(href|action|src)="\{\{ (.*?) \}\}""")
_HERE = Path(__file__).parent / "templates"


class OurWays(Extension):
    """Changes templates before they are compiled.

    Each path in `href`, `action` or `src` gets the path of the public address in front. The space that French
    typography has before `: ; ? ! »` and after `«` becomes one at which no line breaks.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja's
        """Return the changed source of a template."""
        spaced = "".join(part if part.startswith("{") else _SIGNS.sub(NO_BREAK, part) for part in _CODE.split(source))
        written = _WRITTEN.sub(r'\1="{{ base_path }}/', spaced)
        return _PUT_IN.sub(_under, written)


def _under(found: re.Match[str]) -> str:
    if "base_path" in found[0]:
        return found[0]
    return f'{found[1]}="{{{{ ({found[2]})|under(base_path) }}}}'


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=[OurWays],
    )
    environment.globals["token_field"] = TOKEN_FIELD
    environment.filters |= {
        "day": french.day,
        "long_day": french.long_day,
        "clock": french.clock,
        "day_of": french.day_of,
        "instant": french.instant,
        "long_instant": french.long_instant,
        "long_day_of": french.long_day_of,
        "phone": french.phone,
        "number": french.number,
        "plural": french.plural,
        "kilobytes": french.kilobytes,
        "percent": french.percent,
        "twentieths": french.twentieths,
        "period": french.period,
        "apostrophes": french.apostrophes,
        "days_before": french.days_between,
        "person": person,
        "under": under,
    }
    return environment


def under(address: str, base_path: str) -> str:
    """Put `base_path` before a path; an address that is not a path (`https:…`, `#…`) stays as it is."""
    return f"{base_path}{address}" if address.startswith("/") else address


def person(who: Mapping[str, Any]) -> str:
    """Name a job seeker as lists do: NOM Prénom."""
    return f"{who['lastName'].upper()} {who['firstName']}"


TEMPLATES = _environment()
"""Jinja's environment; it compiles each template once a process, when the template is first rendered."""
