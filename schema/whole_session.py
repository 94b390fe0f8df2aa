"""The reports of a whole session, saved and transmitted at once."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import strawberry

from domain.access import Role
from domain.filters import PlanFilter
from domain.listed import AskedList, ListName
from domain.report import ReportStatus
from domain.whole_session import SessionRow
from resolvers import whole_session
from resolvers.templates import LARGEST_FILE, template_link, upload_link
from resolvers.whole_session import RowOutcome, WholeSession
from schema.connections import TableDocument
from schema.context import Info
from schema.dashboard import DashboardQuery
from schema.ids import key_of
from schema.inputs import ReportFormInput
from schema.list_arguments import Funded, PlanEnds
from schema.node import shown
from schema.outcome import Errors, attempted, attempted_at_once, plan_key, plan_of
from schema.reports import Report
from schema.shared import days, user_error
from schema.training import TrainingPlan

SESSION = "Refuse, one by one, plans of another session than this; absent: plans of any session, or of none."
COMMON = (
    "What all reports say (réponses communes). Where a report of the list says something else, that goes before; a "
    "report that is not certifying, or has no internship, does not take what is common about them."
)
UNREACHED = (
    "How many were not reached in time, or at all. Send the very same again: what was done changes nothing, and the "
    "rest follows."
)


@strawberry.input(description="One report of several (ligne de la saisie par session).")
class ReportRowInput:
    training_plan_id: strawberry.ID = strawberry.field(description="The plan, once.")
    form: ReportFormInput | None = strawberry.field(
        default=None, description="What differs from `common`; absent or null answers are those that are common."
    )
    expected_version: int | None = strawberry.field(
        default=None, description="The version of the draft that was read; absent only when there was none."
    )

    def read(self) -> SessionRow:
        """Read what was typed."""
        form = self.form.read() if self.form else None
        return SessionRow(plan_id=plan_key(str(self.training_plan_id)), form=form, version=self.expected_version)


@strawberry.input(description="The drafts of a session, or of other plans.")
class SaveReportDraftsInput:
    reports: list[ReportRowInput] = strawberry.field(description="One for each plan, 100 at most.")
    common: ReportFormInput | None = strawberry.field(default=None, description=COMMON)
    training_session_id: strawberry.ID | None = strawberry.field(default=None, description=SESSION)


@strawberry.input(description="The reports of a session, or of other plans, to be transmitted.")
class TransmitReportsInput:
    reports: list[ReportRowInput] = strawberry.field(
        description="One for each plan, 100 at most; without answers of its own or common ones, the draft as saved."
    )
    common: ReportFormInput | None = strawberry.field(default=None, description=COMMON)
    training_session_id: strawberry.ID | None = strawberry.field(default=None, description=SESSION)


@strawberry.type(description="What became of one report of several.")
class ReportOutcome:
    training_plan_id: strawberry.ID = shown("As it was given.")
    done: bool = shown("Whether it was looked at; false: send the same again.")
    report: Report | None = shown("As it stands now; the current one after STALE_VERSION.")
    plan: TrainingPlan | None = shown("As it stands now; null where it is not the viewer's to see.")
    user_errors: Errors = shown(
        'Why it was refused, all at once. Paths begin with `["reports", "2"]`, the place in the list, or '
        "with `common` where the answer to be mended is a common one."
    )


@strawberry.type(description="What became of each report.")
class SaveReportDraftsPayload(DashboardQuery):
    outcomes: list[ReportOutcome] = shown("One for each report, in the order given.")
    unreached: int = shown(UNREACHED)
    user_errors: Errors = shown("Why nothing at all was done: more than 100 reports.")


@strawberry.type(description="What became of each report.")
class TransmitReportsPayload(DashboardQuery):
    outcomes: list[ReportOutcome] = shown("One for each report, in the order given.")
    unreached: int = shown(UNREACHED)
    user_errors: Errors = shown("Why nothing at all was done: more than 100 reports.")


@strawberry.input(description="A filled template to be given back.")
class ImportReportTemplateInput:
    training_session_id: strawberry.ID | None = strawberry.field(default=None, description=SESSION)


@strawberry.type(description="Where a file may be sent (dépôt).")
class UploadLink:
    url: str = shown(
        "POST the file there without a token, as the body or in a form (multipart), until `expiresAt`. With "
        "`?dryRun=true` nothing is saved, with `?keepRight=true` the right lines are saved where others are wrong. "
        "The answer is JSON: `rows`, `saved`, `unchanged`, `complete`, and `errors` with `line`, `column`, `place`, "
        "`text`, `message`."
    )
    expires_at: datetime = shown("When the address stops to take a file.")
    max_bytes: int = shown("How large the file may be.")


@strawberry.type(description="Where to send the filled template.")
class ImportReportTemplatePayload:
    upload: UploadLink | None = shown("The address; null where it was refused.")
    user_errors: Errors = shown("Why there is none.")


@strawberry.type
class WholeSessionQuery:
    """Questions about a whole session."""

    @shown(
        "The reports still to be written as a workbook to be filled in (modèle de saisie): a row for each trainee "
        "with what is known, drop-downs, 1 000 at most. Of a session with its drafts, or of the plans that "
        "`pendingPlans` lists with the same filters; null for anyone but an organization. It is given back by "
        "`importReportTemplate`. Whom it shows counts as read when the link is opened."
    )
    def report_template(
        self,
        info: Info,
        training_session_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Of this session, drafts included.")
        ] = None,
        employment_service_funded: Funded = None,
        referenced: Annotated[
            bool | None, strawberry.argument(description="Only plans with (true) or without a referenced session.")
        ] = None,
        plan_ends_on: PlanEnds = None,
        search: Annotated[str | None, strawberry.argument(description="As in `pendingPlans`.")] = None,
    ) -> TableDocument | None:
        services, viewer, now, _ = info.context.asked
        if viewer.role is not Role.TRAINING_ORGANIZATION:
            return None
        session = _session(training_session_id)
        if session is None:
            wanted = PlanFilter(None, employment_service_funded, referenced, days(plan_ends_on), search)
            asked = AskedList(name=ListName.PENDING_PLANS, plans=wanted)
        else:
            to_write = [ReportStatus.TO_ENTER, ReportStatus.DRAFT]
            asked = AskedList.of_plans_of(ListName.PLANS_OF_SESSION, session, to_write)
        link, name = template_link(services, viewer, asked, now=now)
        return TableDocument(url=link.url, expires_at=link.expires_at, file_name=name)


@strawberry.type
class WholeSessionMutation:
    """The acts on a whole session."""

    @shown(
        "Save the drafts of a session (saisir toute la session): what is common once, and for each trainee what "
        "differs. Each is saved or refused by itself; the refusal of one stops no other. The same again changes "
        "nothing."
    )
    async def save_report_drafts(
        self,
        info: Info,
        input: Annotated[SaveReportDraftsInput, strawberry.argument(description="The drafts.")],  # noqa: A002
    ) -> SaveReportDraftsPayload | None:
        outcomes, unreached, errors = await _done(info, input, whole_session.save_report_drafts)
        return SaveReportDraftsPayload(outcomes=outcomes, unreached=unreached, user_errors=errors)

    @shown(
        "Transmit the reports of a session. Each is transmitted or refused by itself; the refusal of one stops no "
        "other. What cannot be printed within the time of a request is counted in `unreached`: sent again, what was "
        "transmitted changes nothing and the rest follows."
    )
    async def transmit_reports(
        self,
        info: Info,
        input: Annotated[TransmitReportsInput, strawberry.argument(description="The reports.")],  # noqa: A002
    ) -> TransmitReportsPayload | None:
        outcomes, unreached, errors = await _done(info, input, whole_session.transmit_reports)
        return TransmitReportsPayload(outcomes=outcomes, unreached=unreached, user_errors=errors)

    @shown(
        "Give back a template that was filled in (`reportTemplate`), .xlsx or .csv, 5 MB and 1 000 rows at most: "
        "drafts are saved, errors told by line and column at once; nothing is transmitted."
    )
    def import_report_template(
        self,
        info: Info,
        input: Annotated[ImportReportTemplateInput, strawberry.argument(description="Of which session.")],  # noqa: A002
    ) -> ImportReportTemplatePayload | None:
        services, viewer, now, _ = info.context.asked
        session = _session(input.training_session_id)
        link, errors = attempted_at_once(lambda: upload_link(services, viewer, session, now=now))
        upload = UploadLink(url=link.url, expires_at=link.expires_at, max_bytes=LARGEST_FILE) if link else None
        return ImportReportTemplatePayload(upload=upload, user_errors=errors)


def _session(global_id: strawberry.ID | None) -> str | None:
    return None if global_id is None else key_of(str(global_id), "TrainingSession")


def _asked(given: SaveReportDraftsInput | TransmitReportsInput) -> WholeSession:
    return WholeSession(
        rows=[each.read() for each in given.reports],
        common=given.common.read() if given.common else None,
        session_id=_session(given.training_session_id),
    )


async def _done(
    info: Info,
    given: SaveReportDraftsInput | TransmitReportsInput,
    act: Callable[..., Awaitable[list[RowOutcome]]],
) -> tuple[list[ReportOutcome], int, Errors]:
    """Do an act on all rows: an outcome for each, how many were not reached, and why nothing at all was done."""
    services, viewer, now, today = info.context.asked
    found, errors = await attempted(act(services, viewer, _asked(given), now=now, today=today))
    outcomes, unreached = ([], 0) if found is None else _shown(given.reports, found)
    return outcomes, unreached, errors


def _shown(given: list[ReportRowInput], found: list[RowOutcome]) -> tuple[list[ReportOutcome], int]:
    outcomes = [
        ReportOutcome(
            training_plan_id=row.training_plan_id,
            done=each.done,
            report=Report.of(each.plan) if each.plan and each.plan.report else None,
            plan=plan_of(each.plan),
            user_errors=[user_error(refusal) for refusal in each.refusals],
        )
        for row, each in zip(given, found, strict=True)
    ]
    return outcomes, sum(not each.done for each in found)
