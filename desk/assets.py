"""Style, fonts and scripts. The name of each has a hash of its content, so browsers may cache it for ever."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

ASSETS = "ressources"
LOOK = Path(__file__).parents[1] / "look"
STATIC = Path(__file__).parent / "static"
_KEPT = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Accept-Encoding",
}
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served. All but fonts, which are compressed already, are compressed with gzip at the start."""

    content: bytes
    media_type: str
    compressed: bytes | None


class Assets:
    """All assets by the name with its hash. Where a file names another asset, it gets the name with the hash."""

    def __init__(self) -> None:
        self._served: dict[str, Asset] = {}
        self._hashed: dict[str, str] = {}
        for font in sorted(LOOK.glob("*.woff2")):
            self._add(font.name, font.read_bytes())
        style = "".join(path.read_text() for path in (LOOK / "tokens.css", *sorted(STATIC.glob("*.css"))))
        self._add("desk.css", self._renamed(style).encode())
        self._add("icon.svg", (STATIC / "icon.svg").read_bytes())
        for script in sorted(STATIC.glob("parts/*.js")):
            self._add(script.name, script.read_bytes())
        for script in sorted(STATIC.glob("*.js")):
            self._add(script.name, self._renamed(script.read_text()).encode())

    def address(self, name: str) -> str:
        """Return the path at which the file of that name is served, for templates."""
        return f"/{ASSETS}/{self._hashed[name]}"

    def route(self) -> Route:
        """Return the route of all assets."""

        async def asset(request: Request) -> Response:
            found = self._served.get(request.path_params["name"])
            if found is None:
                return PlainTextResponse("Rien ici.", 404, headers={"Cache-Control": "no-store"})
            if found.compressed and "gzip" in request.headers.get("Accept-Encoding", ""):
                headers = {**_KEPT, "Content-Encoding": "gzip"}
                return Response(found.compressed, media_type=found.media_type, headers=headers)
            return Response(found.content, media_type=found.media_type, headers=_KEPT)

        return Route(f"/{ASSETS}/{{name}}", asset)

    def _add(self, name: str, content: bytes) -> None:
        stem, dot, suffix = name.rpartition(".")
        hashed = f"{stem}.{sha256(content).hexdigest()[:12]}{dot}{suffix}"
        smaller = None if suffix == "woff2" else gzip.compress(content, 9, mtime=0)
        self._served[hashed] = Asset(content, _TYPES[f".{suffix}"], smaller)
        self._hashed[name] = hashed

    def _renamed(self, text: str) -> str:
        for name, hashed in self._hashed.items():
            text = text.replace(f'"./parts/{name}"', f'"./{hashed}"').replace(f'"{name}"', f'"{hashed}"')
        return text
