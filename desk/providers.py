"""What the desk needs of whoever vouches for people: a button, a way there, a way back, a way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider gave: the access token that the schema is asked with, and what renews and ends it."""

    access: str
    expires_at: float
    account: str
    refresh: str = ""
    id_token: str = ""


class NotSignedIn(Exception):  # noqa: N818 - what is the case
    """The provider did not sign the person in; a French sentence."""


class Provider(Protocol):
    """One provider, by a name that stands in addresses."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str:
        """What its button says."""
        ...

    @property
    def origin(self) -> str:
        """Where it is, as browsers compare it."""
        ...

    async def begin(self, back: str) -> tuple[str, dict[str, str]]:
        """Return where to send the browser, and what to keep until it comes back; NotSignedIn."""
        ...

    async def finish(self, kept: Mapping[str, str], address: str) -> Tokens:
        """Take what the browser brings back at `address`; NotSignedIn."""
        ...

    async def renewed(self, refresh: str) -> Tokens | None:
        """Return newer tokens; None where the provider gives no more."""
        ...

    async def farewell(self, id_token: str, back: str) -> str | None:
        """Return where to send the browser to sign out there too; None where there is no such place."""
        ...
