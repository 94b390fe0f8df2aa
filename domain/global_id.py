"""Global identifiers as text: opaque to clients, stable for ever."""

from base64 import urlsafe_b64encode


def global_id(kind: str, key: str) -> str:
    """Make the identifier of an object of a public type."""
    return urlsafe_b64encode(f"{kind}:{key}".encode()).decode().rstrip("=")
