"""Tokens that were verified a moment ago are not verified again: a signature costs more than a small query."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from cachetools import TLRUCache

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
        self._known: TLRUCache[bytes, Viewer] = TLRUCache(most, ttu=_end, timer=now)

    async def viewer(self, token: str) -> Viewer:
        """Return the viewer of the token; raise what the verifier raises."""
        digest = sha256(token.encode("utf-8", "surrogatepass")).digest()
        try:
            return self._known[digest]
        except KeyError:
            viewer = await self._verifier.viewer(token)
        self._known[digest] = viewer
        return viewer

    def forget(self) -> None:
        """Forget them all: keys were withdrawn."""
        self._known.clear()


def _end(_: bytes, viewer: Viewer, __: float) -> float:
    """Say when a token is over; one that does not tell is not remembered."""
    return viewer.expires_at or 0
