"""Organizations and advisers."""

from typing import Any, Self

import strawberry

from domain import people
from schema.ids import encode_id
from schema.node import Node, shown
from schema.shared import Address

_last: list[Any] = [None, None]


def address_of(address: people.Address) -> Address:
    """Show an address."""
    return Address(street=address.street, postal_code=address.postal_code, city=address.city)


@strawberry.type(description="Organisme de formation.")
class TrainingOrganization(Node):
    legal_name: str = shown("Raison sociale.")
    siret: str = shown("14 digits.")
    address: Address = shown("Where it is.")
    phone: str | None = shown("As its people write it.")

    @classmethod
    def of(cls, organization: people.Organization) -> Self:
        """Show an organization; the very same is shown again: a page has one on every line."""
        if organization is not _last[0]:
            _last[:] = organization, cls._of(organization)
        shown_last: Self = _last[1]
        return shown_last

    @classmethod
    def _of(cls, organization: people.Organization) -> Self:
        return cls(
            id=encode_id("TrainingOrganization", organization.siret),
            legal_name=organization.legal_name,
            siret=organization.siret,
            address=address_of(organization.address),
            phone=organization.phone,
        )


@strawberry.type(description="Conseiller.")
class Adviser(Node):
    name: str = shown("As displayed.")
    agency: str = shown("Agency, by its code.")

    @classmethod
    def of(cls, adviser: people.Adviser) -> Self:
        """Show an adviser."""
        return cls(id=encode_id("Adviser", adviser.id), name=adviser.name, agency=adviser.agency)
