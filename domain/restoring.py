"""Values made of dumps of which parts were not read."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from domain.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

V = TypeVar("V", bound=Value)
Dump = dict[str, Any]
WHOLE: frozenset[str] = frozenset()


@lru_cache(maxsize=256)
def restoring(model: type[V], unread: frozenset[str] = WHOLE) -> Callable[[Dump], V]:
    """Make the function that gives the value of a dump: `model_validate`, where the whole of it was read.

    `unread` are dotted paths that the dump does not have: of fields with a default, or that hold a value of ours.
    Reading them from the value is a fault (AttributeError), and so is dumping it: a part that was not read is never
    taken for one that is empty, nor written back. The dump is taken over.
    """
    if not unread:
        return model.model_validate
    validate, stand_ins, unread_of = model.model_validate, [*_stand_ins(model, unread)], _by_holder(unread)

    def restored(dump: Dump) -> V:
        for holders, name, nothing in stand_ins:
            holder = _found(dump, holders, dict.get)
            if holder is not None:
                holder[name] = nothing
        made = validate(dump)
        for holders, names in unread_of:
            part = _found(made, holders, getattr)
            if part is not None:
                fields = part.__dict__
                for name in names:
                    del fields[name]
        return made

    return restored


def _by_holder(unread: frozenset[str]) -> list[tuple[list[str], list[str]]]:
    """Group what was not read by what would hold it, unless that was not read either."""
    missing: dict[str, list[str]] = {}
    for holder, _, name in (path.rpartition(".") for path in unread):
        if holder not in unread:
            missing.setdefault(holder, []).append(name)
    return [(holder.split(".") if holder else [], names) for holder, names in missing.items()]


def _found(start: Any, names: list[str], get: Callable[[Any, str], Any]) -> Any:  # noqa: ANN401 - a dump or a value
    """Go down by names, as far as there is something."""
    for name in names:
        if start is None:
            break
        start = get(start, name)
    return start


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


def _stand_ins(model: type[Value], unread: frozenset[str]) -> Iterator[tuple[list[str], str, Value]]:
    """Give what stands, while a dump is checked, for each field that has to be there and was not read."""
    for name, field in model.model_fields.items():
        inner = _model(field.annotation)
        if name not in unread:
            for holders, path, nothing in _stand_ins(inner, _below(name, unread)) if inner else ():
                yield [name, *holders], path, nothing
        elif field.is_required():
            if inner is None:
                raise TypeError(f"{model.__name__}.{name} is always read")
            yield [], name, inner.model_construct()


def _below(name: str, unread: frozenset[str]) -> frozenset[str]:
    return frozenset(path.removeprefix(f"{name}.") for path in unread if path.startswith(f"{name}."))


def _model(annotation: Any) -> type[Value] | None:  # noqa: ANN401 - any annotation
    """Find the model in an annotation: M, or M | None."""
    for each in (annotation, *get_args(annotation)):
        if isinstance(each, type) and issubclass(each, Value):
            return each
    return None
