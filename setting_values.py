"""What single settings may hold: each kind of text, checked as it is read, with what to do where it will not do."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from credentials.providers import require_private
from domain.access import Role

SHORTEST_SECRET = 32
HIGHEST_PORT = 65_535


def listed(text: str) -> list[str]:
    """Read values separated by commas."""
    return [value.strip() for value in text.split(",") if value.strip()]


def as_browsers_write(origin: str) -> str:
    """Write an origin in small letters, without the usual port."""
    usual = {"http": ":80", "https": ":443"}
    small = origin.lower()
    return small.removesuffix(usual[small.partition(":")[0]])


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value().encode()) < SHORTEST_SECRET:
        raise ValueError(f"it must have {SHORTEST_SECRET} bytes at least")
    return secret


def _origins(origins: str) -> str:
    for origin in listed(origins):
        if not _is_origin(origin):
            raise ValueError(f"{origin} is no origin: write https://HOST or https://HOST:PORT, and nothing after")
    return origins


def _is_origin(text: str) -> bool:
    """Whether it is what a browser calls an origin: scheme, host, perhaps a port; neither `*` nor `null`."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = text.isascii() and not any(sign in text for sign in "*?#@ ") and port != 0
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.path == "" and plain


def _networks(addresses: str) -> str:
    for address in listed(addresses):
        try:
            ip_network(address)
        except ValueError:
            message = f"{address} is neither an address nor a network: write 10.0.0.7 or 10.0.0.0/24"
            raise ValueError(message) from None
    return addresses


def _private(url: str) -> str:
    require_private(url)
    return url


def _known_roles(roles: str) -> str:
    if unknown := [name for name in listed(roles) if name.upper() not in Role.__members__]:
        raise ValueError(f"{unknown[0]} is none of {', '.join(role.value.lower() for role in Role)}")
    return roles


def _port(address: str) -> str:
    if not 0 < int(address.rpartition(":")[2]) <= HIGHEST_PORT:
        raise ValueError(f"a port is a number from 1 to {HIGHEST_PORT}")
    return address


def _absolute(url: str) -> str:
    if not url.startswith(("http://", "https://")) or not urlsplit(url).hostname:
        raise ValueError("it must begin with http:// or https:// and name a host")
    return url


def _nothing_but_an_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.query or parts.fragment or parts.username or "//" in parts.path or "%" in parts.path:
        raise ValueError("it is https://HOST, or https://HOST/PATH, and nothing else")
    if parts.hostname in {"0.0.0.0", "::"}:  # noqa: S104 - refused
        raise ValueError("nobody reaches the service under that address: name its host")
    return url


LongSecret = Annotated[SecretStr, AfterValidator(_long_enough)]
Origins = Annotated[str, AfterValidator(_origins)]
Networks = Annotated[str, AfterValidator(_networks)]
PrivateAddress = Annotated[str, AfterValidator(_private)]
RoleNames = Annotated[str, AfterValidator(_known_roles)]
HostAndPort = Annotated[str, Field(pattern=r"^(\[[0-9a-fA-F:]+\]|[^\s:\[\]]+):[0-9]{1,5}$"), AfterValidator(_port)]
WebAddress = Annotated[str, AfterValidator(_absolute)]
PublicAddress = Annotated[str, AfterValidator(_absolute), AfterValidator(_nothing_but_an_address)]
