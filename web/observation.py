"""Records each request beside GraphQL for logs and metrics: its page (never the whole address), and its fault."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_hex
from time import perf_counter
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

OTHER = "other"
CANCELLED = 499
"""The status that is recorded where the client left before the answer began (nginx's 499)."""


@dataclass(slots=True)
class PageRecord:
    """One request. `page` is the first word of its path, or `other` where no route begins so."""

    page: str
    status: int = CANCELLED
    bytes_sent: int = 0
    seconds: float = 0.0

    def noted(self, send: Send) -> Send:
        """Send, and note what is sent."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
            self.bytes_sent += len(message.get("body", b""))
            await send(message)

        return sent


def observed_pages(
    routes: Sequence[Route],
    observe: Callable[[PageRecord], None],
    on_fault: Callable[[str, Exception], None],
    *,
    failed: Callable[[Request, str], Response] | None = None,
    unknown: Callable[[Request], Response] | None = None,
) -> ASGIApp:
    """Serve routes; `observe` is called after each request, `on_fault` with the reference that the client was shown.

    `failed` and `unknown` make the pages that a browser is shown for a fault, and for a path without a route.
    """
    pages = {_first_word(route.path) for route in routes}
    application = _application(routes, on_fault, failed, unknown)

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        page = _first_word(scope["path"])
        record, begun = PageRecord(page if page in pages else OTHER), perf_counter()
        try:
            await application(scope, receive, record.noted(send))
        except Exception:
            if record.status != 500:  # noqa: PLR2004 - the answer had begun: the client knows nothing of the fault
                raise
        finally:
            record.seconds = perf_counter() - begun
            observe(record)

    return served


def _application(
    routes: Sequence[Route],
    on_fault: Callable[[str, Exception], None],
    failed: Callable[[Request, str], Response] | None,
    unknown: Callable[[Request], Response] | None,
) -> Starlette:
    def masked(request: Request, fault: Exception) -> Response:
        reference = token_hex(8)
        on_fault(reference, fault)
        if failed and _reads_pages(request):
            return failed(request, reference)
        message = f"Une erreur est survenue. Référence : {reference}."
        return PlainTextResponse(message, 500, headers={"Cache-Control": "no-store"})

    def absent(request: Request, _: Exception) -> Response:
        if unknown and _reads_pages(request):
            return unknown(request)
        return PlainTextResponse("Not Found", 404)

    return Starlette(routes=routes, exception_handlers={Exception: masked, 404: absent})


def _reads_pages(request: Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _first_word(path: str) -> str:
    return path.removeprefix("/").partition("/")[0]
