"""How uvicorn is set up: with our connections, our limits, and no more trust than it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.configuration import ServerConfig
from service.connections import HttpConnection
from service.sockets import Socket
from transport import server_settings

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp

    from transport import Limits


def server_config(
    application: ASGIApp,
    limits: Limits,
    *,
    trusted_proxies: Collection[str] = (),
    **options: Any,  # noqa: ANN401 - those of uvicorn
) -> ServerConfig:
    """Set it up; `trusted_proxies` are the addresses whose X-Forwarded-For is believed."""
    ours = {
        **server_settings(limits),
        "interface": "asgi3",
        "http": HttpConnection,
        "ws": Socket,
        "log_config": None,
        "access_log": False,
        "lifespan": "off",
        "server_header": False,
        "proxy_headers": bool(trusted_proxies),
        "forwarded_allow_ips": list(trusted_proxies),
    }
    return ServerConfig(application, limits, **{**ours, **options})
