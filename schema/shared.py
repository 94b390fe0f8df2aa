"""Shapes that several types share."""

from datetime import date

import strawberry

from domain import errors, nomenclature, pages
from schema.enums import UserErrorCode
from schema.node import shown


@strawberry.type(description="An entry of a coded list.")
class NomenclatureEntry:
    code: str = shown("As its list has it; leading zeros matter.")
    label: str = shown("In French.")


def entry_of(entry: nomenclature.Entry | None) -> NomenclatureEntry | None:
    """Show an entry."""
    return NomenclatureEntry(code=entry.code, label=entry.label) if entry else None


@strawberry.type(
    description="Why an act was refused, in terms its author can act upon. Faults of the request or of the service "
    "stay in the response's `errors`, with a code in their extensions."
)
class UserError:
    code: UserErrorCode = shown("For programs.")
    message: str = shown("In French, ready to be shown.")
    path: list[str] | None = shown('The input field concerned, outermost first (["form", "internship", "siret"]).')


def user_error(refusal: errors.Refusal) -> UserError:
    """Show a refusal."""
    path = list(refusal.path) if refusal.path is not None else None
    return UserError(code=UserErrorCode(refusal.code.value), message=refusal.message, path=path)


@strawberry.input(description="Both bounds are included; a missing bound is open.")
class DateRange:
    from_: date | None = strawberry.field(name="from", default=None, description="First day.")
    to: date | None = strawberry.field(default=None, description="Last day.")


def days(wanted: DateRange | None) -> pages.Days:
    """Read a range of days; BadRequest where it ends before it begins."""
    if wanted and wanted.from_ and wanted.to and wanted.from_ > wanted.to:
        raise errors.BadRequest("La période est à l'envers : son premier jour (from) est après son dernier (to).")
    return pages.Days(wanted.from_, wanted.to) if wanted else pages.ANY_DAY


@strawberry.type(description="A postal address.")
class Address:
    street: str | None = shown("Number and street.")
    postal_code: str | None = shown("5 digits.")
    city: str = shown("Town.")
