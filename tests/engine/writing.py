"""Writes documents and variables from any GraphQL schema: `Writer(schema, random).request(kind)`.

Most are valid; some are not, which the executors have to refuse alike. `random` is a hypothesis strategy's or
any other `random.Random`, so a failing document shrinks.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    OperationType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

SCALARS: dict[str, list[Any]] = {
    "Int": [0, 1, 2, -7, 2147483647],
    "Float": [0.5, -1.25, 3, 1e10],
    "String": ["", "a", "été", 'q"uote', "1"],
    "Boolean": [True, False],
    "ID": ["a", "1", 7],
    "Date": ["2026-01-02", "2026-12-31"],
    "DateTime": ["2026-01-02T03:04:05"],
    "Decimal": ["1.50"],
    "JSON": [2, "a", [1, 2], None],
    "UUID": ["6f1c3c1e-8f0f-4a63-9f5e-0e6e8c6f3c1e"],
}
WRONG: list[Any] = [None, "wrong", 5, 1.5, True, [1], {"a": 1}, 2**40]


class Asked(NamedTuple):
    """A document, the operation in it and its variables."""

    text: str
    operation: str | None
    variables: dict[str, Any]


class Writer:
    """Writes one request; make a new one for the next. `scalars` are values for scalars by name, beside its own."""

    def __init__(
        self,
        schema: GraphQLSchema,
        random: Random,
        *,
        depth: int = 4,
        scalars: Mapping[str, list[Any]] | None = None,
    ) -> None:
        self.scalars = {**SCALARS, **(scalars or {})}
        self.schema = schema
        self.random = random
        self.depth = depth
        self.definitions: list[str] = []
        self.fragments: list[str] = []
        self.spreadable: dict[str, list[str]] = {}
        self.variables: dict[str, Any] = {}

    def request(self, kind: OperationType) -> Asked:
        """Write an operation of a kind that the schema has."""
        root = self.schema.get_root_type(kind)
        if root is None:
            raise ValueError(f"the schema has no {kind.value}")
        alone = kind is OperationType.SUBSCRIPTION
        selection = self._one_field(root) if alone else self._selection(root, self.depth)
        definitions = f"({', '.join(self.definitions)})" if self.definitions else ""
        name = self.random.choice(["", "Named"])
        head = f"{kind.value} {name}{definitions}"
        text = f"{head} {selection}\n" + "\n".join(self.fragments)
        if self._seldom() and name:
            text += "\nquery Other { __typename }"
            return Asked(text, self.random.choice(["Named", "Other", None, "Absent"]), self.variables)
        return Asked(text, self.random.choice([name or None, None]), self.variables)

    def below(self, path: str, type_name: str) -> Asked:
        """Write a query of what is asked of a type, below a path of fields to it (`list(first: 5) nodes`)."""
        selection = self._selection(self.schema.type_map[type_name], self.depth)
        for field in reversed(path.split()):
            selection = f"{{ {field} {selection} }}"
        definitions = f"({', '.join(self.definitions)})" if self.definitions else ""
        return Asked(f"query {definitions} {selection}\n" + "\n".join(self.fragments), None, self.variables)

    def _seldom(self) -> bool:
        return self.random.randrange(12) == 0

    def _often(self) -> bool:
        return self.random.randrange(3) != 0

    def _one_field(self, root: GraphQLObjectType) -> str:
        field = self._field(root, self.random.choice(sorted(root.fields)), self.depth)
        return f"{{ {field} }}"

    def _selection(self, type_: Any, depth: int) -> str:
        most = 6 if depth > 2 else 4
        entries = [self._entry(type_, depth) for _ in range(self.random.randrange(1, most))]
        return "{ " + " ".join([entry for entry in entries if entry] or ["__typename"]) + " }"

    def _entry(self, type_: Any, depth: int) -> str:
        roll = self.random.randrange(10)
        if roll == 0:
            return f"{self._alias('__typename')}__typename{self._condition()}"
        if roll == 1 and depth > 0:
            return self._inline(type_, depth)
        if roll == 2 and depth > 0:
            return self._spread(type_, depth)
        fields = getattr(type_, "fields", {})
        if not fields:
            return self._inline(type_, depth)
        return self._field(type_, self.random.choice(sorted(fields)), depth)

    def _field(self, parent: Any, name: str, depth: int) -> str:
        field = parent.fields[name]
        named = get_named_type(field.type)
        composite = is_composite_type(named)
        if composite and depth <= 0:
            return ""
        arguments = self._arguments(field.args)
        selection = " " + self._selection(named, depth - 1) if composite else ""
        key = name if not arguments else f"{name}_{abs(hash_of(arguments)) % 1000}"
        if key != name or self._seldom():
            key = self.random.choice([key, f"{key}_{parent.name}"]) if not self._seldom() else f"other_{key}"
            return f"{key}: {name}{arguments}{self._condition()}{selection}"
        return f"{name}{arguments}{self._condition()}{selection}"

    def _alias(self, name: str) -> str:
        return self.random.choice(["", "", f"a{name}: "])

    def _related(self, type_: Any) -> Any:
        """A type whose fragment may apply: itself, one of its kinds, one of its interfaces."""
        near = [type_]
        if is_abstract_type(type_):
            near += self.schema.get_possible_types(type_)
            near += [
                other
                for other in self.schema.type_map.values()
                if is_abstract_type(other)
                and not other.name.startswith("__")
                and {*self.schema.get_possible_types(other)} & {*self.schema.get_possible_types(type_)}
            ]
        else:
            near += type_.interfaces
        return self.random.choice(near)

    def _inline(self, type_: Any, depth: int) -> str:
        related = self._related(type_)
        on = f" on {related.name}" if related is not type_ or self._often() else ""
        return f"...{on}{self._condition()} {self._selection(related, depth - 1)}"

    def _spread(self, type_: Any, depth: int) -> str:
        related = self._related(type_)
        known = self.spreadable.setdefault(related.name, [])
        name = self.random.choice(known) if known and not self._often() else ""
        if not name:
            selection = self._selection(related, depth - 1)
            name = f"F{len(self.fragments)}"
            self.fragments.append(f"fragment {name} on {related.name} {selection}")
            known.append(name)
        return f"...{name}{self._condition()}"

    def _condition(self) -> str:
        roll = self.random.randrange(14)
        if roll > 1:
            return ""
        directive = "include" if roll else "skip"
        constant = self.random.choice(["true", "false"])
        value = self._variable("Boolean", required=True) if self._often() else constant
        return f" @{directive}(if: {value})"

    def _arguments(self, arguments: dict[str, Any]) -> str:
        written = [
            f"{name}: {self._argument(argument.type)}"
            for name, argument in arguments.items()
            if is_required_argument(argument) or self._often()
        ]
        return f"({', '.join(written)})" if written else ""

    def _argument(self, type_: Any) -> str:
        if self.random.randrange(2):
            return self._variable_of(type_)
        return self._literal(type_, 3)

    def _variable(self, type_name: str, *, required: bool) -> str:
        return self._variable_of(self.schema.type_map[type_name], required=required)

    def _variable_of(self, type_: Any, *, required: bool = False) -> str:
        name = f"v{len(self.definitions)}"
        nullable = type_.of_type if is_non_null_type(type_) else type_
        required = required or is_non_null_type(type_)
        default = self._default(nullable)
        mark = "!" if required and (not default or self.random.randrange(2)) else ""
        self.definitions.append(f"${name}: {nullable}{mark}{default}")
        self._give(
            name,
            nullable,
            can_miss=not mark or bool(default),
            nullable_with_default=bool(default) and not mark,
        )
        return f"${name}"

    def _default(self, nullable: Any) -> str:
        if self._often():
            return ""
        literal = self._literal(nullable, 2, variables=False)
        return f" = {literal}"

    def _give(self, name: str, type_: Any, *, can_miss: bool, nullable_with_default: bool) -> None:
        roll = self.random.randrange(24)
        if roll == 0:
            self.variables[name] = self.random.choice(WRONG)
        elif roll == 1 or (roll < 5 and nullable_with_default):
            self.variables[name] = None
        elif roll > 7 or not can_miss:
            self.variables[name] = self._json(type_, 3)

    def _json(self, type_: Any, depth: int) -> Any:  # noqa: PLR0911 - one for each kind of type
        """A JSON value of an input type, seldom a wrong one."""
        if self.random.randrange(60) == 0:
            return self.random.choice(WRONG)
        if is_non_null_type(type_):
            return self._json(type_.of_type, depth)
        if is_list_type(type_):
            if self._seldom():
                return self._json(type_.of_type, depth)
            return [self._json(type_.of_type, depth - 1) for _ in range(self.random.randrange(3))]
        if isinstance(type_, GraphQLEnumType):
            return self.random.choice(list(type_.values))
        if isinstance(type_, GraphQLInputObjectType):
            return self._json_object(type_, depth)
        return self.random.choice(self.scalars.get(type_.name, [2, 4]))

    def _json_object(self, type_: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        chosen = {
            name: self._json(field.type, depth - 1)
            for name, field in type_.fields.items()
            if is_required_input_field(field) or (depth > 0 and self._often())
        }
        if type_.is_one_of or self._of_one(type_):
            return dict([self.random.choice(list(chosen.items()))]) if chosen else {}
        return chosen

    @staticmethod
    def _of_one(type_: GraphQLInputObjectType) -> bool:
        return bool(getattr(type_.extensions.get("strawberry-definition"), "is_one_of", False))

    def _literal(self, type_: Any, depth: int, *, variables: bool = True) -> str:
        if variables and self.random.randrange(8) == 0 and depth < 3:
            return self._variable_of(type_)
        if is_non_null_type(type_):
            return self._bare_literal(type_.of_type, depth, variables=variables)
        return self._bare_literal(type_, depth, variables=variables)

    def _bare_literal(self, type_: Any, depth: int, *, variables: bool) -> str:
        if is_list_type(type_):
            if self._seldom():
                return self._literal(type_.of_type, depth - 1, variables=False)
            count = self.random.randrange(3)
            written = [self._literal(type_.of_type, depth - 1, variables=variables) for _ in range(count)]
            return f"[{', '.join(written)}]"
        if isinstance(type_, GraphQLInputObjectType):
            fields = {
                name: self._literal(field.type, depth - 1, variables=variables)
                for name, field in type_.fields.items()
                if is_required_input_field(field) or (depth > 0 and self._often())
            }
            if self._of_one(type_) and fields:
                fields = dict([self.random.choice(list(fields.items()))])
            return "{" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}"
        if isinstance(type_, GraphQLEnumType):
            return str(self.random.choice(list(type_.values)))
        return self._scalar_literal(type_)

    def _scalar_literal(self, type_: GraphQLScalarType) -> str:
        value = self.random.choice(self.scalars.get(type_.name, [2, 4]))
        return json.dumps(value, ensure_ascii=False)


def hash_of(text: str) -> int:
    """The same in every process, unlike hash()."""
    return sum(ord(letter) * (place + 1) for place, letter in enumerate(text))
