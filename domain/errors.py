"""Refusals: why an act cannot be done, in terms its author can act upon."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from domain.values import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.plan import Plan


class RefusalCode(StrEnum):
    """The codes of the public schema's `UserErrorCode`."""

    NOT_FOUND = "NOT_FOUND"
    NOT_ALLOWED = "NOT_ALLOWED"
    REQUIRED = "REQUIRED"
    INVALID = "INVALID"
    UNKNOWN_CODE = "UNKNOWN_CODE"
    NOT_OPEN = "NOT_OPEN"
    ALREADY_TRANSMITTED = "ALREADY_TRANSMITTED"
    STALE_VERSION = "STALE_VERSION"
    UNPRINTABLE = "UNPRINTABLE"


class Refusal(Value):
    """One reason; `path` names the input field concerned, outermost first, as the public schema spells it."""

    code: RefusalCode
    message: str
    path: tuple[str, ...] | None = None


class Refused(Exception):  # noqa: N818 - a refusal, not a fault
    """An act that was not done, with every reason at once.

    `plan` is the plan as it stands where the author needs it to go on (a stale version, a report already
    transmitted), None where it may not be seen.
    """

    def __init__(self, refusals: Sequence[Refusal], plan: Plan | None = None) -> None:
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals = tuple(refusals)
        self.plan = plan


class BadRequest(Exception):  # noqa: N818 - a refusal, not a fault
    """A question that cannot be answered as asked (a cursor that is none, a page of 1 000); French sentence."""


class NotATemplate(Exception):  # noqa: N818 - a refusal, not a fault
    """A file that cannot be read as a filled template of reports; a French sentence that says what to do."""


class TooLarge(NotATemplate):
    """A file larger than is read at all."""


class Busy(Exception):  # noqa: N818 - a refusal, not a fault
    """Too many change the same thing at once; French sentence."""


class Unavailable(Exception):  # noqa: N818 - an outage, not a fault
    """What is kept cannot be reached for the moment; what was asked may be asked again. French sentence."""


class TooMuchRead(Exception):  # noqa: N818 - a refusal, not a fault
    """The account has read as many people as it may within the hour; `seconds` until it may read on."""

    def __init__(self, seconds: int, advice: str = "réessayez plus tard") -> None:
        super().__init__(f"Ce compte a consulté trop de personnes en une heure : {advice}.")
        self.seconds = seconds


class TooMuchAsked(Exception):  # noqa: N818 - a refusal, not a fault
    """The account has had as much done for it as a minute allows; `seconds` until the next. French sentence."""

    def __init__(self, seconds: int) -> None:
        super().__init__("Ce compte a demandé plus de travail qu'une minute n'en permet : réessayez dans un instant.")
        self.seconds = seconds


class TooManyTries(Exception):  # noqa: N818 - a refusal, not a fault
    """As many codes were verified as may be within the hour; `seconds` until the next. French sentence."""

    def __init__(self, seconds: int) -> None:
        super().__init__("Trop de codes ont été vérifiés en une heure : réessayez plus tard.")
        self.seconds = seconds


class TooSlow(Exception):  # noqa: N818 - the client's pace, not a fault
    """The subscriber did not take what it was told; it comes back with its cursor and misses nothing."""


def plan_not_found() -> Refused:
    """Answer the same for another's plan and for nobody's."""
    message = "Ce plan de formation n'existe pas ou n'est pas accessible."
    return Refused([Refusal(code=RefusalCode.NOT_FOUND, message=message, path=("trainingPlanId",))])
