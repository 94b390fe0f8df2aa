"""One line of the plans feed, as the contract defines it: the whole plan, in camelCase, with strict types.

These are typed dictionaries, not models: their fields have the names of the domain's values, which are made from them
in one step. Days are written YYYY-MM-DD; hours are whole numbers.
"""

from typing import Annotated, Any, NotRequired

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, with_config
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

from domain.facts import PlanExitKind
from feeds import shapes
from feeds.certification_codes import tidied_code

_line = with_config(ConfigDict(strict=True, extra="ignore", alias_generator=to_camel, str_strip_whitespace=True))
"""How all lines are validated. Unknown keys are ignored, as a later feed may have more."""


@_line
class EntryLine(TypedDict):
    """A code and its label."""

    code: shapes.Code
    label: shapes.Label


@_line
class CertificationLine(TypedDict):
    """A certification; its code of RNCP or RS may be in upper or lower case."""

    code: Annotated[shapes.Code, AfterValidator(tidied_code)]
    label: shapes.Label


@_line
class FundingLine(TypedDict):
    """The funding; `scheme` (dispositif) is an open list."""

    reference: NotRequired[shapes.Code | None]
    scheme: shapes.Id
    employment_service_funded: bool


@_line
class JobSeekerLine(TypedDict):
    """The trainee (demandeur d'emploi); `identifier` is the N° DE."""

    identifier: shapes.Code
    last_name: shapes.Name
    first_name: shapes.Name


@_line
class AdviserLine(TypedDict):
    """The adviser (conseiller) who follows the trainee."""

    id: shapes.Id
    name: shapes.Name
    agency: shapes.Name


@_line
class AddressLine(TypedDict):
    """A French postal address; `street` may hold the four lines of LHEO."""

    street: NotRequired[shapes.Name | None]
    postal_code: NotRequired[shapes.PostalCode | None]
    city: shapes.City


@_line
class OrganizationLine(TypedDict):
    """The training organization (organisme de formation)."""

    siret: shapes.Siret
    legal_name: shapes.Name
    address: AddressLine
    phone: NotRequired[shapes.Phone | None]


@_line
class SessionLine(TypedDict):
    """The session of a course, with what it already tells of the report."""

    id: shapes.Id
    carif_number: shapes.Code
    agreement_number: NotRequired[shapes.Code | None]
    title: shapes.Title
    starts_on: shapes.FeedDay
    ends_on: shapes.FeedDay
    city: NotRequired[shapes.City | None]
    funding: NotRequired[FundingLine | None]
    duration_hours: NotRequired[shapes.Hours | None]
    formacode: NotRequired[EntryLine | None]
    rome: NotRequired[EntryLine | None]
    teaching_mode_code: NotRequired[shapes.Code | None]
    certifying: NotRequired[bool | None]
    certification: NotRequired[CertificationLine | None]
    exit_level_code: NotRequired[shapes.Code | None]
    objective: NotRequired[shapes.LongText | None]
    content: NotRequired[shapes.LongText | None]


@_line
class ExitLine(TypedDict):
    """An early exit (EARLY_EXIT) or an abandonment (ABANDONMENT)."""

    kind: PlanExitKind
    last_day: shapes.FeedDay
    reason_code: NotRequired[shapes.Code | None]


@_line
class PlanLine(TypedDict):
    """A training plan (plan de formation); a plan without a session has a title of its own."""

    id: shapes.Id
    starts_on: shapes.FeedDay
    ends_on: shapes.FeedDay
    own_title: Annotated[NotRequired[shapes.Title | None], Field(alias="title")]
    own_carif_number: Annotated[NotRequired[shapes.Code | None], Field(alias="carifNumber")]
    funding: FundingLine
    job_seeker: JobSeekerLine
    adviser: NotRequired[AdviserLine | None]
    organization: OrganizationLine
    session: NotRequired[SessionLine | None]
    cancelled: NotRequired[bool | None]
    announced_exit: Annotated[NotRequired[ExitLine | None], Field(alias="exit")]


PLAN_LINE: TypeAdapter[PlanLine] = TypeAdapter(PlanLine)


def plans_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one line of the plans feed.

    Rules between fields are not in it: the order of days, the title of a plan without a session (`plan_checks`).
    """
    schema = PLAN_LINE.json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Plans feed", **schema}
