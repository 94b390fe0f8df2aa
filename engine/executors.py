"""The executors there are: both read, bound and keep documents alike, and differ in how an operation runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.compiling.compiled_execution import CompiledExecution
from engine.executor import DocumentExecutor
from engine.rendering import Renderer, formatted
from engine.running.core_execution import CoreExecution
from engine.running.shared_answers import SharedAnswers, by_attribute

if TYPE_CHECKING:
    from graphql import GraphQLSchema

    from engine.rendering import FormatError
    from engine.running.shared_answers import ShareKey


def compiled_executor(
    schema: GraphQLSchema,
    *,
    format_error: FormatError = formatted,
    shared: SharedAnswers | None = None,
    share_key: ShareKey = by_attribute,
    **documents: Any,  # noqa: ANN401 - those of DocumentExecutor
) -> DocumentExecutor:
    """Compile an operation to a Python function the second time that it is seen; graphql-core runs the rest.

    `shared` holds answers to events. `share_key(context, event)` names an event, None for one that is not to be
    shared; by default it is the event's own `share_key`. An answer is shared only by those who select the same, and
    only if no resolver of the selection knows the viewer: see engine/compiling/impersonal.py.
    """
    renderer, answers = Renderer(format_error), shared or SharedAnswers()
    return DocumentExecutor(
        schema, lambda operation: CompiledExecution(operation, renderer, answers, share_key), renderer, **documents
    )


def core_executor(
    schema: GraphQLSchema,
    *,
    format_error: FormatError = formatted,
    **documents: Any,  # noqa: ANN401 - those of DocumentExecutor
) -> DocumentExecutor:
    """Have graphql-core run everything."""
    renderer = Renderer(format_error)
    return DocumentExecutor(schema, lambda operation: CoreExecution(operation, renderer), renderer, **documents)
