"""Canaries: words that nothing but the tests says, and a world with one in every text."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from secrets import token_hex
from typing import TYPE_CHECKING

from domain.nomenclature import Entry
from domain.people import Address, Adviser, JobSeeker, Organization
from tests.factories import PAID, a_plan, a_session

if TYPE_CHECKING:
    from domain.plan import Plan

SECRET = "kanarisecret" + token_hex(20)


class Canaries:
    """Words that nothing but the tests says, each planted somewhere."""

    def __init__(self) -> None:
        self.planted: list[str] = [SECRET]

    def __call__(self, where: str) -> str:
        """Make one for a place."""
        return self.hidden(f"kanari{where}{token_hex(4)}")

    def hidden(self, text: str) -> str:
        """Watch for a text too, such as a token."""
        self.planted.append(text)
        return text

    def found_in(self, lines: list[str]) -> list[tuple[str, str]]:
        """Give the lines that hold one, in any case; of encoded ones too."""
        encoded = [urlsafe_b64encode(each.encode()).decode().rstrip("=")[2:-2] for each in self.planted]
        words = {word.lower() for word in (*self.planted, *encoded, "kanari") if len(word) > 5}
        return [(word, line) for line in lines for word in words if word in line.lower()]


def a_world(canary: Canaries) -> list[Plan]:
    """Three plans of one organization with a canary in every text: to enter, to be transmitted, to be broken."""
    label = canary("label")
    address = Address(street=canary("street"), postal_code="62000", city=canary("town"))
    organization = Organization(
        siret=canary("siret"), legal_name=canary("legal"), address=address, phone=canary("phone")
    )
    session = a_session(
        canary("session"),
        carif_number=canary("carif"),
        agreement_number=canary("agreement"),
        title=canary("title"),
        city=canary("city"),
        funding=PAID.model_copy(update={"reference": canary("reference")}),
        certification=Entry(code=canary("code"), label=label),
        objective=canary("objective"),
        content=canary("content"),
    )
    adviser = Adviser(id=canary("adviserid"), name=canary("advisername"), agency=canary("agency"))
    return [
        a_plan(
            canary(f"plan{number}"),
            organization=organization,
            session=session,
            adviser=adviser,
            job_seeker=JobSeeker(
                identifier=canary("identifier"), last_name=canary("last"), first_name=canary("first")
            ),
        )
        for number in range(3)
    ]
