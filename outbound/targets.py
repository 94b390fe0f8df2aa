"""Where requests may go: to public addresses over https, each of them checked before the connection.

A name is resolved once, and the connection goes to the address that was checked: a name that resolves to another
address in between (DNS rebinding) has no effect.
"""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

LONGEST_URL = 2_000
_UNICAST = IPv6Network("2000::/3")
_DOCUMENTATION = IPv6Network("3fff::/20")
_NAT64 = IPv6Network("64:ff9b::/96")
_LAST_PORT = 65_535
_PORTS = {"https": 443, "http": 80}


class Forbidden(Exception):  # noqa: N818 - a refusal, not a fault
    """Nothing is sent to this address; the French sentence says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL, and the IP addresses of its host, all of them checked."""

    url: httpx.URL
    addresses: Sequence[str]


async def system_addresses(host: str, port: int) -> Sequence[str]:
    """Return the IP addresses that the system's resolver gives for a host; raises OSError where there are none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Targets:
    """Resolves and checks URLs. With `loopback`, addresses of this machine are allowed too, also without TLS."""

    def __init__(self, *, loopback: bool = False, resolve: Resolve = system_addresses) -> None:
        self._loopback = loopback
        self._resolve = resolve

    async def at(self, text: str) -> Target:
        """Resolve and check a URL; raises Forbidden where its host has no address, or one that is not public."""
        url = parsed(text)
        host = url.raw_host.decode("ascii")
        try:
            addresses = await self._resolve(host, url.port or _PORTS[url.scheme])
        except (OSError, UnicodeError):
            addresses = ()
        local = self._loopback and bool(addresses) and all(_is_loopback(address) for address in addresses)
        if not local and not (addresses and all(map(is_public, addresses))):
            raise Forbidden("Cette adresse ne mène pas à un serveur public.")
        if url.scheme != "https" and not local:
            raise Forbidden("L'adresse doit commencer par https://.")
        return Target(url, addresses)


def parsed(text: str) -> httpx.URL:
    """Parse a URL; raises Forbidden where it is invalid, too long, or has a user, a password or a fragment."""
    if len(text) > LONGEST_URL:
        raise Forbidden(f"L'adresse dépasse {LONGEST_URL} caractères.")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise Forbidden("Ce n'est pas une adresse.") from None
    if url.scheme not in _PORTS or not url.raw_host:
        raise Forbidden("L'adresse doit commencer par https://.")
    if url.port is not None and not 1 <= url.port <= _LAST_PORT:
        raise Forbidden(f"Le port doit être compris entre 1 et {_LAST_PORT}.")
    if url.userinfo or url.fragment:
        raise Forbidden("L'adresse ne doit contenir ni identifiant, ni mot de passe, ni « # ».")
    return url


def is_public(text: str) -> bool:
    """Whether an IP address is on the public Internet; where an IPv6 one stands for an IPv4 one, that one counts."""
    address = _parsed_address(text)
    if isinstance(address, IPv6Address):
        inside = _inside(address)
        if inside is None:
            return address.is_global and address in _UNICAST and address not in _DOCUMENTATION
        address = inside
    return address is not None and address.is_global and not address.is_multicast


def _inside(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address for which an IPv6 one stands: mapped (RFC 4291), 6to4 (RFC 3056), NAT64 (RFC 6052)."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _is_loopback(text: str) -> bool:
    address = _parsed_address(text)
    return address is not None and address.is_loopback


def _parsed_address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
