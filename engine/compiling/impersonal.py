"""Finds selections that give everybody the same answer: no resolver in them knows the viewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.compiling.resolution import Attribute, Event, Function, Typename
from engine.compiling.shapes import Abstract, Items, Leaf, Object, SelectedField

if TYPE_CHECKING:
    from engine.compiling.shapes import Selection, Shape


def is_impersonal(selection: Selection) -> bool:
    """Whether all of it is attributes, and methods that take nothing but their object.

    A resolver with `info` could look at the context, one with arguments at variables, an unknown one at anything. A
    selection is personal unless it is certain not to be.
    """
    return all(_reads_only_its_object(field) and _of_shape(field.shape) for field in selection.fields)


def _reads_only_its_object(field: SelectedField) -> bool:
    if isinstance(field.resolution, Function):
        return field.resolution.takes_only_self
    return isinstance(field.resolution, Typename | Event | Attribute)


def _of_shape(shape: Shape) -> bool:
    match shape:
        case Leaf():
            return True
        case Items():
            return _of_shape(shape.item)
        case Object():
            return is_impersonal(shape.selection)
        case Abstract():
            return all(map(is_impersonal, shape.possible.values()))
        case _:
            return False
