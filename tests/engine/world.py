"""Values for the toy schema, by a seed: usual ones mostly, and every strange thing a resolver may return."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import strawberry
from graphql import GraphQLError
from graphql.pyutils import Undefined

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator


class Later:
    """An awaitable that is no coroutine: gives its value, or raises it, after some turns of the loop."""

    def __init__(self, turns: int, value: Any, awaited: Callable[[], None]) -> None:
        self.turns = turns
        self.value = value
        self.awaited = awaited

    def __await__(self) -> Generator[Any, None, Any]:
        self.awaited()
        for _ in range(self.turns):
            yield from asyncio.sleep(0).__await__()
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


class Refused(Exception):  # noqa: N818 - a refusal
    """An error of the domain, with extensions of its own."""

    extensions = {"code": "REFUSED"}  # noqa: RUF012 - read by graphql-core, never changed


class Named:
    """What is no strawberry type, and has a name."""

    name = "anonymous"

    def __str__(self) -> str:
        return "named"

    def __repr__(self) -> str:
        """Say the same in every process: it names tests."""
        return "Named()"


ODDITIES: list[Any] = [
    *("text", "", "12", "é\n"),
    *(0, 1, -5, 2**31, 2**40, True, False),
    *(1.5, 2.0, float("nan"), float("inf"), 1e300),
    *(b"bytes", Decimal("1.50"), Fraction(1, 2), date(2026, 1, 2), Named(), object),
    *([], ["a"], {"a": 1}, {1}, (1, 2)),
]


NEAR: dict[type, list[Any]] = {
    int: [2**31, -(2**31) - 1, True, 3.0, 3.5, "12", Decimal(4)],
    float: [1, 2**60, float("inf"), True, "1.5", Fraction(1, 2)],
    str: [5, 1.5, True, b"text", Named()],
    bool: [0, 1, 2.0, "true"],
    list: ["text", {"a": 1}, {3}],
}


def near(value: Any, dice: Random) -> Any:
    """Something that resembles a usual value, or a usual one that `strawberry.cast` takes for another."""
    if hasattr(value, "__strawberry_definition__"):
        return strawberry.cast(dice.choice([type(value), Named, *type(value).__mro__[1:-1]]), value)
    return dice.choice(NEAR.get(type(value), [None]))


def faults(key: str) -> list[Exception]:
    located = GraphQLError(f"already located {key}", path=["elsewhere", 1])
    return [
        ValueError(f"bad {key}"),
        GraphQLError(f"graphql {key}", extensions={"code": "TOY", "key": key}),
        Refused(f"refused {key}"),
        located,
        KeyError(key),
    ]


class World:
    """Decides every value and fault by its seed and the key of the place, the same for every executor."""

    def __init__(self, seed: int, strangeness: float) -> None:
        self.seed = seed
        self.strangeness = strangeness
        self.calls: Counter[str] = Counter()
        self.order: list[str] = []

    def dice(self, key: str) -> Random:
        return Random(f"{self.seed}/{key}")  # noqa: S311 - data of a test

    def called(self, key: str) -> None:
        self.calls[key] += 1
        self.order.append(key)

    def raise_sometimes(self, key: str) -> None:
        dice = self.dice(f"fault {key}")
        if dice.random() < self.strangeness:
            raise dice.choice(faults(key))

    def value(self, key: str, usual: Callable[[Random], Any]) -> Any:
        """A usual value, or a strange one as often as this world is strange."""
        dice = self.dice(key)
        if dice.random() >= self.strangeness:
            return usual(dice)
        return self.strange(key, usual, dice)

    def strange(self, key: str, usual: Callable[[Random], Any], dice: Random) -> Any:
        turns = dice.randrange(3)
        waiting: list[Callable[[], Any]] = [
            lambda: usual(dice),
            lambda: dice.choice(faults(key)),
            lambda: None,
            lambda: self.later(key, 1, usual(dice)),
        ]
        at_once: list[Callable[[], Any]] = [
            lambda: None,
            lambda: Undefined,
            lambda: dice.choice(faults(key)),
            lambda: self.later(key, turns, dice.choice(waiting)()),
            lambda: near(usual(dice), dice),
            lambda: near(usual(dice), dice),
            lambda: (usual(dice),),
            lambda: dice.choice(ODDITIES),
            lambda: dice.choice(ODDITIES),
            lambda: usual,
        ]
        return dice.choice(at_once)()

    def later(self, key: str, turns: int, value: Any) -> Later:
        return Later(turns, value, partial(self.called, f"awaited {key}"))

    def pause(self, key: str) -> int:
        return self.dice(f"pause {key}").randrange(3)

    def many(self, key: str, one: Callable[[str], Any], *, most: int = 3) -> Any:
        """A list, seldom another iterable, seldom with items to be awaited."""
        dice = self.dice(f"many {key}")
        values = [self.item(f"{key}.{index}", one) for index in range(dice.randrange(most + 1))]
        if dice.random() >= self.strangeness:
            return values
        failing = [_failing(key), _failing_later(key)]
        kinds: list[Callable[[list[Any]], Any]] = [tuple, iter, list, _generated, _generated_later, *failing]
        return dice.choice(kinds)(values)

    def item(self, key: str, one: Callable[[str], Any]) -> Any:
        dice = self.dice(f"item {key}")
        value = one(key)
        if dice.random() >= self.strangeness:
            return value
        return dice.choice(
            [
                None,
                self.later(key, dice.randrange(3), value),
                self.later(key, 1, ValueError(key)),
                ValueError(key),
                7,
            ]
        )


def _generated(values: list[Any]) -> Any:
    yield from values


async def _generated_later(values: list[Any]) -> AsyncIterator[Any]:
    for value in values:
        await asyncio.sleep(0)
        yield value


def _failing(key: str) -> Callable[[list[Any]], Any]:
    def iterate(values: list[Any]) -> Any:
        yield from values
        raise ValueError(f"iterator {key}")

    return iterate


def _failing_later(key: str) -> Callable[[list[Any]], Any]:
    async def iterate(values: list[Any]) -> AsyncIterator[Any]:
        for value in values:
            yield value
        raise ValueError(f"async iterator {key}")

    return iterate
