"""Results and refusals as JSON: errors as their formatter shows them, never more than may be told or sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from graphql import GraphQLError

from engine.answers import MOST_FIELD_ERRORS, AnswerTooLarge, too_large, written
from engine.operation import Response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.operation import OperationKind

FormatError = Callable[[GraphQLError], dict[str, Any]]


def formatted(error: GraphQLError) -> dict[str, Any]:
    """Show an error as the GraphQL specification does."""
    return dict(error.formatted)


@dataclass(frozen=True, slots=True)
class Renderer:
    """One for each executor."""

    format_error: FormatError = formatted

    def answer(self, data: Any, errors: Sequence[GraphQLError], kind: OperationKind, cost: int) -> Response:  # noqa: ANN401
        """Write a result; one that is too large is null, with an error that says so."""
        payload: dict[str, Any] = {"data": data}
        if errors:
            errors = errors[:MOST_FIELD_ERRORS]
            payload["errors"] = [self.format_error(error) for error in errors]
        try:
            return Response(written(payload, cost), errors)
        except AnswerTooLarge:
            error = too_large(kind)
            return Response(orjson.dumps({"data": None, "errors": [self.format_error(error)]}), [error])

    def refusal(self, errors: Sequence[GraphQLError]) -> bytes:
        """Write the errors of a request that was refused, without `data`."""
        return orjson.dumps({"errors": [self.format_error(error) for error in errors]})
