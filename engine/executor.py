"""Prepares operations: a text is parsed, measured and validated once, and its variables checked at each request.

How it is executed is another matter (`execute`): all limits hold, whatever it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    specified_rules,
)

from engine.cache import Cache
from engine.defined_operation import name_of
from engine.document import Document
from engine.operation import RequestRefused
from engine.parsing import parsed, require_valid
from engine.values import require_few_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import DocumentNode, GraphQLSchema

    from engine.document import Execute, Inspect, Inspected
    from engine.operation import Operation, Request
    from engine.rendering import Renderer


class DocumentExecutor:
    """`kept_documents` and `kept_bytes` (of text) bound what is kept of documents, see Cache."""

    def __init__(
        self,
        schema: GraphQLSchema,
        execute: Execute,
        renderer: Renderer,
        *,
        inspect: Inspect | None = None,
        hide_suggestions: bool = False,
        introspection: bool = True,
        kept_documents: int = 512,
        kept_bytes: int = 4 * 1024 * 1024,
    ) -> None:
        self.schema = schema
        self._execute = execute
        self._renderer = renderer
        self._inspect = inspect
        self._hide_suggestions = hide_suggestions
        self._rules = specified_rules if introspection else (*specified_rules, NoSchemaIntrospectionCustomRule)
        self._cache: Cache[Document] = Cache(number=kept_documents, size=kept_bytes)
        self._for_good: dict[str, Document] = {}

    def prepare(self, request: Request) -> Operation:
        """Find or make the operation and coerce its variables; RequestRefused otherwise."""
        text = request.query
        if not text:
            raise RequestRefused([GraphQLError("Must provide query string.")])
        require_few_values(request.variables)
        document, known = self._find(text)
        return document.operation(request.operation_name).operation(request.variables, known=known)

    def keep(self, text: str) -> None:
        """Prepare a document and all its operations for good; RequestRefused when it is not valid."""
        document = self._read(text)
        for node in document.node.definitions:
            if isinstance(node, OperationDefinitionNode):
                document.operation(name_of(node)).execution.compile()
        self._for_good[text] = document

    def render_errors(self, errors: Sequence[GraphQLError]) -> bytes:
        """Serialise a refusal, without `data`."""
        return self._renderer.refusal(errors)

    def _find(self, text: str) -> tuple[Document, bool]:
        document = self._for_good.get(text)
        if document is not None:
            return document, True
        document, known = self._cache.find(text)
        if document is None:
            document = self._read(text)
            self._cache.add(text, document, len(text.encode()))
        return document, known

    def _read(self, text: str) -> Document:
        hide = self._hide_suggestions
        node = parsed(text)
        inspected = self._inspections(node)
        require_valid(self.schema, node, self._rules, hide_suggestions=hide)
        return Document(self.schema, node, inspected, self._execute, hide_suggestions=hide)

    def _inspections(self, node: DocumentNode) -> dict[str | None, Inspected]:
        """Measure every operation: what is too large is refused before validation compares its fields in pairs."""
        if self._inspect is None:
            return {}
        operations = [each for each in node.definitions if isinstance(each, OperationDefinitionNode)]
        try:
            return {name_of(each): self._inspect(self.schema, node, each) for each in operations}
        except GraphQLError as error:
            raise RequestRefused([error]) from None
