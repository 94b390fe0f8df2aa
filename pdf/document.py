"""A printed report."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrintedReport:
    """A PDF, its SHA-256 in hexadecimal, the characters its fonts lack (`U+1F600 😀`), and how long it worked."""

    content: bytes
    sha256: str
    replaced: tuple[str, ...]
    seconds: float
