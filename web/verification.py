"""The public page on which anybody verifies a paper report by its code; programs get the same as JSON.

It needs no token and no JavaScript. It tells what `domain/verification.py` has, and nothing else.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from domain.calendar import PARIS, french_day, spelt_instant
from domain.errors import TooManyTries, Unavailable
from resolvers.verification import VERIFICATION, verified
from resolvers.visits import asking_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from jinja2 import Template
    from starlette.requests import Request

    from domain.verification import Verified
    from resolvers.services import Services

_HERE = Path(__file__).parent
_LOOK = _HERE.parent / "look"
_STYLE = (_LOOK / "tokens.css").read_text() + (_HERE / "verification.css").read_text()
_WEIGHTS = {"SourceSans-Regular.woff2": 400, "SourceSans-Semibold.woff2": 600}
_FONTS = {f"{sha256((_LOOK / name).read_bytes()).hexdigest()[:12]}-{name}": _LOOK / name for name in _WEIGHTS}
"""The fonts by a name that has a hash of their content, so that browsers may cache them for ever."""
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Vary": "Accept",
}
_LONGEST = 200
_NETWORK_BITS = 64


def verification_routes(services: Services, clock: Callable[[], datetime]) -> list[Route]:
    """Return the routes of the page: its form, and the answer to a code, which is typed or in the address."""
    template = _template()

    async def page(request: Request) -> Response:
        code = request.path_params.get("code") or request.query_params.get("code", "")
        digest = request.query_params.get("sha256", "")
        status, shown = await _answered(services, request, code[:_LONGEST], digest[:_LONGEST], clock())
        headers = _HEADERS | ({"Retry-After": str(shown["wait"])} if shown["wait"] else {})
        if _for_program(request):
            return JSONResponse(_told(shown), status, headers=headers)
        action = request.scope.get("root_path", "") + request.app.url_path_for(VERIFICATION)
        style, policy = _style(action)
        headers = headers | {"Content-Security-Policy": policy}
        html = template.render(style=style, action=action, code=code[:_LONGEST], sha256=digest[:_LONGEST], **shown)
        return HTMLResponse(html, status, headers=headers)

    return [
        Route(f"/{VERIFICATION}", page, name=VERIFICATION),
        Route(f"/{VERIFICATION}/polices/{{name}}", _font),
        Route(f"/{VERIFICATION}/{{code}}", page),
    ]


def _template() -> Template:
    templates = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("verification.html")


@cache
def _style(at: str) -> tuple[str, str]:
    """Return the style of the page, with the fonts at its public path `at`, and the policy that allows only these."""
    faces = "".join(
        f'@font-face {{ font-family: "Source Sans"; font-weight: {_WEIGHTS[path.name]}; font-display: swap; '
        f'src: url("{at}/polices/{name}") format("woff2"); }}\n'
        for name, path in _FONTS.items()
    )
    style = faces + _STYLE
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; font-src 'self'; form-action 'self'; "
    return style, policy + "base-uri 'none'; frame-ancestors 'none'"


async def _font(request: Request) -> Response:
    found = _FONTS.get(request.path_params["name"])
    if found is None:
        return PlainTextResponse("Rien ici.", 404, headers={"Cache-Control": "no-store"})
    kept = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(found.read_bytes(), media_type="font/woff2", headers=kept)


async def _answered(
    services: Services, request: Request, code: str, digest: str, now: datetime
) -> tuple[int, dict[str, Any]]:
    """Return the HTTP status, and the values to show: `state` is asking, found, unknown, wait or away.

    `wait` is in seconds.
    """
    shown: dict[str, Any] = {"state": "asking", "found": None, "wait": 0, "instant": _instant}
    if not code.strip():
        return 200, shown
    asker = _asker(request)
    try:
        with asking_for(asker):
            found = await verified(services, asker, code, digest, now=now)
    except TooManyTries as refused:
        return 429, shown | {"state": "wait", "wait": refused.seconds}
    except Unavailable:
        return 503, shown | {"state": "away", "wait": 10}
    return (200, shown | {"state": "found", "found": found}) if found else (404, shown | {"state": "unknown"})


def _told(shown: dict[str, Any]) -> dict[str, Any]:
    found: Verified | None = shown["found"]
    if found is None:
        codes = {"wait": "RATE_LIMITED", "away": "UNAVAILABLE"}
        code = codes.get(shown["state"])
        return {"transmitted": None, "error": code, "retryAfter": shown["wait"]} if code else {"transmitted": False}
    transmission = found.transmission
    return {
        "transmitted": True,
        "transmittedAt": spelt_instant(transmission.transmitted_at),
        "organization": {"name": transmission.organization_name, "siret": transmission.siret},
        "replacedAt": spelt_instant(transmission.replaced_at) if transmission.replaced_at else None,
        "documentMatches": found.document_matches,
    }


def _for_program(request: Request) -> bool:
    accepted = request.headers.get("Accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def _asker(request: Request) -> str:
    """Return the name under which tries are counted: the address, or of IPv6 its /64, which one subscriber has."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return f"address:{host}"
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return f"address:{ip_network((address, _NETWORK_BITS), strict=False)}"
    return f"address:{getattr(address, 'ipv4_mapped', None) or address}"


def _instant(moment: datetime) -> str:
    local = moment.astimezone(PARIS)
    return f"{french_day(local.date())} à {local.hour}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{local:%M}"
