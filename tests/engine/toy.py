"""A small schema with one of everything a strawberry schema may hold. Its context is a World."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: A002, ARG001, ARG002, B008 - what the functions take is the schema

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator  # noqa: TC003 - strawberry reads them
from datetime import date  # noqa: TC003 - as above
from decimal import Decimal  # noqa: TC003 - as above
from functools import partial
from typing import TYPE_CHECKING

import strawberry
from graphql import GraphQLError
from strawberry.scalars import JSON  # noqa: TC002 - as above
from strawberry.schema.config import StrawberryConfig

from tests.engine.toy_parts import Choice, Colour, Even, Info, Point, Shape, Size, even
from tests.engine.toy_types import (
    Box,
    Cell,
    Node,
    Person,
    Robot,
    Thing,
    Titled,
    being,
    box,
    cell,
    person,
    text,
    thing,
)

if TYPE_CHECKING:
    from random import Random

    from tests.engine.world import World


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
            Even: strawberry.scalar(name="Even", serialize=even, parse_value=even),
        }
    ),
)
graphql_schema = schema._schema  # noqa: SLF001 - the engine's subject
