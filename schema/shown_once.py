"""Makes the shown form of a kept, unchanging value once."""

from collections.abc import Callable
from typing import Concatenate, Generic, ParamSpec, TypeVar

from cachetools import FIFOCache

K = TypeVar("K")
P = ParamSpec("P")
V = TypeVar("V")


class OnceMade(Generic[K, P, V]):
    """The shown forms of the latest values, at most so many. The very same value gives the very same form."""

    def __init__(self, make: Callable[Concatenate[K, P], V], most: int) -> None:
        self._make = make
        self._made: FIFOCache[int, tuple[K, V]] = FIFOCache(most)

    def of(self, value: K, *rest: P.args, **named: P.kwargs) -> V:
        """Return what was made of a value, which always comes with the same rest.

        The value is kept with it, so that its identity is its own.
        """
        try:
            return self._made[id(value)][1]
        except KeyError:
            made = self._make(value, *rest, **named)
        self._made[id(value)] = (value, made)
        return made
