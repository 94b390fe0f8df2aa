"""A printed report."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrintedReport:
    """A PDF, its SHA-256 in hexadecimal, and the characters its fonts lack, as `U+1F600 😀`."""

    content: bytes
    sha256: str
    replaced: tuple[str, ...]
