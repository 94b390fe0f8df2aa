"""Sends a message to an address that a user gave: in a bounded time, without redirect or proxy, reading no body."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Self

import httpx

from domain.webhook import Answer, WebhookFailure
from outbound.targets import Forbidden

if TYPE_CHECKING:
    from types import TracebackType

    from outbound.signing import Message
    from outbound.targets import Target, Targets

MOST_SECONDS = 8.0
_CONNECT_SECONDS = 3.0
_MOST_ADDRESSES = 3
_TAKEN = range(200, 300)


class Sender:
    """Posts messages, each within `seconds`; `trusted` checks TLS certificates, by default with the public roots."""

    def __init__(
        self, targets: Targets, *, seconds: float = MOST_SECONDS, trusted: ssl.SSLContext | None = None
    ) -> None:
        self.targets = targets
        self._seconds = seconds
        self._client = httpx.AsyncClient(
            verify=trusted or httpx.create_ssl_context(trust_env=False),
            trust_env=False,
            headers={"User-Agent": "bilans-webhooks"},
            follow_redirects=False,
            timeout=httpx.Timeout(seconds, connect=_CONNECT_SECONDS),
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def post(self, url: str, message: Message) -> Answer:
        """Send a message; a failure to send it is an Answer too, with the kind of failure."""
        try:
            async with asyncio.timeout(self._seconds):
                status = await self._reach(await self.targets.at(url), message)
        except (Forbidden, ValueError):  # ValueError: a name that resolves but is invalid for TLS (".fr")
            return Answer(failure=WebhookFailure.ADDRESS)
        except (TimeoutError, httpx.TimeoutException):
            return Answer(failure=WebhookFailure.TIMEOUT)
        except httpx.TransportError as error:
            return Answer(failure=WebhookFailure.CERTIFICATE if _is_tls(error) else WebhookFailure.UNREACHABLE)
        if status in _TAKEN:
            return Answer(status=status)
        gone = status == httpx.codes.GONE
        return Answer(failure=WebhookFailure.GONE if gone else WebhookFailure.STATUS, status=status)

    async def _reach(self, target: Target, message: Message) -> int:
        """Try the addresses in turn, three at most, until one accepts the connection; return the HTTP status."""
        *others, last = target.addresses[:_MOST_ADDRESSES]
        for address in others:
            try:
                return await self._send(target.url, address, message)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if _is_tls(error):
                    raise
        return await self._send(target.url, last, message)

    async def _send(self, url: httpx.URL, address: str, message: Message) -> int:
        """Post to that IP address; the certificate and the `Host` header are those of the URL's name."""
        async with self._client.stream(
            "POST",
            url.copy_with(host=address),
            content=message.body,
            headers={**message.headers, "Host": url.netloc.decode("ascii"), "Content-Type": "application/json"},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        ) as response:
            return response.status_code


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
