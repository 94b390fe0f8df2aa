"""Documents known by a hash or an id: Apollo's automatic persisted queries, and trusted documents."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from engine.cache import Cache
from engine.operation import Request, RequestRefused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from engine.executor import DocumentExecutor
    from engine.operation import Operation

APOLLO_FORMAT = "apollo-persisted-query-manifest"
SHA256 = "sha256:"


class InvalidRegister(Exception):  # noqa: N818 - named after what is wrong
    """A register of trusted documents cannot be used; the message says which document and why."""


def read_register(path: Path) -> dict[str, str]:
    """Read trusted documents by id from a directory of `.graphql` files or from a manifest.

    In a directory a document's id is the SHA-256 of its text, in hexadecimal. A manifest is JSON: the
    `persisted-documents.json` of graphql-codegen's client preset (id to text), or Apollo's
    `persisted-query-manifest` (format "apollo-persisted-query-manifest", version 1). Raises InvalidRegister.
    """
    try:
        if path.is_dir():
            texts = [file.read_text(encoding="utf-8") for file in sorted(path.rglob("*.graphql"))]
            return {_hash(text): text for text in texts}
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidRegister(f"{error.filename or path} cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise InvalidRegister(f"{path}: {error}") from None
    documents = _apollo(manifest) if _is_apollo(manifest) else manifest
    if not isinstance(documents, dict) or not all(isinstance(text, str) for text in documents.values()):
        raise InvalidRegister(f"{path}: neither a map of ids to documents nor an Apollo manifest of version 1")
    return documents


class PersistedDocuments:
    """An executor before which documents may be named by `extensions.persistedQuery` or by a document id.

    Trusted documents are validated and compiled now and kept for good; InvalidRegister names one that the
    schema refuses. Packaged ones are trusted too, and come with the product, whose tests hold them to the
    schema: each is compiled when it is first asked, as fifty would take half a second of every start. Others
    are learnt as Apollo's clients do it, and kept within `kept_documents` and `kept_bytes` (of text). With
    `trusted_only` nothing else is executed than trusted documents.
    """

    def __init__(
        self,
        executor: DocumentExecutor,
        *,
        trusted: Mapping[str, str] | None = None,
        packaged: Mapping[str, str] | None = None,
        trusted_only: bool = False,
        kept_documents: int = 1024,
        kept_bytes: int = 4 * 1024 * 1024,
    ) -> None:
        self._executor = executor
        self._trusted_only = trusted_only
        self._trusted: dict[str, str] = {}
        self._learnt: Cache[str] = Cache(number=kept_documents, size=kept_bytes)
        for name, text in (packaged or {}).items():
            self._know(name, text)
        self._not_compiled = set(self._trusted.values())
        for name, text in (trusted or {}).items():
            self._trust(name, text)

    def prepare(self, request: Request) -> Operation:
        """Find the document's text and prepare it; RequestRefused with Apollo's codes if it is not known."""
        named = request.document_id or _persisted_hash(request)
        if named is None and not self._trusted_only:
            return self._executor.prepare(request)
        text = self._trusted_text(named, request.query)
        if text is None and self._trusted_only:
            raise _refused(
                "Only registered operations are executed here; name one by its hash or id.",
                "PERSISTED_QUERY_ONLY",
            )
        if text is None and named is not None:
            return self._learnt_operation(named, request)
        if text in self._not_compiled:
            self._executor.keep(text)
            self._not_compiled.remove(text)
        return self._executor.prepare(_with_text(request, text))

    def render_errors(self, errors: Sequence[GraphQLError]) -> bytes:
        """Serialise a refusal, without `data`."""
        return self._executor.render_errors(errors)

    def _trust(self, name: str, text: str) -> None:
        try:
            self._executor.keep(text)
        except RequestRefused as refused:
            raise InvalidRegister(f"trusted document {name}: {refused}") from None
        self._know(name, text)

    def _know(self, name: str, text: str) -> None:
        self._trusted[name] = text
        self._trusted[_hash(text)] = text

    def _trusted_text(self, named: str | None, text: str | None) -> str | None:
        if named is None:
            return self._trusted.get(_hash(text)) if text else None
        found = self._trusted.get(named) or self._trusted.get(named.removeprefix(SHA256))
        if found is not None and text and text != found:
            raise _refused("provided sha does not match query", "BAD_REQUEST")
        return found

    def _learnt_operation(self, named: str, request: Request) -> Operation:
        digest = named.removeprefix(SHA256)
        text, _ = self._learnt.find(digest)
        if not request.query:
            if text is None:
                raise _refused("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND", status=200)
            return self._executor.prepare(_with_text(request, text))
        if _hash(request.query) != digest:
            raise _refused("provided sha does not match query", "BAD_REQUEST")
        operation = self._executor.prepare(request)
        if text is None:
            self._learnt.add(digest, request.query, len(request.query.encode()))
        return operation


def _persisted_hash(request: Request) -> str | None:
    persisted = request.extensions.get("persistedQuery")
    if persisted is None:
        return None
    if not isinstance(persisted, dict) or persisted.get("version") != 1:
        raise _refused("Unsupported persisted query version", "BAD_REQUEST")
    digest = persisted.get("sha256Hash")
    if not isinstance(digest, str) or not digest:
        raise _refused("persistedQuery.sha256Hash is a text", "BAD_REQUEST")
    return digest


def _with_text(request: Request, text: str | None) -> Request:
    return Request(text, request.operation_name, request.variables, request.extensions)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _refused(message: str, code: str, status: int = 400) -> RequestRefused:
    return RequestRefused([GraphQLError(message, extensions={"code": code})], status)


def _is_apollo(manifest: Any) -> bool:  # noqa: ANN401 - any JSON
    return isinstance(manifest, dict) and manifest.get("format") == APOLLO_FORMAT


def _apollo(manifest: dict[str, Any]) -> dict[str, Any] | None:
    operations = manifest.get("operations")
    if manifest.get("version") != 1 or not isinstance(operations, list):
        return None
    if not all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in operations):
        return None
    return {one["id"]: one.get("body") for one in operations}
