"""A small schema with one of everything a strawberry schema may hold. Its context is a World."""

# mypy: disable-error-code="no-any-return, untyped-decorator"
# ruff: noqa: A002, ARG001, ARG002, B008, PLR0917 - what the functions take is the schema

from __future__ import annotations

import asyncio
import enum
from collections.abc import AsyncGenerator, AsyncIterator  # noqa: TC003 - strawberry reads them
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig

from tests.engine.world import Later, World

if TYPE_CHECKING:
    from random import Random

Info = strawberry.Info[World, None]


@strawberry.enum
class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"
    DARK_BLUE = strawberry.enum_value("dark", name="NAVY")


@strawberry.enum
class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 2


def _even(value: Any) -> Any:
    if value == 0:
        return None
    if not isinstance(value, int) or value % 2:
        raise GraphQLError(f"{value!r} is not even", extensions={"code": "ODD"})
    return value


Even = NewType("Even", int)


class Allowed(BasePermission):
    message = "not allowed"
    error_extensions = {"code": "FORBIDDEN"}  # noqa: RUF012 - read by strawberry, never changed

    def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        return info.context.dice(f"allowed {key_of(source)}").random() < 0.7


class AllowedLater(BasePermission):
    message = "not allowed later"

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        await asyncio.sleep(0)
        return info.context.dice(f"allowed later {key_of(source)}").random() < 0.7


class Shouted(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: Info, **kwargs: Any) -> Any:
        value = next_(source, info, **kwargs)
        return value.upper() if isinstance(value, str) else value


def key_of(source: Any) -> str:
    return getattr(source, "key", "root")


def text(dice: Random) -> str:
    return dice.choice(["", "a", "été", 'quo"te', "line\nbreak", "\u2028", "x" * 50])


@strawberry.input
class Point:
    x: int
    y: float | None = 0.5
    tags: list[str] = strawberry.field(default_factory=lambda: ["a", "b"])
    colour: Colour | None = Colour.RED


@strawberry.input
class Shape:
    name: str
    points: list[Point] | None = None
    origin: Point | None = strawberry.UNSET
    note: strawberry.Maybe[str | None]
    grid: list[list[int | None]] | None = None
    on: date | None = None


@strawberry.input(one_of=True)
class Choice:
    number: int | None = strawberry.UNSET
    word: str | None = strawberry.UNSET


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
    must: Annotated[Cell, strawberry.lazy("tests.engine.toy")]
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
        return Later(world.pause(key), cell(world, key))  # type: ignore[return-value]

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
        return strawberry.cast(Box, cell(world, key))
    return dice.choice([person, box])(world, key)


def being(world: World, key: str) -> Any:
    dice = world.dice(f"being {key}")
    if dice.random() < world.strangeness / 2:
        return box(world, key)
    return dice.choice([person, robot])(world, key)


def _person_at(world: World, key: str, _dice: Random) -> Person:
    return person(world, key)


def _cell_at(world: World, key: str, _dice: Random) -> Cell:
    return cell(world, key)


def everyone(root: None, info: Info) -> list[Person]:
    info.context.called("everyone")
    return info.context.many("everyone", lambda at: person(info.context, at))


@strawberry.type
class Query:
    rootless: str

    people: list[Person] = strawberry.field(resolver=everyone)

    @strawberry.field
    async def person(self, info: Info, id: strawberry.ID) -> Person | None:
        info.context.called(f"person {id}")
        await asyncio.sleep(0)
        return info.context.value(f"person{id}", lambda _: person(info.context, f"{id}"))

    @strawberry.field
    async def node(self, info: Info, id: strawberry.ID = strawberry.ID("n")) -> Node | None:
        return info.context.value(f"node{id}", lambda _: person(info.context, f"n{id}"))

    @strawberry.field
    def box(self, info: Info, colour: Colour | None = None) -> Box:
        return info.context.value(f"box{colour}", lambda _: box(info.context, f"q{colour}"))

    @strawberry.field
    def thing(self, info: Info) -> Thing | None:
        return thing(info.context, "thing")

    @strawberry.field
    async def beings(self, info: Info) -> list[Titled | None]:
        return info.context.many("beings", lambda at: being(info.context, at))

    @strawberry.field
    def echo(
        self,
        shape: Shape | None = None,
        numbers: list[int | None] | None = None,
        colour: Colour = Colour.GREEN,
        size: Size | None = None,
        on: date | None = None,
        raw: JSON | None = None,
        price: Decimal | None = None,
        even: Even | None = None,
        point: Point | None = None,
        unset: str | None = strawberry.UNSET,
    ) -> str:
        return repr((shape, numbers, colour, size, on, raw, price, even, point, unset))

    @strawberry.field
    async def echo_later(
        self, shape: Shape, choice: Choice | None = None, grid: list[list[Point]] | None = None
    ) -> str:
        return repr((shape, choice, grid))

    @strawberry.field
    def seen(self, info: Info, value: str = "v") -> str:
        raw = info._raw_info  # noqa: SLF001 - what a resolver may see of the request is compared
        return repr(
            (
                info.path,
                info.field_name,
                info.variable_values,
                raw.return_type,
                raw.parent_type,
                [node.loc and node.loc.start for node in raw.field_nodes],
                [getattr(field, "name", None) for field in info.selected_fields],
                value,
            )
        )


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def save(self, info: Info, name: str = "x", point: Point | None = None) -> Person | None:
        world = info.context
        world.called(f"save begins {name}")
        for _ in range(world.pause(name)):
            await asyncio.sleep(0)
        world.called(f"save ends {name}")
        world.raise_sometimes(f"save {name}")
        return person(world, f"saved{name}")

    @strawberry.mutation
    def mark(self, info: Info, name: str = "x") -> Cell:
        info.context.called(f"mark {name}")
        return info.context.value(f"mark{name}", lambda _: cell(info.context, f"mark{name}"))

    @strawberry.mutation
    def must(self, info: Info) -> str:
        info.context.called("must")
        return info.context.value("must", text)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def people(self, info: Info, count: int = 3) -> AsyncGenerator[Person, None]:
        world = info.context
        world.raise_sometimes("people")
        for number in range(count % 5):
            await asyncio.sleep(0)
            yield world.value(f"event {number}", partial(_person_at, world, f"e{number}"))
        world.raise_sometimes("people end")

    @strawberry.subscription
    async def cells(self, info: Info, shape: Shape | None = None) -> AsyncGenerator[Cell | None, None]:
        for number in range(2):
            yield info.context.value(f"cell {number}", partial(_cell_at, info.context, f"c{number}"))

    @strawberry.subscription
    async def broken(self, info: Info) -> AsyncGenerator[int, None]:
        info.context.called("broken")
        raise info.context.dice("broken").choice([ValueError("closed"), GraphQLError("shut")])

    @strawberry.subscription
    async def nothing(self) -> AsyncGenerator[int, None]:
        return 5  # type: ignore[return-value]


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Robot],
    config=StrawberryConfig(
        scalar_map={
            Even: strawberry.scalar(name="Even", serialize=_even, parse_value=_even),
        }
    ),
)
graphql_schema = schema._schema  # noqa: SLF001 - the engine's subject
