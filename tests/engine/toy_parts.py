"""Enumerations, a scalar, permissions, an extension and inputs of the toy schema."""

# ruff: noqa: ARG002 - what the functions take is the schema

from __future__ import annotations

import asyncio
import enum
from datetime import date
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission

from tests.engine.world import World

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


def even(value: Any) -> Any:
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
