"""Whether a paper in somebody's hands is that of a transmitted report."""

from __future__ import annotations

from secrets import randbits
from typing import TYPE_CHECKING

from domain.errors import TooManyTries
from domain.verification import RANDOM_BITS, Verified, code_of, grouped, read_code, same_hash

if TYPE_CHECKING:
    from datetime import datetime

    from resolvers.services import Services

VERIFICATION = "verification"


def fresh_code() -> str:
    """Draw a code that nobody can guess."""
    return code_of(randbits(RANDOM_BITS))


def verification_url(services: Services, code: str) -> str:
    """Return the address of the page that tells what a code stands for."""
    return services.links.page(f"{VERIFICATION}/{grouped(code)}")


async def verified(
    services: Services, asker: str, typed: str, sha256: str | None, *, now: datetime
) -> Verified | None:
    """Tell what a code stands for; None for any that stands for nothing, however it is written. TooManyTries."""
    if seconds := await services.verifications.spend_try(asker, now):
        raise TooManyTries(seconds)
    code = read_code(typed)
    found = await services.verifications.find(code) if code else None
    if found is None:
        return None
    matches = same_hash(sha256, found.sha256) if sha256 and sha256.strip() else None
    return Verified(transmission=found, document_matches=matches)
