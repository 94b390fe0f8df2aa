"""Why a document was not printed; messages are French sentences for the people who asked."""


class NotPrinted(Exception):  # noqa: N818 - the room's word for all of its refusals and faults
    """A document that could not be made."""


class TooLong(NotPrinted):
    """The report does not fit its pages: its author can mend it."""

    def __init__(self) -> None:
        super().__init__(
            "Le bilan dépasse six pages une fois imprimé : abrégez l'objectif ou le contenu, "
            "ou retirez-en des retours à la ligne."
        )


class PrintTimeout(NotPrinted):
    """Rendering took longer than it may; it was stopped."""

    def __init__(self) -> None:
        super().__init__("Le document a demandé trop de temps : réessayez, et abrégez les textes si cela se répète.")


class PrintFailed(NotPrinted):
    """Rendering ended twice without a document."""

    def __init__(self) -> None:
        super().__init__("Le document n'a pas pu être produit : réessayez dans un instant.")


class TooManyOrders(NotPrinted):
    """The account has as many orders waiting as it may."""

    def __init__(self) -> None:
        super().__init__("Trop de documents sont demandés à la fois : réessayez dans quelques secondes.")


class BadSeal(Exception):  # noqa: N818 - a setting that will not do
    """The certificate that seals cannot be read: a wrong path, password or format."""
