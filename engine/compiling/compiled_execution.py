"""The execution by compiled functions: known operations and subscriptions; graphql-core executes the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.compiling.variants import Variants
from engine.running.compiled_operation import CompiledOperation
from engine.running.core_execution import CoreOperation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql.execution.values import VariableValues

    from engine.defined_operation import DefinedOperation
    from engine.rendering import Renderer
    from engine.running.shared_answers import SharedAnswers, ShareKey


class CompiledExecution:
    """An operation whose function is compiled when it is seen again; a subscription's at once, for its events."""

    __slots__ = ("_compiles", "_defined", "_renderer", "_sharing", "variants")

    def __init__(
        self, defined: DefinedOperation, renderer: Renderer, shared: SharedAnswers, share_key: ShareKey
    ) -> None:
        self.variants = Variants(defined)
        self._defined = defined
        self._renderer = renderer
        self._sharing = (shared, share_key)
        schema = defined.schema
        self._compiles = not (schema.get_directive("defer") or schema.get_directive("stream"))

    def operation(
        self, variables: VariableValues, given: Mapping[str, Any], cost: int, *, known: bool
    ) -> CompiledOperation | CoreOperation:
        """Make it ready to run."""
        if self._compiles and (known or self._defined.kind == "subscription"):
            function = self.variants.function(variables)
            if function is not None:
                sharing = self._sharing if function in self.variants.impersonal else None
                return CompiledOperation(self._defined, function, self._renderer, sharing, variables, cost)
        return CoreOperation(self._defined, self._renderer, given, cost)

    def compile(self) -> None:
        """Compile now."""
        self.variants.compile()
