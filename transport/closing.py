"""Why a WebSocket is closed, and with which code.

| closed with | because | a `graphql-ws` client |
|---|---|---|
| 1012 | the service restarts | connects again |
| 1013 | the account has spent what it may within a minute | connects again, a while later |
| 4400 | a message is not of the protocol, or too large | gives up |
| 4401 | `subscribe` came before `connection_ack` | gives up |
| 4403 | the token is not good, is over, or lacks the organization named | connects again, asking for a new token |
| 4406 | the subprotocol is another | gives up |
| 4408 | no `connection_init` in time | connects again |
| 4409 | the `id` of a running operation | gives up |
| 4429 | a second `connection_init`, or too many connections of the account | gives up |
| 4500 | a fault of the service while it looked at the token | gives up |
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.operation import RequestRefused
    from transport.observation import Record

RESTART = 1012
TRY_LATER = 1013
BAD_REQUEST = 4400
UNAUTHORIZED = 4401
FORBIDDEN = 4403
SUBPROTOCOL_NOT_ACCEPTABLE = 4406
INIT_TIMEOUT = 4408
ALREADY_EXISTS = 4409
TOO_MANY = 4429
FAULT = 4500


class Ended(Exception):  # noqa: N818 - an event, not a fault
    """The connection is to be closed with a code and a reason."""

    def __init__(self, code: int, reason: str, record: Record | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.record = record


def close_code(record: Record, refused: RequestRefused) -> int:
    """Return the code for a client whose token, or number of connections, was refused."""
    if refused.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return RESTART
    if refused.status == HTTPStatus.FORBIDDEN:
        return FORBIDDEN
    return {"unauthenticated": FORBIDDEN, "refused": TOO_MANY}.get(record.outcome, FAULT)
