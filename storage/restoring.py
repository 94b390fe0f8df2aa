"""Makes values of dumps of which parts were not read."""

from __future__ import annotations

from datetime import date
from enum import Enum
from functools import lru_cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel

from domain.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic.fields import FieldInfo

V = TypeVar("V", bound=Value)
Dump = dict[str, Any]
WHOLE: frozenset[str] = frozenset()


@lru_cache(maxsize=256)
def restoring(model: type[V], unread: frozenset[str] = WHOLE) -> Callable[[Dump], V]:
    """Make the function that gives back the value of its own dump; KeyError where it lacks what has no default.

    The dump was checked when the value was made, and is trusted: that takes half the time of `model_validate`, of
    which a page of a list needs a hundred. A part that is the same in the next dump, as the session and the
    organization are in a page of trainees, is not made again.

    `unread` are dotted paths that the dump does not have. Reading them from the value is a fault (AttributeError),
    and so is dumping it: a part that was not read is never taken for one that is empty, nor written back.
    """
    writer = _Writer()
    name = writer.function(model, unread)
    exec(compile("\n".join(writer.lines), "<restoring>", "exec"), writer.bound)  # noqa: S102 - made of field names
    restored: Callable[[Dump], V] = writer.bound[name]
    return restored


_SLOTS = ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
"""Private slots of pydantic's models: all that `BaseModel.model_construct` fills.

A frozen model refuses assignment, so they are filled through their descriptors. A slot that a later pydantic adds
would stay empty: tests/storage/test_restoring.py holds a restored value equal to the one that was dumped.
"""


class _Writer:
    """Writes one function for each model of a tree, none of it but names of fields and of what is bound."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.bound: dict[str, Any] = {"new": object.__new__}
        self._slots = [self._bind(vars(BaseModel)[slot].__set__) for slot in _SLOTS]

    def function(self, model: type[Value], unread: frozenset[str]) -> str:
        """Write the function of a model; name it."""
        read = {name: field for name, field in model.model_fields.items() if name not in unread}
        entries = [f"{name!r}: {self._value(name, field, _below(name, unread))}" for name, field in read.items()]
        name, kind, given = f"restore{len(self.lines)}", self._bind(model), self._bind(set(read))
        last = self._bind([(None, None)])
        fields, fields_set, extra, private = self._slots
        self.lines += [
            f"def {name}(d):",
            f"    known = {last}[0]",
            "    if d == known[0]: return known[1]",
            f"    made = new({kind})",
            f"    {fields}(made, {{{', '.join(entries)}}})",
            f"    {fields_set}(made, {given}); {extra}(made, None); {private}(made, None)",
            f"    {last}[0] = d, made",
            "    return made",
        ]
        return name

    def _value(self, name: str, field: FieldInfo, below: frozenset[str]) -> str:
        dumped = f"d[{name!r}]" if field.is_required() else f"d.get({name!r}, {self._bind(field.get_default())})"
        converted = self._converted(field.annotation, below)
        return dumped if converted is None else f"None if (v := {dumped}) is None else {converted}"

    def _converted(self, annotation: Any, below: frozenset[str]) -> str | None:  # noqa: ANN401 - any annotation
        """Write what makes of a dumped `v`, None apart, what the annotation says; None where it is that already."""
        kinds = [each for each in get_args(annotation) or (annotation,) if each is not NoneType]
        if get_origin(annotation) is tuple:
            each = self._converted(kinds[0], below)
            return "tuple(v)" if each is None else f"tuple([{each} for v in v])"
        if get_origin(annotation) is Annotated or (get_origin(annotation) in {UnionType, Union} and len(kinds) == 1):
            return self._converted(kinds[0], below)
        if annotation is date:
            return f"{self._bind(date.fromisoformat)}(v)"
        if not isinstance(annotation, type):
            return None
        if issubclass(annotation, Value):
            return f"{self.function(annotation, below)}(v)"
        return f"{self._bind(annotation)}(v)" if issubclass(annotation, Enum) else None

    def _bind(self, value: object) -> str:
        name = f"x{len(self.bound)}"
        self.bound[name] = value
        return name


def paths(model: type[Value], unread: frozenset[str], prefix: str = "") -> Iterator[str]:
    """Name what is to be read of a dump where some of it is not: fields, or the fields of those read in part."""
    for name, field in model.model_fields.items():
        if name in unread:
            continue
        below = _below(name, unread)
        inner = _model(field.annotation) if below else None
        if inner is None:
            yield f"{prefix}{name}"
        else:
            yield from paths(inner, below, f"{prefix}{name}.")


def _below(name: str, unread: frozenset[str]) -> frozenset[str]:
    return frozenset(path.removeprefix(f"{name}.") for path in unread if path.startswith(f"{name}."))


def _model(annotation: Any) -> type[Value] | None:  # noqa: ANN401 - any annotation
    """Find the model in an annotation: M, or M | None."""
    for each in (annotation, *get_args(annotation)):
        if isinstance(each, type) and issubclass(each, Value):
            return each
    return None
