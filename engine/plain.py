"""The reference executor: graphql-core as it is, with parsed and validated documents kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterable
from dataclasses import dataclass
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    execute,
    get_operation_ast,
    specified_rules,
    subscribe,
)

from engine.answers import MOST_FIELD_ERRORS, TooLarge, too_large, written
from engine.operation import OperationKind, Request, RequestRefused, Response
from engine.parsing import parsed, require_valid
from engine.values import require_few_values, values_by_core

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence

    from graphql.validation import ASTValidationRule

    from engine.operation import Operation


def formatted(error: GraphQLError) -> dict[str, Any]:
    """Show an error as the GraphQL specification does."""
    return dict(error.formatted)


def rules(*, introspection: bool) -> tuple[type[ASTValidationRule], ...]:
    """Return the rules of the GraphQL specification, and that of ours when the schema is not to be asked for."""
    return specified_rules if introspection else (*specified_rules, NoSchemaIntrospectionCustomRule)


class PlainExecutor:
    """Parses and validates once per document text, then lets graphql-core execute."""

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        format_error: Callable[[GraphQLError], dict[str, Any]] = formatted,
        hide_suggestions: bool = False,
        introspection: bool = True,
        kept_documents: int = 256,
    ) -> None:
        self.schema = schema
        self.format_error = format_error
        self.hide_suggestions = hide_suggestions
        self._rules = rules(introspection=introspection)
        self._kept = kept_documents
        self._documents: OrderedDict[str, DocumentNode] = OrderedDict()

    def prepare(self, request: Request) -> PlainOperation:
        """Parse, validate, choose the operation and coerce its variables; RequestRefused otherwise."""
        require_few_values(request.variables)
        if not request.query:
            raise RequestRefused([GraphQLError("Must provide query string.")])
        document = self._document(request.query)
        operation = get_operation_ast(document, request.operation_name)
        if operation is None:
            raise RequestRefused([GraphQLError(no_operation(request.operation_name))])
        values_by_core(
            self.schema,
            operation.variable_definitions or (),
            request.variables,
            hide_suggestions=self.hide_suggestions,
        )
        return PlainOperation(self, document, operation, request.variables)

    def render(self, result: ExecutionResult, operation: Operation) -> Response:
        """Serialise a result; one that is too large is null, with an error that says so."""
        errors = (result.errors or [])[:MOST_FIELD_ERRORS]
        payload: dict[str, Any] = {"data": result.data}
        if errors:
            payload["errors"] = [self.format_error(error) for error in errors]
        if result.extensions:
            payload["extensions"] = result.extensions
        try:
            return Response(written(payload, operation.cost), errors)
        except TooLarge:
            error = too_large(operation.kind)
            return Response(orjson.dumps({"data": None, "errors": [self.format_error(error)]}), [error])

    def render_errors(self, errors: Sequence[GraphQLError]) -> bytes:
        """Serialise a refusal, without `data`."""
        return orjson.dumps({"errors": [self.format_error(error) for error in errors]})

    def _document(self, text: str) -> DocumentNode:
        if text in self._documents:
            self._documents.move_to_end(text)
            return self._documents[text]
        document = parsed(text)
        require_valid(self.schema, document, self._rules, hide_suggestions=self.hide_suggestions)
        self._documents[text] = document
        if len(self._documents) > self._kept:
            self._documents.popitem(last=False)
        return document


@dataclass(frozen=True, slots=True)
class PlainOperation:
    """A validated operation with its variables."""

    executor: PlainExecutor
    document: DocumentNode
    definition: OperationDefinitionNode
    variables: Mapping[str, Any]
    cost: int = 0

    @property
    def kind(self) -> OperationKind:
        """query, mutation or subscription."""
        return self.definition.operation.value

    @property
    def name(self) -> str | None:
        """As the document names it."""
        return self.definition.name.value if self.definition.name else None

    async def execute(self, context: object) -> Response:
        """Run to the end; field errors are in the response."""
        result = execute(
            self.executor.schema,
            self.document,
            context_value=context,
            variable_values=dict(self.variables),
            operation_name=self.name,
            hide_suggestions=self.executor.hide_suggestions,
        )
        return self.executor.render(await result if isawaitable(result) else result, self)

    async def subscribe(self, context: object) -> AsyncGenerator[Response, None]:
        """Open the source stream; RequestRefused when it cannot be opened."""
        stream = subscribe(
            self.executor.schema,
            self.document,
            context_value=context,
            variable_values=dict(self.variables),
            operation_name=self.name,
            hide_suggestions=self.executor.hide_suggestions,
        )
        opened = await stream if isawaitable(stream) else stream
        if not isinstance(opened, AsyncIterable):
            raise RequestRefused(opened.errors or ())
        return self._responses(opened)

    async def _responses(self, results: AsyncIterable[ExecutionResult]) -> AsyncGenerator[Response, None]:
        try:
            async for result in results:
                yield self.executor.render(result, self)
        finally:
            if aclose := getattr(results, "aclose", None):
                await aclose()


def no_operation(name: str | None) -> str:
    if name:
        return "The document has no operation of the name that is asked for."
    return "Must provide operation name if query contains multiple operations."
