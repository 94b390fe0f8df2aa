"""Organizations and advisers."""

from typing import Self

import strawberry

from domain import people
from schema.ids import encode_id
from schema.node import Node, shown
from schema.shared import Address


@strawberry.type(description="Organisme de formation.")
class TrainingOrganization(Node):
    legal_name: str = shown("Raison sociale.")
    siret: str = shown("14 digits.")
    address: Address = shown("Where it is.")
    phone: str | None = shown("As its people write it.")

    @classmethod
    def of(cls, organization: people.Organization) -> Self:
        """Show an organization."""
        address = organization.address
        return cls(
            id=encode_id("TrainingOrganization", organization.siret),
            legal_name=organization.legal_name,
            siret=organization.siret,
            address=Address(street=address.street, postal_code=address.postal_code, city=address.city),
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
