"""The Python module that a selection becomes: functions, and the constants they are bound to.

Nothing of a document enters the source but bound, or as a repr().
"""

from __future__ import annotations

import math
from datetime import date, datetime
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from engine.evaluation import evaluate, gathered, guarded, items, odd, result, settle
from engine.odd import Odd, admission, refuse
from engine.pick import CAST, own_class, own_classes, resolver_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from graphql import GraphQLSchema

    from engine.shapes import Abstract, Field, Selection

RUNTIME = {
    "INFINITY": math.inf,
    "Coroutine": CoroutineType,
    "Odd": Odd,
    "date": date,
    "datetime": datetime,
    "evaluate": evaluate,
    "gathered": gathered,
    "guarded": guarded,
    "items": items,
    "odd": odd,
    "refuse": refuse,
    "result": result,
    "settle": settle,
}


class Source:
    """A module as it is written."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.lines: list[str] = []
        self._bound: dict[str, Any] = dict(RUNTIME)
        self._completions: list[tuple[Field, str]] = []
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

    def completes(self, field: Field, name: str) -> None:
        """Say which function completes a field."""
        self._completions.append((field, name))

    def load(self) -> dict[str, Any]:
        """Compile what was written: functions by name. Fields get their completions, tables their functions."""
        code = compile("\n".join(self.lines), "<compiled operation>", "exec")
        exec(code, self._bound)  # noqa: S102 - the source is made of this module's templates alone
        for field, name in self._completions:
            field.complete = self._bound[name]
        for table, names in self._tables:
            table.update({key: self._bound[name] for key, name in names.items()})
        return self._bound

    def admission(self, selection: Selection, x: str) -> str:
        """Write the check of an object that a selection is going to read; it raises Odd."""
        type_, known = selection.type, set[type]()
        admit = self.bind("A", admission(known, type_.is_type_of))
        cls = own_class(type_)
        foreign = "True" if cls is None else f"{x}.__class__ is not {self.bind('C', cls)}"
        if type_.is_type_of is None:
            return f"if {foreign} and {x}.__class__ not in {self.bind('K', known)}: {admit}({x})"
        return f"if {foreign} or getattr({x}, {CAST!r}, None) is not None: {admit}({x})"

    def picking(self, shape: Abstract, x: str, write: Callable[[Selection], str]) -> list[str]:
        """Write the choice of the function `f` for a value of an abstract type; it raises Odd."""
        names = {name: write(selection) for name, selection in shape.possible.items()}
        by_class: dict[type, Any] = {}
        by_name: dict[str, Any] = {}
        classes = own_classes(self.schema, shape.type)
        self._tables.append((by_class, {cls: names[name] for cls, name in classes.items()}))
        self._tables.append((by_name, names))
        table = self.bind("D", by_class)
        other = self.bind("O", resolver_of(self.schema, shape, by_name))
        return [
            f"f = {table}.get({x}.__class__)",
            f"if f is None or getattr({x}, {CAST!r}, None) is not None: f = {other}({x})",
        ]
