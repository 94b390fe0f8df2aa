"""The parts that a demonstration hands to the service, which knows no demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.access import Role
    from settings import Settings


@dataclass(frozen=True, slots=True)
class Character:
    """A person as whom developers may sign in at the desk: their role, key, and words for the page."""

    role: Role
    subject: str
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Demonstration:
    """`load` fills an empty database, given its address and that of the service; `welcome` says how to begin."""

    people: tuple[Character, ...]
    load: Callable[[Settings, str, str], Awaitable[None]]
    welcome: Callable[[Settings, str], str]
