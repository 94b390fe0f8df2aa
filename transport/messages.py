"""The messages of `graphql-transport-ws`: read strictly, written without encoding a result again.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from transport.parameters import json_name, parsed_json, request_of
from transport.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from engine.operation import Request

SUBPROTOCOL = "graphql-transport-ws"
ACK = '{"type":"connection_ack"}'
PONG = '{"type":"pong"}'
ID_LENGTH = 128
REASON_BYTES = 123
"""The room that RFC 6455 leaves for the reason of a close frame."""


def decoded(event: MutableMapping[str, Any], most: int) -> dict[str, Any]:
    """Decode a received ASGI event of at most so many bytes; RequestRefused when it is no message."""
    text = event.get("text")
    if text is None:
        raise refusal("A message must be text, not binary.")
    if len(text) > most or len(encoded := text.encode()) > most:
        raise refusal(f"A message must not be larger than {most} bytes.")
    message = parsed_json(encoded, "The message")
    if not isinstance(message, dict):
        raise refusal(f"A message must be a JSON object, not {json_name(message)}.")
    return message


def payload_of(message: dict[str, Any]) -> dict[str, Any]:
    """Take the payload of `connection_init`, `ping` and `pong`: an object, null or absent."""
    payload = message.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise refusal(f"`payload` must be an object, not {json_name(payload)}.")
    return payload or {}


def id_of(message: dict[str, Any]) -> str:
    """Take the identifier that the client gave to an operation."""
    identifier = message.get("id")
    if not isinstance(identifier, str) or not 0 < len(identifier) <= ID_LENGTH:
        raise refusal(f"`id` must be a string of 1 to {ID_LENGTH} characters.")
    return identifier


def request_in(message: dict[str, Any]) -> Request:
    """Take the request of a `subscribe`; without `query` where a stored one is named."""
    if "payload" not in message:
        raise refusal("A `subscribe` message has a `payload`.")
    request = request_of(payload_of(message))
    if request.query is None and not request.extensions and request.document_id is None:
        raise refusal("`query` must be a string.")
    return request


def next_message(identifier: str, body: bytes) -> bytes:
    """Wrap a result that is already JSON."""
    return b'{"id":' + orjson.dumps(identifier) + b',"type":"next","payload":' + body + b"}"


def error_message(identifier: str, rendered: bytes) -> str:
    """Wrap the errors of a refusal, given as `{"errors": [...]}`."""
    errors = orjson.loads(rendered)["errors"]
    return orjson.dumps({"id": identifier, "type": "error", "payload": errors}).decode()


def complete_message(identifier: str) -> str:
    """Tell that nothing more comes for an operation."""
    return orjson.dumps({"id": identifier, "type": "complete"}).decode()


def close_reason(sentence: str) -> str:
    """Cut a sentence to what a close frame holds."""
    return sentence.encode()[:REASON_BYTES].decode(errors="ignore")
