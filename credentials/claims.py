"""Reads the viewer out of a verified token, by the claims that its provider's settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.access import NOTIFIED, Role, Viewer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credentials.providers import People

LONGEST_CLAIM = 200
MOST_ORGANIZATIONS = 200
LATEST = 32_503_680_000
"""The year 3000, in seconds since 1970: a later instant was written in milliseconds."""


class BadToken(Exception):  # noqa: N818 - a refusal, not a fault
    """The token does not name a viewer. The message is a sentence that its sender may read."""


def viewer_from(claims: Mapping[str, Any], people: People) -> Viewer:
    """Read the claims of a verified token; BadToken when one is missing or odd.

    Of several organizations the first is acted for, until the caller names another.
    """
    names = people.claims
    role = people.role or _role(claims, people)
    subject = _text(claims, names.subject)
    keys = (
        _texts(claims, names.key(role)) if role is Role.TRAINING_ORGANIZATION else (_text(claims, names.key(role)),)
    )
    if role is Role.NOTIFIER and keys[0] not in NOTIFIED:
        raise BadToken(f"The token's `{names.key(role)}` must be one of {', '.join(sorted(NOTIFIED))}.")
    named = [value for name in names.name if isinstance(value := find(claims, name), str) and value.strip()]
    shown = " ".join(named)[:LONGEST_CLAIM]
    return Viewer(
        role=role,
        key=keys[0],
        name=shown if shown.isprintable() and shown else subject,
        account=f"{role.value.lower()}:{people.account(subject)}",
        organizations=keys if role is Role.TRAINING_ORGANIZATION else (),
        expires_at=_end(claims),
    )


def _end(claims: Mapping[str, Any]) -> float:
    seconds = float(claims["exp"])
    if not seconds < LATEST:
        raise BadToken("The token's `exp` must be in seconds since 1970.")
    return seconds


def find(claims: Mapping[str, Any], name: str) -> object:
    """Find a claim by its name, or by the names that lead to it; None when it is not there."""
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _role(claims: Mapping[str, Any], people: People) -> Role:
    """Read the one role that the provider's names of roles, or ours, give."""
    value = find(claims, people.claims.role)
    said = [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]
    known = people.roles or {role.value.lower(): role for role in Role}
    found = {known[name] for name in said if name in known}
    if len(found) != 1:
        raise BadToken(f"The token's `{people.claims.role}` must name one of {', '.join(known)}.")
    return found.pop()


def _texts(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = find(claims, name)
    values = value if isinstance(value, list) else [value]
    if not values or len(values) > MOST_ORGANIZATIONS:
        raise BadToken(f"The token's `{name}` is missing, or names more than {MOST_ORGANIZATIONS}.")
    return tuple(dict.fromkeys(_checked(each, name) for each in values))


def _text(claims: Mapping[str, Any], name: str) -> str:
    return _checked(find(claims, name), name)


def _checked(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_CLAIM or not value.isprintable():
        raise BadToken(f"The token's `{name}` is missing or is no text.")
    return value
