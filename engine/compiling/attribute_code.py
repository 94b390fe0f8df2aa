"""Writes how pure shapes are read: expressions over attributes, which raise when a value is odd."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.compiling.leaves import CONDITIONS, enum_names, iso_classes, serialiser
from engine.compiling.resolution import Attribute, Typename
from engine.compiling.shapes import Abstract, Items, Leaf, LeftToCore, Object, SelectedField, Selection, Shape

if TYPE_CHECKING:
    from engine.compiling.generated_module import GeneratedModule


class AttributeCode:
    """Writes a function of its object for each pure selection.

    It raises whatever it meets when a value is odd: the nearest field that is not pure then has graphql-core
    complete its own value from the start.
    """

    def __init__(self, module: GeneratedModule) -> None:
        self._module = module
        self._names: dict[int, str] = {}
        self._checked_names: dict[int, str] = {}

    def _reading(self, selection: Selection) -> str:
        if id(selection) not in self._names:
            body = self._reading_body(selection)
            self._names[id(selection)] = self._module.define("read_", "o", body)
        return self._names[id(selection)]

    def _reading_body(self, selection: Selection) -> list[str]:
        body, entries = [], []
        for index, field in enumerate(selection.fields):
            if isinstance(field.resolution, Typename):
                entries.append(f"{field.key!r}: {field.parent.name!r}")
                continue
            body.append(f"v{index} = {source_of(field)}")
            entries.append(f"{field.key!r}: {self.value(field.shape, f'v{index}')}")
        return [*body, f"return {{{', '.join(entries)}}}"]

    def value(self, shape: Shape, x: str) -> str:
        """Write the completion of the value that `x` names."""
        match shape:
            case Leaf():
                return self._leaf(shape, x)
            case Items():
                each = f"[{self.value(shape.item, f'{x}i')} for {x}i in {x}]"
                value = f"({each} if {x}.__class__ is list or {x}.__class__ is tuple else fall_back({x}))"
            case Object():
                value = f"{self._checked(shape.selection)}({x})"
            case Abstract():
                value = f"{self._picked(shape)}({x})"
            case LeftToCore():
                raise TypeError("an unknown shape is never pure")
        return f"(None if {x} is None else {value})" if shape.nullable else value

    def _leaf(self, shape: Leaf, x: str) -> str:
        other = f"{self._module.bind('serialise_', serialiser(shape.type))}({x})"
        enum = enum_names(shape.type)
        if shape.type in CONDITIONS:
            none = f" or {x} is None" if shape.nullable else ""
            return f"({x} if {CONDITIONS[shape.type].format(x=x)}{none} else {other})"
        if classes := iso_classes(shape.type):
            dated = " or ".join(f"{x}.__class__ is {cls.__name__}" for cls in classes)
            other = f"({x}.isoformat() if {dated} else {other})"
        elif enum is not None:
            members, names = self._module.bind("ENUM_", enum.members), self._module.bind("NAMES_", enum.names)
            other = f"({names}[{x}._name_] if {x}.__class__ is {members} else {other})"
        return f"(None if {x} is None else {other})" if shape.nullable else other

    def _checked(self, selection: Selection) -> str:
        if id(selection) not in self._checked_names:
            body = [self._module.admission(selection, "o"), *self._reading_body(selection)]
            self._checked_names[id(selection)] = self._module.define("checked_", "o", body)
        return self._checked_names[id(selection)]

    def _picked(self, shape: Abstract) -> str:
        body = [*self._module.choosing(shape, "o", self._reading), "return f(o)"]
        return self._module.define("of_type_", "o", body)


def source_of(field: SelectedField) -> str:
    """Write where a field without a function gets its value, `o` being the object."""
    return f"o.{field.resolution.name}" if isinstance(field.resolution, Attribute) else "o"
