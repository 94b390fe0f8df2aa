"""Tokens that were verified a moment ago are not verified again: a signature costs more than a small query."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from credentials.tokens import Verifier
    from domain.access import Viewer


class RememberedTokens:
    """A verifier that remembers, by their hash and until they expire, the tokens that it found good.

    Bad ones are not remembered. `now` gives seconds since 1970.
    """

    def __init__(self, verifier: Verifier, now: Callable[[], float], *, most: int = 10_000) -> None:
        self._verifier = verifier
        self._now = now
        self._most = most
        self._known: OrderedDict[bytes, Viewer] = OrderedDict()

    async def viewer(self, token: str) -> Viewer:
        """Return who bears the token; raise what the verifier raises."""
        digest = sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._known.get(digest)
        if known is not None:
            if known.expires_at is not None and self._now() < known.expires_at:
                self._known.move_to_end(digest)
                return known
            del self._known[digest]
        viewer = await self._verifier.viewer(token)
        self._known[digest] = viewer
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return viewer

    def forget(self) -> None:
        """Forget them all: keys were withdrawn."""
        self._known.clear()
