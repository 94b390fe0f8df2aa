"""A secret that is drawn once and kept in a file of its owner."""

from __future__ import annotations

from contextlib import suppress
from secrets import token_hex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def kept_secret(folder: Path, name: str) -> bytes:
    """Return the secret of that name, drawn and kept with mode 0600 when there is none yet; OSError.

    Of processes that start together one keeps its secret, and all return that one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / name
    if not kept.exists():
        fresh = kept.with_name(f"{name}.{token_hex(8)}")
        fresh.touch(mode=0o600)
        fresh.write_text(token_hex(32))
        try:
            with suppress(FileExistsError):
                kept.hardlink_to(fresh)
        finally:
            fresh.unlink()
    return kept.read_bytes().strip()
