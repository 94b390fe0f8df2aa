"""Reads the parameters of a GraphQL request out of what a client sent; refuses other shapes."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import orjson

from engine.operation import Request
from transport.refusals import refusal

JSON_NAMES = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
}
MOST_FIELDS = 50
PARAMETERS = ("query", "operationName", "variables", "extensions", "documentId")


def request_of_body(body: bytes) -> Request:
    """Decode a POST's JSON body. Unknown members are ignored; of a repeated member the last counts."""
    decoded = parsed_json(body, "The body")
    if isinstance(decoded, list):
        raise refusal("Batches are not supported: send each operation in a request of its own.")
    if not isinstance(decoded, dict):
        raise refusal(f"The body must be a JSON object, not {json_name(decoded)}.")
    return request_of(decoded)


def request_of_query_string(query_string: bytes) -> Request:
    """Decode a GET's parameters; `variables` and `extensions` are JSON texts."""
    try:
        pairs = parse_qsl(query_string.decode(), errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError:
        raise refusal("The query string is not UTF-8.") from None
    except ValueError:
        raise refusal(f"The query string has more than {MOST_FIELDS} fields.") from None
    texts = dict(pairs)
    parameters: dict[str, Any] = {name: texts[name] for name in PARAMETERS if name in texts}
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = parsed_json(parameters[name].encode(), f"`{name}`")
    return request_of(parameters)


def request_of(parameters: dict[str, Any]) -> Request:
    """Check the types of decoded parameters; null is as good as absent.

    A stored document is named by `documentId`, or by `id` where that is a string, as graphql-codegen's clients do.
    """
    named = parameters.get("id")
    return Request(
        query=_typed(parameters, "query", str),
        operation_name=_typed(parameters, "operationName", str) or None,
        variables=_typed(parameters, "variables", dict) or {},
        extensions=_typed(parameters, "extensions", dict) or {},
        document_id=_typed(parameters, "documentId", str) or (named if isinstance(named, str) else None) or None,
    )


def parsed_json(text: bytes, what: str) -> Any:  # noqa: ANN401 - JSON is any value
    """Decode UTF-8 JSON. Refuses NaN, lone surrogates, numbers too large for a double, 1 024 levels."""
    if not text:
        raise refusal(f"{what} is empty; JSON is expected.")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise refusal(f"{what} is not valid JSON: {error.msg}, at character {error.pos}.") from None


def json_name(value: object) -> str:
    """Say what a decoded JSON value is, in a sentence."""
    return JSON_NAMES.get(type(value), "null")


def _typed(parameters: dict[str, Any], name: str, wanted: type) -> Any:  # noqa: ANN401 - of the wanted type
    value = parameters.get(name)
    if value is None or type(value) is wanted:
        return value
    raise refusal(f"`{name}` must be {JSON_NAMES[wanted]}, not {json_name(value)}.")
