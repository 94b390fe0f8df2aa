"""The people of the demonstration: a developer may sign in as one of them, on this machine only."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import Request

_PROXIED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the demonstration; `token` makes an access token, and its expiry in seconds since 1970."""

    key: str
    name: str
    what: str
    token: Callable[[datetime], tuple[str, float]]


def on_this_machine(request: Request, public_url: str) -> bool:
    """Whether the browser runs on the machine of the service, without a proxy in between."""
    client = request.client.host if request.client else ""
    hosts = (client, request.url.hostname or "", urlsplit(public_url).hostname or "")
    return all(_loopback(host) for host in hosts) and not any(name in request.headers for name in _PROXIED)


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
