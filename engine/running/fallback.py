"""Values that leave the compiled path: graphql-core completes what is not as it was compiled for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql.pyutils import Undefined, is_awaitable

if TYPE_CHECKING:
    from collections.abc import Callable

KNOWN_CLASSES = 64


class FallBack(Exception):  # noqa: N818 - a turn of the road, never an error that is shown
    """A value is not of the shape that was compiled for; graphql-core completes it instead."""


def plainly_a_value(value: object) -> bool:
    """Whether graphql-core would neither await this value, raise it, nor read it as null."""
    return not (value is None or value is Undefined or isinstance(value, Exception) or is_awaitable(value))


def admission(known: set[type], is_type_of: Callable[[Any, Any], Any] | None) -> Callable[[Any], None]:
    """Make the check of an object that is not of its type's own class; raises FallBack.

    Whether values of a class can be awaited is asked once per class, of its first value.
    """

    def admit(value: Any) -> None:  # noqa: ANN401 - any value a resolver returned
        if not plainly_a_value(value):
            raise FallBack
        if is_type_of is not None:
            if not _is_of_the_type(is_type_of, value):
                raise FallBack
        elif len(known) < KNOWN_CLASSES:
            known.add(value.__class__)

    return admit


def _is_of_the_type(is_type_of: Callable[[Any, Any], Any], value: object) -> bool:
    try:
        return is_type_of(value, None) is True
    except Exception:  # noqa: BLE001 - graphql-core asks again and shows the error where it belongs
        return False


def fall_back(_value: object) -> None:
    """Raise FallBack, in an expression."""
    raise FallBack
