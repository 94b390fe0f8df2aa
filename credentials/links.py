"""Links that open without a token: encrypted, for one viewer and one thing, until an instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson
from cryptography.fernet import InvalidToken

from credentials.sealing import box
from domain.access import Role, Viewer
from domain.link import Link

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LIFETIME = timedelta(minutes=15)


class Links:
    """Makes and opens links.

    What a link says is sealed, and `file_name` is no more than a good end for an address: it is to tell nothing of
    a person, as addresses stand in the logs of proxies.
    """

    def __init__(
        self, public_url: str, secret: bytes, lifetime: timedelta = LIFETIME, *, former: Sequence[bytes] = ()
    ) -> None:
        self._public_url = public_url.rstrip("/")
        self._box = box("links", secret, former)
        self.lifetime = lifetime

    def make(self, kind: str, viewer: Viewer, thing: Mapping[str, Any], file_name: str, *, now: datetime) -> Link:
        """Make a link to a thing as that viewer may see it."""
        expires_at = (now + self.lifetime).replace(microsecond=0)
        content = {"k": kind, "v": viewer.model_dump(mode="json"), "t": dict(thing), "x": int(expires_at.timestamp())}
        sealed = self._box.encrypt(orjson.dumps(content)).decode()
        return Link(f"{self._public_url}/{kind}/{sealed}/{quote(file_name)}", expires_at)

    def page(self, path: str) -> str:
        """Return the address of a page that is open to all."""
        return f"{self._public_url}/{path}"

    def open(self, kind: str, sealed: str, *, now: datetime) -> tuple[Viewer, dict[str, Any]] | None:
        """Return the viewer and the thing of a link; None when it is not ours, of another kind, or over."""
        try:
            content = orjson.loads(self._box.decrypt(sealed.encode()))
        except (InvalidToken, ValueError):
            return None
        if content["k"] != kind or datetime.fromtimestamp(content["x"], UTC) <= now:
            return None
        viewer = content["v"]
        return Viewer(**{**viewer, "role": Role(viewer["role"])}), content["t"]
