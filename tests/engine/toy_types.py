"""The toy schema's types, and what makes their values."""

# mypy: disable-error-code="no-any-return, untyped-decorator"

from __future__ import annotations

import asyncio
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.scalars import JSON

from tests.engine.toy_parts import Allowed, AllowedLater, Colour, Even, Info, Shouted, Size

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from random import Random

    from tests.engine.world import World


def text(dice: Random) -> str:
    return dice.choice(["", "a", "été", 'quo"te', "line\nbreak", "\u2028", "x" * 50])


@strawberry.interface
class Node:
    id: strawberry.ID


@strawberry.interface
class Titled:
    title: str | None

    @strawberry.field
    def shout(self) -> str:
        return str(self.title).upper()


@strawberry.type
class Box:
    key: strawberry.Private[str]
    label: str
    weight: float
    count: int | None
    full: bool
    colour: Colour | None
    size: Size
    price: Decimal | None
    since: date
    at: datetime | None
    raw: JSON | None
    even: Even | None
    numbers: list[int]
    words: list[str | None] | None
    grid: list[list[int]]
    holes: list[list[int | None] | None] | None
    inner: Box | None
    must: Annotated[Cell, strawberry.lazy("tests.engine.toy_types")]
    cells: list[Cell]
    maybe_cells: list[Cell | None] | None


@strawberry.type
class Cell:
    key: strawberry.Private[str]
    word: str
    count: int | None = None


@strawberry.type
class Person(Node, Titled):
    key: strawberry.Private[str]
    name: str
    age: int | None
    box: Box | None
    things: list[Thing | None] | None
    beings: list[Titled]

    @strawberry.field
    def greeting(self) -> str:
        return f"hello {self.name}"

    @strawberry.field
    def initials(self) -> str | None:
        return self.name[0]

    @strawberry.field
    def described(self, info: Info, prefix: str = "p", suffix: str | None = None, times: int = 1) -> str:
        info.context.called(f"described {self.key}")
        info.context.raise_sometimes(f"described {self.key}")
        return f"{prefix}{self.name}{suffix}" * (times % 4)

    @strawberry.field
    async def friend(self, info: Info, step: int = 1) -> Person | None:
        world, key = info.context, f"{self.key}.f{step}"
        world.called(f"friend {key}")
        for _ in range(world.pause(key)):
            await asyncio.sleep(0)
        world.raise_sometimes(f"friend {key}")
        return world.value(key, lambda _: person(world, key))

    @strawberry.field
    async def best(self, info: Info) -> Person:
        world, key = info.context, f"{self.key}.b"
        world.called(f"best {key}")
        world.raise_sometimes(f"best {key}")
        return world.value(key, lambda _: person(world, key))

    @strawberry.field
    def later(self, info: Info) -> Cell | None:
        world, key = info.context, f"{self.key}.l"
        world.raise_sometimes(f"later {key}")
        return world.later(key, world.pause(key), cell(world, key))  # type: ignore[return-value]

    @strawberry.field
    async def friends(self, info: Info, first: int | None = 2) -> list[Person]:
        world, key = info.context, f"{self.key}.fs{first}"
        world.called(f"friends {key}")
        await asyncio.sleep(0)
        return world.many(key, lambda at: person(world, at), most=2)

    @strawberry.field
    def cell_of(self, info: Info, parent: strawberry.Parent[Any]) -> Cell:
        world = info.context
        world.called(f"cell_of {self.key}")
        return world.value(f"{parent.key}.co", lambda _: cell(world, f"{self.key}.co"))

    @strawberry.field(permission_classes=[Allowed])
    def secret(self) -> str:
        return f"secret of {self.name}"

    @strawberry.field(permission_classes=[AllowedLater])
    async def secret_later(self, number: int = 3) -> str | None:
        return f"secret {number}"

    @strawberry.field(extensions=[Shouted()])
    def loud(self) -> str | None:
        return self.name

    @strawberry.field
    async def counted(self, info: Info) -> list[int]:
        return _counted(info.context, self.key)  # type: ignore[return-value]


@strawberry.type
class Robot(Titled):
    key: strawberry.Private[str]
    model: int
    maker: Person | None


class SpecialBox(Box):
    """A subclass that strawberry does not know."""


Thing = Annotated[Person | Box, strawberry.union("Thing")]


async def _counted(world: World, key: str) -> AsyncIterator[int]:
    for number in range(world.pause(key)):
        yield number


def cell(world: World, key: str) -> Cell:
    return Cell(
        key=key,
        word=world.value(f"{key}.word", text),
        count=world.value(f"{key}.count", lambda dice: dice.randrange(9)),
    )


def box(world: World, key: str) -> Box:
    def of(name: str, usual: Any) -> Any:
        return world.value(f"{key}.{name}", usual)

    cls = SpecialBox if world.dice(f"{key}.cls").random() < world.strangeness else Box
    deep = key.count(".") > 4
    return cls(
        key=key,
        label=of("label", text),
        weight=of("weight", lambda dice: dice.choice([0.0, 1.5, -2.25, 1e20])),
        count=of("count", lambda dice: dice.choice([None, 3])),
        full=of("full", lambda dice: dice.random() < 0.5),
        colour=of("colour", lambda dice: dice.choice([*Colour, None])),
        size=of("size", lambda dice: dice.choice([*Size])),
        price=of("price", lambda dice: dice.choice([Decimal("12.50"), None])),
        since=of("since", lambda dice: date(2026, 1 + dice.randrange(12), 3)),
        at=of("at", lambda dice: datetime(2026, 1, 1 + dice.randrange(9), 4, 5)),  # noqa: DTZ001 - a toy
        raw=of("raw", lambda dice: dice.choice([{"a": [1, None]}, "x", 4, None])),
        even=of("even", lambda dice: dice.choice([2, 4, None])),
        numbers=of("numbers", lambda _: world.many(f"{key}.numbers", len)),
        words=of("words", lambda _: world.many(f"{key}.words", str)),
        grid=of("grid", lambda _: world.many(f"{key}.grid", lambda at: world.many(at, len))),
        holes=of("holes", lambda _: world.many(f"{key}.holes", lambda at: world.many(at, len))),
        inner=of("inner", lambda dice: None if deep or dice.random() < 0.6 else box(world, f"{key}.i")),
        must=of("must", lambda _: cell(world, f"{key}.m")),
        cells=of("cells", lambda _: world.many(f"{key}.c", lambda at: cell(world, at))),
        maybe_cells=of("maybe_cells", lambda _: world.many(f"{key}.mc", lambda at: cell(world, at))),
    )


def person(world: World, key: str) -> Person:
    def of(name: str, usual: Any) -> Any:
        return world.value(f"{key}.{name}", usual)

    deep = key.count(".") > 2
    return Person(
        key=key,
        id=of("id", lambda _: key),
        title=of("title", lambda dice: dice.choice([None, "Dr"])),
        name=of("name", lambda dice: dice.choice(["Ada", "Bo"])),
        age=of("age", lambda dice: dice.randrange(99)),
        box=of("box", lambda _: box(world, f"{key}.box")),
        things=of("things", lambda _: None if deep else world.many(f"{key}.t", lambda at: thing(world, at))),
        beings=of("beings", lambda _: [] if deep else world.many(f"{key}.be", lambda at: being(world, at))),
    )


def robot(world: World, key: str) -> Robot:
    deep = key.count(".") > 2
    return Robot(
        key=key,
        title=world.value(f"{key}.title", text),
        model=world.value(f"{key}.model", lambda dice: dice.randrange(9)),
        maker=world.value(f"{key}.maker", lambda _: None if deep else person(world, f"{key}.mk")),
    )


def thing(world: World, key: str) -> Any:
    dice = world.dice(f"thing {key}")
    if dice.random() < world.strangeness / 2:
        return strawberry.cast(dice.choice([Box, Person]), dice.choice([cell, person, box])(world, key))
    return dice.choice([person, box])(world, key)


def being(world: World, key: str) -> Any:
    dice = world.dice(f"being {key}")
    if dice.random() < world.strangeness / 2:
        return strawberry.cast(dice.choice([Robot, Person, Titled]), dice.choice([box, person, robot])(world, key))
    return dice.choice([person, robot])(world, key)
