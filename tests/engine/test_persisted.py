"""Documents named by hash or id: learnt as Apollo's clients do it, or trusted beforehand."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from engine.executors import compiled_executor
from engine.operation import Request, RequestRefused
from engine.persisted import InvalidRegister, PersistedDocuments, read_register
from engine.running.compiled_operation import CompiledOperation
from tests.engine.toy import graphql_schema
from tests.engine.world import World

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "query Seen { echo(numbers: [1]) }"
OTHER = "query Other { __typename }"


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def by_hash(text: str | None, named: str) -> Request:
    return Request(text, extensions={"persistedQuery": {"version": 1, "sha256Hash": named}})


def known(**options: Any) -> PersistedDocuments:
    return PersistedDocuments(compiled_executor(graphql_schema), **options)


def refusal(documents: PersistedDocuments, request: Request) -> tuple[str, int]:
    with pytest.raises(RequestRefused) as refused:
        documents.prepare(request)
    return (refused.value.errors[0].extensions or {})["code"], refused.value.status


async def test_a_hash_is_not_found_until_it_came_with_its_text_once() -> None:
    documents = known()
    assert refusal(documents, by_hash(None, digest(TEXT))) == ("PERSISTED_QUERY_NOT_FOUND", 200)
    documents.prepare(by_hash(TEXT, digest(TEXT)))
    response = await documents.prepare(by_hash(None, digest(TEXT))).execute(World(1, 0))
    assert json.loads(response.body)["data"]["echo"].startswith("(None, [1]")


def test_a_hash_of_another_text_is_refused() -> None:
    assert refusal(known(), by_hash(TEXT, digest(OTHER))) == ("BAD_REQUEST", 400)


def test_a_text_that_is_refused_is_not_learnt() -> None:
    documents, wrong = known(), "{ nothing }"
    with pytest.raises(RequestRefused):
        documents.prepare(by_hash(wrong, digest(wrong)))
    assert refusal(documents, by_hash(None, digest(wrong))) == ("PERSISTED_QUERY_NOT_FOUND", 200)


@pytest.mark.parametrize(
    "persisted", [{"version": 2, "sha256Hash": "a"}, {"version": 1}, {"version": 1, "sha256Hash": 5}, "a"]
)
def test_a_persisted_query_of_another_form_is_refused(persisted: Any) -> None:
    request = Request(TEXT, extensions={"persistedQuery": persisted})
    assert refusal(known(), request) == ("BAD_REQUEST", 400)


def test_learnt_documents_are_bounded() -> None:
    documents = known(kept_documents=2)
    texts = [f"{{ a{number}: __typename }}" for number in range(5)]
    for text in texts:
        documents.prepare(by_hash(text, digest(text)))
    assert refusal(documents, by_hash(None, digest(texts[0])))[0] == "PERSISTED_QUERY_NOT_FOUND"
    assert documents.prepare(by_hash(None, digest(texts[-1])))


@pytest.mark.parametrize("named", ["one", digest(TEXT), f"sha256:{digest(TEXT)}"])
def test_a_trusted_document_is_compiled_from_the_first_request_by_id_or_hash(named: str) -> None:
    documents = known(trusted={"one": TEXT})
    assert isinstance(documents.prepare(Request(document_id=named)), CompiledOperation)


@pytest.mark.parametrize("named", ["one", digest(TEXT), f"sha256:{digest(TEXT)}"])
def test_a_packaged_document_is_trusted_and_compiled_when_it_is_first_asked(named: str) -> None:
    documents = known(packaged={"one": TEXT, "two": "{ nothing }"}, trusted_only=True)
    assert isinstance(documents.prepare(Request(document_id=named)), CompiledOperation)
    assert isinstance(documents.prepare(Request(TEXT)), CompiledOperation)
    with pytest.raises(RequestRefused, match="nothing"):
        documents.prepare(Request(document_id="two"))


def test_only_trusted_documents_are_executed_where_that_is_asked() -> None:
    documents = known(trusted={"one": TEXT}, trusted_only=True)
    assert documents.prepare(Request(TEXT)).name == "Seen"
    assert documents.prepare(by_hash(None, digest(TEXT))).name == "Seen"
    for request in [
        Request(OTHER),
        Request(),
        by_hash(OTHER, digest(OTHER)),
        by_hash(None, digest(OTHER)),
        Request(document_id="two"),
    ]:
        assert refusal(documents, request) == ("PERSISTED_QUERY_ONLY", 400)


def test_a_trusted_id_with_another_text_is_refused() -> None:
    documents = known(trusted={"one": TEXT})
    assert refusal(documents, Request(OTHER, document_id="one")) == ("BAD_REQUEST", 400)


def test_a_trusted_document_that_the_schema_refuses_stops_the_start() -> None:
    with pytest.raises(InvalidRegister, match=r"trusted document two: .*nothing"):
        known(trusted={"two": "{ nothing }"})


def test_a_register_is_a_directory_or_either_manifest(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "seen.graphql").write_text(TEXT)
    assert read_register(tmp_path) == {digest(TEXT): TEXT}
    codegen = tmp_path / "persisted-documents.json"
    codegen.write_text(json.dumps({"abc": TEXT}))
    assert read_register(codegen) == {"abc": TEXT}
    apollo = tmp_path / "manifest.json"
    operation = {"id": "def", "name": "Seen", "type": "query", "body": TEXT}
    manifest = {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [operation]}
    apollo.write_text(json.dumps(manifest))
    assert read_register(apollo) == {"def": TEXT}


@pytest.mark.parametrize(
    "written",
    [
        "not json",
        "[]",
        '{"a": 1}',
        '{"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}',
        '{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [1]}',
        '{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "a"}]}',
    ],
)
def test_a_manifest_of_another_form_is_refused(tmp_path: Path, written: str) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(written)
    with pytest.raises(InvalidRegister):
        read_register(file)
