"""Values made of dumps of which parts were not read."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel

from domain.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Convert = Callable[[Any], Any]

V = TypeVar("V", bound=Value)
WHOLE: frozenset[str] = frozenset()
_AS_IT_IS = (str, int, float, bool, datetime, dict, Any)
_MADE_OF = ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")


@lru_cache(maxsize=256)
def restoring(model: type[V], unread: frozenset[str] = WHOLE) -> Callable[[Any], V]:
    """Make the function that gives the value of a dump: `model_validate`, where the whole of it was read.

    `unread` are dotted paths that the dump does not have. Reading them from the value is a fault (AttributeError),
    and so is dumping it: a part that was not read is never taken for one that is empty, nor written back. What was
    read is not checked again: it was when it was written.
    """
    if not unread:
        return model.model_validate
    fields = {name: field for name, field in model.model_fields.items() if name not in unread}
    found = {name: _conversion(field.annotation, _below(name, unread)) for name, field in fields.items()}
    conversions = [(name, convert) for name, convert in found.items() if convert is not None]
    defaults = {name: field.default for name, field in fields.items() if not field.is_required()}
    given, make = set(fields), model.__new__
    set_dict, set_given, set_extra, set_private = (_setter(name) for name in _MADE_OF)

    def restored(dump: Mapping[str, Any]) -> V:
        values = {name: dump[name] if name in dump else defaults[name] for name in fields}
        for name, convert in conversions:
            value = values[name]
            if value is not None:
                values[name] = convert(value)
        made = make(model)
        set_dict(made, values)
        set_given(made, given)
        set_extra(made, None)
        set_private(made, None)
        return made

    return restored


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


def _setter(name: str) -> Callable[[Any, Any], None]:
    setter: Callable[[Any, Any], None] = BaseModel.__dict__[name].__set__
    return setter


def _below(name: str, unread: frozenset[str]) -> frozenset[str]:
    return frozenset(path.removeprefix(f"{name}.") for path in unread if path.startswith(f"{name}."))


def _conversion(annotation: Any, unread: frozenset[str]) -> Convert | None:  # noqa: ANN401 - any annotation
    """Return what a dumped value goes through; None where it is the value. TypeError for what it does not know."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _conversion(arguments[0], unread)
    if origin in (Union, UnionType):
        (inner,) = (each for each in arguments if each is not NoneType)
        return _conversion(inner, unread)
    if origin is tuple and arguments[1:] == (...,):
        item = _conversion(arguments[0], unread)
        return tuple if item is None else lambda values: tuple([item(value) for value in values])
    if (origin or annotation) in _AS_IT_IS:
        return None
    if annotation is date:
        return date.fromisoformat
    if isinstance(annotation, type) and issubclass(annotation, Value):
        return restoring(annotation, unread)
    raise TypeError(f"{annotation} is read whole or not at all")


def _model(annotation: Any) -> type[Value] | None:  # noqa: ANN401
    """Find the model in an annotation: M, or M | None."""
    for each in (annotation, *get_args(annotation)):
        if isinstance(each, type) and issubclass(each, Value):
            return each
    return None
