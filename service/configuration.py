"""The settings of each connection: those of uvicorn, and our limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from transport import Limits


class ServerConfig(uvicorn.Config):
    """uvicorn's, with the limits of connections."""

    def __init__(self, application: ASGIApp, limits: Limits, **options: Any) -> None:  # noqa: ANN401 - as uvicorn has it
        super().__init__(application, **options)
        self.limits = limits
