"""The accounts that training organizations hold, as the employment service exports them."""

from domain.values import Day, Value


class Succession(Value):
    """A declared change of SIRET: from a day on, an organization stands in the place of another."""

    former_siret: str
    since: Day


class Account(Value):
    """An organization's account under one agreement (convention); its contact's name, mail and phone are not kept.

    One SIRET may hold several agreements; SIRET and agreement together are the key.
    """

    siret: str
    legal_name: str
    agreement: str | None = None
    region: str | None = None
    former_region: str | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    succession: Succession | None = None
