"""Writes the selections that call, wait or may fail in parts: statements, with graphql-core's care for errors.

What is written catches every Exception: it runs functions, properties and serialisers of any schema, which may raise
anything, and GraphQL makes an error of the field of whatever that is. No fault is lost; beside each is what becomes
of it. Cancellation is no Exception and passes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.compiling.attribute_code import AttributeCode, source_of
from engine.compiling.generated_module import GeneratedModule
from engine.compiling.resolution import Function, Typename
from engine.compiling.shapes import Abstract, Items, Object, SelectedField, Selection, Shape

if TYPE_CHECKING:
    from graphql import GraphQLSchema


class ResolverCode:
    """Writes a function of the run, its object and its position for each selection."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.module = GeneratedModule(schema)
        self._attributes = AttributeCode(self.module)
        self._names: dict[int, str] = {}

    def load(self) -> dict[str, Any]:
        """Compile what was written: functions by name."""
        return self.module.load()

    def selection(self, selection: Selection) -> str:
        """Name the function (run, object, position) of a selection, writing it at first."""
        if id(selection) not in self._names:
            body = self._body(selection)
            self._names[id(selection)] = self.module.define("select_", "run, o, p", body)
        return self._names[id(selection)]

    def completion(self, field: SelectedField) -> str:
        """Write the function (run, value, position, raw) that completes a resolved value of a field; name it."""
        f = self.module.bind("FIELD_", field)
        shape = field.shape
        if shape.pure:
            # The quick reading gives up at whatever it meets: by_core completes the value from the start, and raises
            # what graphql-core raises of it.
            body = ["try:", f"    return {self._attributes.value(shape, 'v')}", "except Exception:", "    pass"]
        else:
            body = self._unpure_completion(shape, f)
        body.append(f"return by_core(run, {f}, v, p, raw)")
        name = self.module.define("complete_", "run, v, p, raw=False", body)
        self.module.completes(field, name)
        return name

    def _body(self, selection: Selection) -> list[str]:
        body = ["d = {}", "w = []", "try:", *([] if selection.fields else ["    pass"])]
        for field in selection.fields:
            body += [f"    {line}" for line in self._entry(field)]
        # Nothing is caught for good: what was begun is left to end in the background, and the error goes up as it is.
        body += ["except Exception:", "    settle(run, [d[k] for k in w])", "    raise"]
        return [*body, "return gathered(d, w) if w else d"]

    def _entry(self, field: SelectedField) -> list[str]:
        key, at = repr(field.key), f"(p, {field.key!r}, {field.parent.name!r})"
        wait = f"if v.__class__ is Coroutine: w.append({key})"
        if isinstance(field.resolution, Typename):
            return [f"d[{key}] = {field.parent.name!r}"]
        f = self.module.bind("FIELD_", field)
        if field.pure:
            return self._attribute(field, f, wait)
        completion = self.completion(field)
        if field.call is not None and not _is_bare(field):
            return [f"d[{key}] = v = evaluate(run, {f}, o, {at})", wait]
        if field.shape.pure:
            return self._bare_call(field, f, at, wait)
        # Whatever the function or the completion raised is this field's error: `fail` has graphql-core locate it, and
        # raises it where the type forbids null.
        return [
            "try:",
            f"    v = {self._read(field)}",
            f"    d[{key}] = v = {completion}(run, v, {at}, True)",
            "except Exception as e:",
            f"    d[{key}] = fail(run, e, {f}, {at}, {f}.definition.type)",
            "else:",
            "    if v.__class__ is Coroutine:",
            f"        d[{key}] = guarded(run, {f}, v, {at}, {f}.definition.type)",
            f"        w.append({key})",
        ]

    def _read(self, field: SelectedField) -> str:
        if isinstance(field.resolution, Function):
            return f"{self.module.bind('call_', field.resolution.call)}(o)"
        return source_of(field)

    def _attribute(self, field: SelectedField, f: str, wait: str) -> list[str]:
        key = repr(field.key)
        # A property or a serialiser failed, or the value is odd: graphql-core executes the field from the start, and
        # words the error.
        return [
            "try:",
            f"    v = {source_of(field)}",
            f"    d[{key}] = {self._attributes.value(field.shape, 'v')}",
            "except Exception:",
            f"    d[{key}] = v = execute_field(run, {f}, o, p)",
            f"    {wait}",
        ]

    def _bare_call(self, field: SelectedField, f: str, at: str, wait: str) -> list[str]:
        key = repr(field.key)
        # The outer one: what the function raised is this field's error, as above, and it is not called again. The
        # inner one: the value is odd, and `result` has graphql-core complete it and word the error.
        return [
            "try:",
            f"    v = {self._read(field)}",
            "except Exception as e:",
            f"    d[{key}] = fail(run, e, {f}, {at}, {f}.definition.type)",
            "else:",
            "    try:",
            f"        d[{key}] = {self._attributes.value(field.shape, 'v')}",
            "    except Exception:",
            f"        d[{key}] = v = result(run, {f}, v, {at})",
            f"        {wait}",
        ]

    def _unpure_completion(self, shape: Shape, f: str) -> list[str]:
        null = ["if v is None: return None"] if shape.nullable else []
        if isinstance(shape, Items):
            inner = self.module.define("item_", "run, v, p", self._item(shape.item))
            listed = "if v.__class__ is list or v.__class__ is tuple:"
            return [*null, listed, f"    return items(run, {f}, v, p, {inner})"]
        if isinstance(shape, Object | Abstract):
            return [
                "try:",
                *(f"    {line}" for line in [*null, *self._choice(shape)]),
                "except FallBack:",
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
            return self.module.choosing(shape, "v", self.selection)
        if isinstance(shape, Object):
            return [self.module.admission(shape.selection, "v"), f"f = {self.selection(shape.selection)}"]
        raise TypeError("only objects are chosen among")


def _is_bare(field: SelectedField) -> bool:
    resolution = field.resolution
    return isinstance(resolution, Function) and resolution.takes_only_self
