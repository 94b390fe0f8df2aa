"""Messages signed as Standard Webhooks says (v1, HMAC-SHA256).

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from dataclasses import dataclass
from secrets import token_bytes
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

PREFIX = "whsec_"
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`, and the JSON body."""

    headers: Mapping[str, str]
    body: bytes


def new_secret() -> str:
    """Make a secret, to be shown once: `whsec_`, then 32 random bytes in base64."""
    return PREFIX + b64encode(token_bytes(_SECRET_BYTES)).decode()


def signed(message_id: str, content: Mapping[str, object], secrets: Sequence[str], *, now: datetime) -> Message:
    """Make a message that is signed with each of the secrets at the instant `now`."""
    body, timestamp = orjson.dumps(content), str(int(now.timestamp()))
    to_sign = f"{message_id}.{timestamp}.".encode() + body
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_signature(secret, to_sign)}" for secret in secrets),
    }
    return Message(headers, body)


def _signature(secret: str, to_sign: bytes) -> str:
    return b64encode(hmac.digest(b64decode(secret.removeprefix(PREFIX)), to_sign, "sha256")).decode()
