"""Who the reports are about, by and for."""

from domain.text import folded_words
from domain.values import Day, Value

UNKNOWN_CITY = "Non communiquée"


class Address(Value):
    """A French postal address."""

    street: str | None = None
    postal_code: str | None = None
    city: str


class Organization(Value):
    """A training organization (organisme de formation)."""

    siret: str
    legal_name: str
    address: Address
    phone: str | None = None


class JobSeeker(Value):
    """A job seeker (demandeur d'emploi). Nothing else of them is kept: no birth date, e-mail or phone."""

    identifier: str
    last_name: str
    first_name: str

    @property
    def search_name(self) -> str:
        """The words of the last name then of the first name, folded."""
        return folded_words(f"{self.last_name} {self.first_name}")


class Adviser(Value):
    """An adviser (conseiller) of the public employment service."""

    id: str
    name: str
    agency: str


class Following(Value):
    """That an adviser follows a job seeker, from a day on."""

    identifier: str
    adviser: Adviser
    since: Day
