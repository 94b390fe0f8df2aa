"""The page on the engine shows what the engine does."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from graphql import get_operation_ast, parse
from graphql.execution.values import VariableValues

from engine.compiling.resolver_code import ResolverCode
from engine.compiling.selection import Selector
from engine.defined_operation import defined
from schema.public import public_schema

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "engine.md").read_text()


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)\n```", PAGE, re.DOTALL)
    return str(found)


def test_the_query_becomes_the_python_that_is_shown() -> None:
    document = parse(block("graphql"))
    node = get_operation_ast(document)
    assert node is not None
    operation = defined(public_schema._schema, document, node, hide_suggestions=False)  # noqa: SLF001 - as the service does
    assert operation.root_type is not None
    code = ResolverCode(operation.schema)
    root = code.selection(Selector(operation, VariableValues({}, {})).root(operation.root_type))
    assert ast.dump(ast.parse("\n".join(code.module.lines))) == ast.dump(ast.parse(block("python")))
    assert f"`{root}` answers the root" in PAGE


def test_every_file_of_the_engine_is_named() -> None:
    files = {path.name for path in (ROOT / "engine").rglob("*.py") if path.name != "__init__.py"}
    others = {
        "concrete_types.py", "impersonal.py", "input_conversion.py", "leaves.py", "predicates.py",
        "strawberry_definitions.py",
    }  # fmt: skip
    assert {name for name in files - others if f"`{name}`" not in PAGE} == {"operation.py"}
    assert "`engine/operation.py`" in PAGE
