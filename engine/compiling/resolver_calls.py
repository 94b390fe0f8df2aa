"""How a field's function is called: arguments converted as strawberry does, `info` only if asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql.execution import default_field_resolver

from engine.compiling.input_conversion import conversion
from engine.compiling.resolution import Function
from engine.running.graphql_core import LateInfo, info_of
from engine.strawberry_definitions import converter_of

if TYPE_CHECKING:
    from graphql import GraphQLSchema
    from strawberry.schema.schema_converter import GraphQLCoreConverter

    from engine.compiling.input_conversion import Convert
    from engine.compiling.shapes import SelectedField
    from engine.running.field import Call
    from engine.running.run import Position, Run

    Argument = tuple[str, str, Convert | None]
    """Its name in Python, its name in GraphQL, and the conversion of its values."""


def call_of(schema: GraphQLSchema, field: SelectedField) -> Call:
    """Make the call of a field's resolver: (run, source, position, GraphQL argument values) to its result."""
    if isinstance(field.resolution, Function):
        return _function_call(schema, field, field.resolution)
    resolve = field.definition.resolve or default_field_resolver

    def call(run: Run, source: Any, position: Position, values: dict[str, Any]) -> Any:  # noqa: ANN401
        return resolve(source, info_of(run, field, position), **values)

    return call


def _function_call(schema: GraphQLSchema, field: SelectedField, function: Function) -> Call:
    resolver = function.field.base_resolver
    converter = converter_of(schema)
    if resolver is None or converter is None:
        raise TypeError(f"{field.key} is no strawberry function")
    config = converter.config
    arguments = _arguments(converter, function)
    with_source = [parameter.name for parameter in (resolver.parent_parameter, resolver.root_parameter) if parameter]
    info_name = resolver.info_parameter.name if resolver.info_parameter else None
    needs_info = info_name is not None or any(convert for _, _, convert in arguments)
    positional = bool(resolver.self_parameter)
    target, strawberry_field, info_class = function.call, function.field, config.info_class

    def call(run: Run, source: Any, position: Position, values: dict[str, Any]) -> Any:  # noqa: ANN401
        info = None
        if needs_info:
            late: Any = LateInfo(run, field, position)
            info = info_class(_raw_info=late, _field=strawberry_field)
        keywords = _converted(arguments, values, info)
        for name in with_source:
            keywords[name] = source
        if info_name is not None:
            keywords[info_name] = info
        return target(source, **keywords) if positional else target(**keywords)

    return call


def _arguments(converter: GraphQLCoreConverter, function: Function) -> list[Argument]:
    name_of = converter.config.name_converter.from_argument
    return [
        (argument.python_name, name_of(argument), conversion(converter, argument.type))
        for argument in function.field.arguments
    ]


def _converted(
    arguments: list[Argument],
    values: dict[str, Any],
    info: Any,  # noqa: ANN401
) -> dict[str, Any]:
    keywords = {}
    for python_name, name, convert in arguments:
        if name in values:
            value = values[name]
            keywords[python_name] = value if convert is None else convert(value, (name,), info)
    return keywords
