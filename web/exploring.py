"""The explorer: GraphiQL for this service, from files in an installed package; no other host is asked."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha384
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request

EXPLORER = "explorer"
PACKAGE = "graphene_django_graphiql_static"
"""The package that has the built files of GraphiQL and React; its Python is not imported."""
KEPT = ("react.production.min.js", "react-dom.production.min.js", "graphiql.min.js", "graphiql.min.css")
_HERE = Path(__file__).parent / EXPLORER
_STYLES = ("graphiql.min.css", "explorer.css")
_SCRIPTS = ("react.production.min.js", "react-dom.production.min.js", "graphiql.min.js", "explorer.js")
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_HEADERS = {
    "Cache-Control": "no-store",
    # GraphiQL's editor sets style attributes on elements. Scripts are allowed by hash only: ours, the package's.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self' data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Explored(NamedTuple):
    """A person of the demonstration in whose name the explorer may ask, with a development token."""

    name: str
    what: str
    token: str


def explorer_routes(people: Callable[[Request], Sequence[Explored]], base: str) -> list[Route]:
    """Return the routes of the page and its files. `people` returns those whose tokens a request may be shown."""
    files = {name: _read(name) for name in (*_STYLES, *_SCRIPTS)}
    integrity = {name: f"sha384-{b64encode(sha384(content).digest()).decode()}" for name, content in files.items()}
    folder = FileSystemLoader(_HERE)
    templates = Environment(loader=folder, autoescape=True, undefined=StrictUndefined)
    template = templates.get_template("explorer.html")

    async def page(request: Request) -> Response:
        shown = {"styles": _STYLES, "scripts": _SCRIPTS, "integrity": integrity, "base": base}
        return HTMLResponse(template.render(people=people(request), **shown), headers=_HEADERS)

    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in files:
            return PlainTextResponse("Not found.", 404, headers={"Cache-Control": "no-store"})
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return Response(files[name], media_type=_TYPES[Path(name).suffix], headers=headers)

    return [Route(f"/{EXPLORER}", page), Route(f"/{EXPLORER}/{{name}}", file)]


def _read(name: str) -> bytes:
    if name not in KEPT:
        return (_HERE / name).read_bytes()
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError(f"{PACKAGE} is not installed: the explorer's files are in it")
    return (Path(found.submodule_search_locations[0]) / "static" / PACKAGE / name).read_bytes()
