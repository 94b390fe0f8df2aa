"""The executor of the product: known operations are compiled Python functions, the rest is graphql-core's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, OperationDefinitionNode

from engine.execution import CompiledOperation
from engine.kept import Kept
from engine.operation import RequestRefused
from engine.parsing import parsed, require_valid
from engine.plain import PlainExecutor, PlainOperation, formatted, rules
from engine.prepared import Document, name_of
from engine.shared import SharedAnswers, by_attribute
from engine.values import require_few_values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphql import DocumentNode, GraphQLSchema

    from engine.operation import Request
    from engine.prepared import Inspect, Inspected
    from engine.shared import ShareKey


class CompiledExecutor:
    """Parses, validates and costs a document once, and compiles it the second time it is seen.

    `kept_documents` and `kept_bytes` (of text) bound what is kept of documents, see Kept; `kept_events` and
    `kept_events_bytes` the answers to shared events. `share_key(context, event)` names an event, None for one that
    is not to be shared; by default it is the event's own `share_key`. An answer is shared only by those who select
    the same, and only where nothing that is selected is told who asks: see engine/impersonal.py.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        format_error: Callable[[GraphQLError], dict[str, Any]] = formatted,
        inspect: Inspect | None = None,
        hide_suggestions: bool = False,
        introspection: bool = True,
        kept_documents: int = 512,
        kept_bytes: int = 4 * 1024 * 1024,
        kept_events: int = 1024,
        kept_events_bytes: int = 8 * 1024 * 1024,
        share_key: ShareKey = by_attribute,
    ) -> None:
        self.schema = schema
        self.plain = PlainExecutor(schema, format_error=format_error, hide_suggestions=hide_suggestions)
        self.share_key = share_key
        self.shared = SharedAnswers(number=kept_events, size=kept_events_bytes)
        self._inspect = inspect
        self._hide_suggestions = hide_suggestions
        self._rules = rules(introspection=introspection)
        self._kept: Kept[Document] = Kept(number=kept_documents, size=kept_bytes)
        self._for_good: dict[str, Document] = {}
        self._compiles = not (schema.get_directive("defer") or schema.get_directive("stream"))

    def prepare(self, request: Request) -> CompiledOperation | PlainOperation:
        """Find or make the operation and coerce its variables; RequestRefused otherwise."""
        text = request.query
        if not text:
            raise RequestRefused([GraphQLError("Must provide query string.")])
        require_few_values(request.variables)
        document, known = self._find(text)
        prepared = document.operation(request.operation_name)
        variables = prepared.variables.coerce(request.variables)
        cost = prepared.cost(variables.coerced)
        if self._compiles and (known or prepared.kind == "subscription"):
            function = prepared.program.function(variables)
            if function is not None:
                return CompiledOperation(self, prepared, function, variables, cost)
        return PlainOperation(self.plain, document.node, prepared.definition, request.variables, cost)

    def keep(self, text: str) -> None:
        """Prepare a document and all its operations for good; RequestRefused when it is not valid."""
        document = self._read(text)
        for definition in document.node.definitions:
            if isinstance(definition, OperationDefinitionNode):
                prepared = document.operation(name_of(definition))
                prepared.program.compile()
        self._for_good[text] = document

    def render_errors(self, errors: Sequence[GraphQLError]) -> bytes:
        """Serialise a refusal, without `data`."""
        return self.plain.render_errors(errors)

    def _find(self, text: str) -> tuple[Document, bool]:
        document = self._for_good.get(text)
        if document is not None:
            return document, True
        document, known = self._kept.find(text)
        if document is None:
            document = self._read(text)
            self._kept.add(text, document, len(text.encode()))
        return document, known

    def _read(self, text: str) -> Document:
        hide = self._hide_suggestions
        node = parsed(text)
        inspected = self._inspections(node)
        require_valid(self.schema, node, self._rules, hide_suggestions=hide)
        return Document(self.schema, node, inspected, hide_suggestions=hide)

    def _inspections(self, node: DocumentNode) -> dict[str | None, Inspected]:
        """Measure every operation: what is too large is refused before validation compares its fields in pairs."""
        if self._inspect is None:
            return {}
        operations = [each for each in node.definitions if isinstance(each, OperationDefinitionNode)]
        try:
            return {name_of(each): self._inspect(self.schema, node, each) for each in operations}
        except GraphQLError as error:
            raise RequestRefused([error]) from None
