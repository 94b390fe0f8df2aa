"""The Python module that a selection becomes: functions, and the constants they are bound to.

Nothing of a document enters the source but bound, or as a repr().
"""

from __future__ import annotations

import math
import zlib
from datetime import date, datetime
from itertools import count
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from engine.compiling.concrete_types import CAST, own_class, own_classes, resolver_of
from engine.running.evaluation import by_core, evaluate, gathered, guarded, items, result
from engine.running.fallback import FallBack, admission, fall_back
from engine.running.graphql_core import execute_field, fail, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from graphql import GraphQLSchema

    from engine.compiling.shapes import Abstract, SelectedField, Selection

RUNTIME = {
    "INFINITY": math.inf,
    "Coroutine": CoroutineType,
    "FallBack": FallBack,
    "by_core": by_core,
    "date": date,
    "datetime": datetime,
    "evaluate": evaluate,
    "execute_field": execute_field,
    "fail": fail,
    "fall_back": fall_back,
    "gathered": gathered,
    "guarded": guarded,
    "items": items,
    "result": result,
    "settle": settle,
}
"""What generated code calls."""
NAME = "compiled operation"
MODULES = count(1)
"""Each is a file of its own for tracebacks."""


class SourceLoader:
    """Keeps the text of a module where linecache finds it, which gives tracebacks their lines (PEP 302)."""

    def __init__(self, text: str) -> None:
        self._packed = zlib.compress(text.encode())

    def get_source(self, _name: str) -> str:
        """Return the text."""
        return zlib.decompress(self._packed).decode()


class GeneratedModule:
    """A module as it is written."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.lines: list[str] = []
        self._bound: dict[str, Any] = dict(RUNTIME)
        self._completions: list[tuple[SelectedField, str]] = []
        self._tables: list[tuple[dict[Any, Any], dict[Any, str]]] = []

    def define(self, prefix: str, parameters: str, body: Iterable[str]) -> str:
        """Write a function and name it."""
        name = f"{prefix}{len(self.lines)}"
        self.lines += [f"def {name}({parameters}):", *(f"    {line}" for line in body)]
        return name

    def bind(self, prefix: str, value: object) -> str:
        """Name a constant."""
        name = f"{prefix}{len(self._bound)}"
        self._bound[name] = value
        return name

    def completes(self, field: SelectedField, name: str) -> None:
        """Say which function completes a field."""
        self._completions.append((field, name))

    def load(self) -> dict[str, Any]:
        """Compile what was written: functions by name. Fields get their completions, tables their functions."""
        text = "\n".join(self.lines)
        self.lines.clear()
        self._bound |= {"__name__": NAME, "__loader__": SourceLoader(text)}
        code = compile(text, f"{NAME} {next(MODULES)}", "exec")
        exec(code, self._bound)  # noqa: S102 - the source is made of this module's templates alone
        for field, name in self._completions:
            field.complete = self._bound[name]
        for table, names in self._tables:
            table.update({key: self._bound[name] for key, name in names.items()})
        return self._bound

    def admission(self, selection: Selection, x: str) -> str:
        """Write the check of an object that a selection is going to read; it raises FallBack."""
        type_, known = selection.type, set[type]()
        admit = self.bind("admit_", admission(known, type_.is_type_of))
        cls = own_class(type_)
        foreign = "True" if cls is None else f"{x}.__class__ is not {self.bind('CLASS_', cls)}"
        if type_.is_type_of is None:
            return f"if {foreign} and {x}.__class__ not in {self.bind('KNOWN_', known)}: {admit}({x})"
        return f"if {foreign} or getattr({x}, {CAST!r}, None) is not None: {admit}({x})"

    def choosing(self, shape: Abstract, x: str, write: Callable[[Selection], str]) -> list[str]:
        """Write the choice of the function `f` for a value of an abstract type; it raises FallBack."""
        names = {name: write(selection) for name, selection in shape.possible.items()}
        by_class: dict[type, Any] = {}
        by_name: dict[str, Any] = {}
        classes = own_classes(self.schema, shape.type)
        self._tables.append((by_class, {cls: names[name] for cls, name in classes.items()}))
        self._tables.append((by_name, names))
        table = self.bind("BY_CLASS_", by_class)
        other = self.bind("otherwise_", resolver_of(self.schema, shape, by_name))
        return [
            f"f = {table}.get({x}.__class__)",
            f"if f is None or getattr({x}, {CAST!r}, None) is not None: f = {other}({x})",
        ]
