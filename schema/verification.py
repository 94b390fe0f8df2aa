"""Verifies the code of a paper, for programs with a token; the public page does the same without one."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

from domain.verification import Verified
from resolvers.verification import verified
from schema.context import Info
from schema.node import shown


@strawberry.type(
    description="What the code printed on a report tells its holder: nothing about the person or the course."
)
class ReportVerification:
    transmitted_at: datetime = shown("When the report was transmitted.")
    organization_name: str = shown("Raison sociale of the organization that transmitted it, as it was then.")
    organization_siret: str = shown("Its SIRET.")
    replaced_at: datetime | None = shown("When a corrected report replaced it; null while it stands.")
    document_matches: bool | None = shown(
        "Whether the SHA-256 that was given is that of the kept PDF; null when none was given."
    )

    @classmethod
    def of(cls, found: Verified) -> Self:
        """Show what a code stands for."""
        transmission = found.transmission
        return cls(
            transmitted_at=transmission.transmitted_at,
            organization_name=transmission.organization_name,
            organization_siret=transmission.siret,
            replaced_at=transmission.replaced_at,
            document_matches=found.document_matches,
        )


@strawberry.type(description="What may be asked of any paper.")
class VerificationQuery:
    @shown(
        "What the code printed on a report stands for (vérifier un bilan); null for a code that stands for none, "
        "however it is written. Limited to a number of tries by account and hour (RATE_LIMITED). Without a token, "
        "the page /verification tells the same."
    )
    async def verify_report(
        self,
        info: Info,
        code: Annotated[str, strawberry.argument(description="As printed; hyphens, spaces and case do not matter.")],
        sha256: Annotated[
            str | None, strawberry.argument(description="SHA-256 of the PDF in hexadecimal, to compare it.")
        ] = None,
    ) -> ReportVerification | None:
        context = info.context
        asker = f"account:{context.viewer.account}"
        found = await verified(context.services, asker, code, sha256, now=context.now)
        return ReportVerification.of(found) if found else None
