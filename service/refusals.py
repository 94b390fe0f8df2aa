"""What is refused at the start, before anything is opened: settings that contradict each other, or the command."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from settings import WrongSetting

if TYPE_CHECKING:
    from settings import Settings


def require_sense(settings: Settings, host: str, *, demo: bool) -> None:
    """Raise WrongSetting for settings that would start a service that nobody wants."""
    if demo and settings.production:
        raise WrongSetting(
            "--demo loads made-up people and reports, and an identity provider is for production: leave one out."
        )
    loopback = _is_loopback(host)
    if not loopback and not settings.production and settings.jwt_secret is None:
        raise WrongSetting(
            f"without an identity provider or BILANS_JWT_SECRET the service listens on loopback only, not on {host}: "
            "set the provider of the tokens, or for development a secret of 32 bytes at least."
        )
    if settings.public_url is None and (settings.production or not loopback):
        raise WrongSetting(
            f"BILANS_PUBLIC_URL is needed with {'an identity provider' if loopback else f'--host {host}'}: the "
            "address under which people reach the service is printed on every report, and stays there."
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
