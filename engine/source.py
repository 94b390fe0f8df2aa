"""Writes the Python source of selections. Nothing of a document enters it but bound, or as a repr()."""

from __future__ import annotations

import math
from datetime import date, datetime
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from engine.evaluation import evaluate, gathered, items, result, settle
from engine.leaves import CONDITIONS, enum_names, is_iso_date, serialiser
from engine.odd import Odd, admission, refuse
from engine.pick import CAST, own_class, own_classes, resolver_of
from engine.resolution import Attribute, Function, Typename
from engine.shapes import Abstract, Field, Items, Leaf, Object, Selection, Shape, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphql import GraphQLSchema

RUNTIME = {
    "INFINITY": math.inf,
    "Coroutine": CoroutineType,
    "Odd": Odd,
    "date": date,
    "datetime": datetime,
    "evaluate": evaluate,
    "gathered": gathered,
    "items": items,
    "refuse": refuse,
    "result": result,
    "settle": settle,
}


class Writer:
    """Collects functions, and the constants they are bound to, for one selection at the root.

    A pure selection becomes a function of its object, which raises whatever it meets when a value is odd: the
    nearest field that is not pure then has graphql-core complete its value. Any other selection becomes a
    function of the run, its object and its position, and deals with every error as graphql-core does.
    """

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.bound: dict[str, Any] = dict(RUNTIME)
        self.lines: list[str] = []
        self._running_names: dict[int, str] = {}
        self._reading_names: dict[int, str] = {}
        self._checks: dict[int, str] = {}
        self._completions: list[tuple[Field, str]] = []
        self._tables: list[tuple[dict[Any, Any], dict[Any, str]]] = []

    def load(self) -> dict[str, Any]:
        """Compile what was written; fields get their completions, and the names their functions."""
        code = compile("\n".join(self.lines), "<compiled operation>", "exec")
        exec(code, self.bound)  # noqa: S102 - the source is made of this module's templates alone
        for field, name in self._completions:
            field.complete = self.bound[name]
        for table, names in self._tables:
            table.update({key: self.bound[name] for key, name in names.items()})
        return self.bound

    def running(self, selection: Selection) -> str:
        """Name the function (run, object, position) of a selection, writing it at first."""
        if id(selection) not in self._running_names:
            body = self._running(selection)
            self._running_names[id(selection)] = self._define("s", "run, o, p", body)
        return self._running_names[id(selection)]

    def completion(self, field: Field) -> None:
        """Write the function (run, value, position) that completes a resolved value of a field."""
        f = self._bind("F", field)
        shape = field.shape
        if shape.pure:
            body = ["try:", f"    return {self._value(shape, 'v')}", "except Exception:", "    pass"]
        else:
            body = self._unpure_completion(shape, f)
        body.append(f"return run.odd({f}, v, p)")
        self._completions.append((field, self._define("c", "run, v, p", body)))

    def _define(self, prefix: str, parameters: str, body: Iterable[str]) -> str:
        name = f"{prefix}{len(self.lines)}"
        self.lines += [f"def {name}({parameters}):", *(f"    {line}" for line in body)]
        return name

    def _bind(self, prefix: str, value: object) -> str:
        name = f"{prefix}{len(self.bound)}"
        self.bound[name] = value
        return name

    # Pure shapes: expressions

    def _reading(self, selection: Selection) -> str:
        if id(selection) not in self._reading_names:
            body = self._reading_body(selection)
            self._reading_names[id(selection)] = self._define("r", "o", body)
        return self._reading_names[id(selection)]

    def _reading_body(self, selection: Selection) -> list[str]:
        body, entries = [], []
        for index, field in enumerate(selection.fields):
            if isinstance(field.resolution, Typename):
                entries.append(f"{field.key!r}: {field.parent.name!r}")
                continue
            body.append(f"v{index} = {_source(field)}")
            entries.append(f"{field.key!r}: {self._value(field.shape, f'v{index}')}")
        return [*body, f"return {{{', '.join(entries)}}}"]

    def _value(self, shape: Shape, x: str) -> str:
        match shape:
            case Leaf():
                return self._leaf(shape, x)
            case Items():
                each = f"[{self._value(shape.item, f'{x}i')} for {x}i in {x}]"
                value = f"({each} if {x}.__class__ is list or {x}.__class__ is tuple else refuse({x}))"
            case Object():
                value = f"{self._checked(shape.selection)}({x})"
            case Abstract():
                value = f"{self._picked(shape)}({x})"
            case Unknown():
                raise TypeError("an unknown shape is never pure")
        return f"(None if {x} is None else {value})" if shape.nullable else value

    def _leaf(self, shape: Leaf, x: str) -> str:
        other = f"{self._bind('L', serialiser(shape.type))}({x})"
        enum = enum_names(shape.type)
        if shape.type in CONDITIONS:
            none = f" or {x} is None" if shape.nullable else ""
            return f"({x} if {CONDITIONS[shape.type].format(x=x)}{none} else {other})"
        if is_iso_date(shape.type):
            dated = f"{x}.__class__ is date or {x}.__class__ is datetime"
            other = f"({x}.isoformat() if {dated} else {other})"
        elif enum is not None:
            members, names = self._bind("E", enum.members), self._bind("N", enum.names)
            other = f"({names}[{x}._name_] if {x}.__class__ is {members} else {other})"
        return f"(None if {x} is None else {other})" if shape.nullable else other

    def _checked(self, selection: Selection) -> str:
        if id(selection) not in self._checks:
            body = [self._admission(selection, "o"), *self._reading_body(selection)]
            self._checks[id(selection)] = self._define("a", "o", body)
        return self._checks[id(selection)]

    def _admission(self, selection: Selection, x: str) -> str:
        type_, known = selection.type, set[type]()
        admit = self._bind("A", admission(known, type_.is_type_of))
        cls = own_class(type_)
        foreign = "True" if cls is None else f"{x}.__class__ is not {self._bind('C', cls)}"
        if type_.is_type_of is None:
            return f"if {foreign} and {x}.__class__ not in {self._bind('K', known)}: {admit}({x})"
        return f"if {foreign} or getattr({x}, {CAST!r}, None) is not None: {admit}({x})"

    def _picked(self, shape: Abstract) -> str:
        body = [*self._picking(shape, "o", pure=True), "return f(o)"]
        return self._define("b", "o", body)

    def _picking(self, shape: Abstract, x: str, *, pure: bool) -> list[str]:
        write = self._reading if pure else self.running
        names = {name: write(selection) for name, selection in shape.possible.items()}
        by_class: dict[type, Any] = {}
        by_name: dict[str, Any] = {}
        classes = own_classes(self.schema, shape.type)
        self._tables.append((by_class, {cls: names[name] for cls, name in classes.items()}))
        self._tables.append((by_name, names))
        table = self._bind("D", by_class)
        other = self._bind("O", resolver_of(self.schema, shape, by_name))
        return [
            f"f = {table}.get({x}.__class__)",
            f"if f is None or getattr({x}, {CAST!r}, None) is not None: f = {other}({x})",
        ]

    # The rest: statements

    def _running(self, selection: Selection) -> list[str]:
        body = ["d = {}", "w = []", "try:", "    pass"]
        for field in selection.fields:
            body += [f"    {line}" for line in self._entry(field)]
        body += ["except Exception:", "    settle(run, [d[k] for k in w])", "    raise"]
        return [*body, "return gathered(d, w) if w else d"]

    def _entry(self, field: Field) -> list[str]:
        key, at = repr(field.key), f"(p, {field.key!r}, {field.parent.name!r})"
        wait = f"if v.__class__ is Coroutine: w.append({key})"
        if isinstance(field.resolution, Typename):
            return [f"d[{key}] = {field.parent.name!r}"]
        f = self._bind("F", field)
        if field.pure:
            read = [f"    v = {_source(field)}", f"    d[{key}] = {self._value(field.shape, 'v')}"]
            return [
                "try:",
                *read,
                "except Exception:",
                f"    d[{key}] = v = run.field({f}, o, p)",
                f"    {wait}",
            ]
        self.completion(field)
        if field.call is None:
            fail = f"d[{key}] = run.fail(e, {f}, {at}, {f}.definition.type)"
            read = ["try:", f"    v = {_source(field)}", "except Exception as e:", f"    {fail}"]
            return [*read, "else:", f"    d[{key}] = v = result(run, {f}, v, {at})", f"    {wait}"]
        if self._is_bare(field):
            return self._bare_call(field, f, at, wait)
        return [f"d[{key}] = v = evaluate(run, {f}, o, {at})", wait]

    def _is_bare(self, field: Field) -> bool:
        resolution = field.resolution
        return field.shape.pure and isinstance(resolution, Function) and resolution.takes_only_self

    def _bare_call(self, field: Field, f: str, at: str, wait: str) -> list[str]:
        key, call = repr(field.key), self._bind("R", getattr(field.resolution, "call", None))
        return [
            "try:",
            f"    v = {call}(o)",
            "except Exception as e:",
            f"    d[{key}] = run.fail(e, {f}, {at}, {f}.definition.type)",
            "else:",
            "    try:",
            f"        d[{key}] = {self._value(field.shape, 'v')}",
            "    except Exception:",
            f"        d[{key}] = v = result(run, {f}, v, {at})",
            f"        {wait}",
        ]

    def _unpure_completion(self, shape: Shape, f: str) -> list[str]:
        null = ["if v is None: return None"] if shape.nullable else []
        if isinstance(shape, Items):
            inner = self._define("n", "run, v, p", self._item(shape.item))
            listed = "if v.__class__ is list or v.__class__ is tuple:"
            return [*null, listed, f"    return items(run, {f}, v, p, {inner})"]
        if isinstance(shape, Object | Abstract):
            return [
                "try:",
                *(f"    {line}" for line in [*null, *self._choice(shape)]),
                "except Odd:",
                "    pass",
                "else:",
                "    return f(run, v, p)",
            ]
        return []

    def _item(self, shape: Shape) -> list[str]:
        null = ["if v is None: return None"] if shape.nullable else []
        return [*null, *self._choice(shape), "return f(run, v, p)"]

    def _choice(self, shape: Shape) -> list[str]:
        if isinstance(shape, Abstract):
            return self._picking(shape, "v", pure=False)
        if isinstance(shape, Object):
            return [self._admission(shape.selection, "v"), f"f = {self.running(shape.selection)}"]
        raise TypeError("only objects are chosen among")


def _source(field: Field) -> str:
    return f"o.{field.resolution.name}" if isinstance(field.resolution, Attribute) else "o"
