"""Sessions of killed commands: none is used again, for a kill that comes late would meet the next command in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_killed: set[bytes] = set()
"""Ids of sessions that are to be killed and were not yet given back."""


def note_killed(sessions: Iterable[Mapping[str, Any]]) -> None:
    """Have these sessions thrown away when their commands end; to be called before the kill is sent."""
    _killed.update(bytes(session["id"]) for session in sessions)


class KilledSessionsEnd:
    """A client of PyMongo that throws killed sessions away instead of giving them to the next command.

    `_return_server_session` is private, and the one way by which PyMongo gets a session back; dirty ones end there.
    """

    def _return_server_session(self, server_session: Any) -> None:  # noqa: ANN401 - PyMongo's, which is private
        session = getattr(server_session, "session_id", None)  # one that no command had has none
        if session is not None and (found := bytes(session["id"])) in _killed:
            _killed.discard(found)
            server_session.mark_dirty()
        super()._return_server_session(server_session)  # type: ignore[misc]
