"""Puts the executor together: the public schema, its limits, and the documents that are trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.cost import inspect
from engine.executors import compiled_executor, core_executor
from engine.persisted import InvalidRegister, PersistedDocuments, read_register
from schema.errors import error_formatter
from schema.public import public_schema
from service.telling import Teller
from settings import WrongSetting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.operation import Executor
    from settings import Settings


def require_documents(settings: Settings) -> None:
    """Raise WrongSetting where trusted documents are named and cannot be trusted."""
    if settings.trusted_documents is None:
        return
    try:
        executor_of(settings, Teller(b""), {})
    except InvalidRegister as invalid:
        raise WrongSetting(f"BILANS_TRUSTED_DOCUMENTS: {invalid}.") from None


def executor_of(settings: Settings, teller: Teller, operations: Mapping[str, str]) -> Executor:
    """Return what executes operations; `operations` are those of the desk, which are trusted too. InvalidRegister."""
    schema = public_schema._schema  # noqa: SLF001 - strawberry gives graphql-core's schema no other way
    format_error, explored = error_formatter(teller.fault), settings.explored
    executor = (compiled_executor if settings.compiled else core_executor)(
        schema, format_error=format_error, inspect=inspect, hide_suggestions=not explored, introspection=explored
    )
    trusted = read_register(settings.trusted_documents) if settings.trusted_documents else {}
    return PersistedDocuments(executor, trusted=trusted, packaged=operations, trusted_only=settings.trusted_only)
