"""The operations of the desk are documents of the public schema, within its limits."""

from __future__ import annotations

import pytest

from desk.asking import read_operations
from engine.cost import inspect
from engine.executors import compiled_executor
from schema.public import public_schema

EXECUTOR = compiled_executor(public_schema._schema, inspect=inspect)  # noqa: SLF001 - as the service takes it


@pytest.mark.parametrize(("name", "text"), read_operations().items(), ids=read_operations())
def test_every_operation_is_taken(name: str, text: str) -> None:
    assert name in text
    EXECUTOR.keep(text)
