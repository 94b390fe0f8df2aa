"""Reports, their documents, and the news of their transmission."""

from dataclasses import field
from datetime import datetime
from typing import Self

import strawberry

from domain.access import Role, concerns
from domain.global_id import report_id
from domain.link import Link
from domain.plan import Plan
from domain.verification import grouped
from resolvers import reports
from resolvers.verification import verification_url
from schema.context import Info
from schema.enums import ReportStatus
from schema.forms import ANSWERS, ReportForm
from schema.node import Node, shown
from schema.people import Adviser
from schema.reported import ReportedJobSeeker, ReportedOrganization, ReportedPlan
from schema.shared import NomenclatureEntry, UserError, entry_of, user_error
from schema.training import TrainingPlan
from schema.unasked_parts import asks_for_one


@strawberry.type(description="A PDF to download.")
class ReportDocument:
    url: str = shown("Opens without a token, until `expiresAt`; with `?download` after it a browser keeps the PDF.")
    expires_at: datetime = shown("When the address stops to open.")
    file_name: str = shown("The name under which it is saved.")
    sha256: str | None = shown("SHA-256 of the PDF in hexadecimal; null for a draft.")
    byte_size: int | None = shown(
        "How many bytes the PDF has; null for a draft, and for a report transmitted before this was kept."
    )


def document_of(
    link: Link, file_name: str, sha256: str | None = None, byte_size: int | None = None
) -> ReportDocument:
    """Show a link to a PDF."""
    return ReportDocument(
        url=link.url, expires_at=link.expires_at, file_name=file_name, sha256=sha256, byte_size=byte_size
    )


@strawberry.type(
    description="How far a transmitted report has come to its recipients (état de remise). It is read when its "
    "answers are given or its PDF is opened; seeing it in a list is not reading it."
)
class ReportDelivery:
    transmitted_at: datetime = shown("When it was transmitted: from then on both recipients may read it.")
    job_seeker_fetched_at: datetime | None = shown("When the job seeker first read it; null until then.")
    adviser_fetched_at: datetime | None = shown(
        "When the adviser first read it; null until then, and where there is no `adviser`."
    )
    adviser: Adviser | None = shown("Who receives it beside the job seeker, today; null where the plan names nobody.")


def delivery_of(plan: Plan) -> ReportDelivery | None:
    """Show how far a report has come; None for a draft."""
    report = plan.report
    if report is None or report.transmitted_at is None:
        return None
    fetched = (plan.fetched or {}).get(str(report.version), {})
    return ReportDelivery(
        transmitted_at=report.transmitted_at,
        job_seeker_fetched_at=fetched.get(Role.JOB_SEEKER.value),
        adviser_fetched_at=fetched.get(Role.ADVISER.value),
        adviser=Adviser.of(plan.adviser) if plan.adviser else None,
    )


@strawberry.type(
    description="Bilan de fin de formation. Once transmitted, everything in it is frozen, names and titles included; "
    "what is frozen has no `id`."
)
class Report(Node):
    live: strawberry.Private[Plan]
    reported: strawberry.Private[Plan]
    status: ReportStatus = shown("DRAFT or TRANSMITTED.")
    version: int = shown("Grows with each save.")
    created_at: datetime = shown("When it was first saved.")
    updated_at: datetime = shown("When it was last saved or transmitted.")
    transmitted_at: datetime | None = shown("null for a draft.")

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """Show the report of a plan; KeyError is a fault: a plan without report has none to show."""
        report = plan.report
        if report is None:
            raise KeyError(plan.id)
        return cls(
            id=strawberry.ID(report_id(plan)),
            live=plan,
            reported=plan.as_reported(),
            status=ReportStatus(report.status.value),
            version=report.version,
            created_at=report.created_at,
            updated_at=report.updated_at,
            transmitted_at=report.transmitted_at,
        )

    @shown("The plan: as it was at transmission, as it is until then.")
    def plan(self) -> ReportedPlan:
        return ReportedPlan.of(self.reported)

    @shown("Who wrote it, under the name it had at transmission.")
    def organization(self) -> ReportedOrganization:
        return ReportedOrganization.of(self.reported)

    @shown("Whom it is about, under the name they had at transmission.")
    def job_seeker(self) -> ReportedJobSeeker:
        return ReportedJobSeeker.of(self.reported)

    @shown("The plan as it is today; null where the viewer may not see it.")
    def training_plan(self, info: Info) -> TrainingPlan | None:
        return TrainingPlan.of(self.live.current) if concerns(info.context.viewer, self.live) else None

    @shown("The answers.")
    def form(self, info: Info) -> ReportForm:
        read = asks_for_one(info, *ANSWERS)
        return ReportForm.of(reports.form_of(info.context.services, self.live, read=read), self.reported)

    @shown("What stands in the way of transmission; empty when nothing does.")
    async def blockers(self, info: Info) -> list[UserError]:
        context = info.context
        found = await reports.report_blockers(context.loaders.known, self.live, today=context.today)
        return [user_error(each) for each in found]

    @shown(
        "What does not stand in the way of transmission, but is to be known: characters that the PDF cannot show. "
        "Empty once transmitted."
    )
    def warnings(self) -> list[UserError]:
        return [user_error(each) for each in reports.report_warnings(self.live)]

    @shown("The PDF, marked as a draft until transmitted.")
    def document(self, info: Info) -> ReportDocument:
        context = info.context
        link = reports.report_link(context.services, context.viewer, self.reported, now=context.now)
        sent = self.live.report
        name = reports.file_name(self.reported)
        return document_of(link, name, sent.sha256, sent.byte_size) if sent else document_of(link, name)

    @shown("How far it has come to its recipients; null for a draft.")
    def delivery(self) -> ReportDelivery | None:
        return delivery_of(self.live)

    @shown("The report that this one corrects, as it was; null for the first.")
    def replaces(self) -> "Report | None":
        earlier = self.live.earlier_reports
        return Report.of(self.live.as_of(earlier[-1].version)) if earlier else None

    @shown("The corrected report that took the place of this one; null while this one stands.")
    def replaced_by(self) -> "Report | None":
        later = self.live.later_reports
        return Report.of(self.live.as_of(later[0].version)) if later else None

    @shown("Who saved or transmitted it last, as displayed; seen by its organization, null for anyone else.")
    def saved_by(self, info: Info) -> str | None:
        writes = info.context.viewer.role is Role.TRAINING_ORGANIZATION
        return self.live.report.saved_by if writes and self.live.report else None

    @shown(
        "Whether a draft could have been transmitted as it was saved; `blockers` says what stands in the way today. "
        "true once transmitted."
    )
    def complete(self) -> bool:
        report = self.live.report
        return report is not None and (report.complete or report.transmitted_at is not None)

    @shown("Motif de la correction; null for a report that corrects none.")
    def correction_reason(self) -> NomenclatureEntry | None:
        correction = self.live.report.correction if self.live.report else None
        return entry_of(correction.reason) if correction else None

    @shown("What the organization says of the correction, if it says more.")
    def correction_note(self) -> str | None:
        correction = self.live.report.correction if self.live.report else None
        return correction.note if correction else None

    @shown(
        "The code printed on the PDF (code de vérification), with which its holder may ask whether it was "
        "transmitted; null for a draft."
    )
    def verification_code(self) -> str | None:
        code = self.live.report.verification if self.live.report else None
        return grouped(code) if code else None

    @shown("The public page that verifies that code, the address of the PDF's QR code; null for a draft.")
    def verification_url(self, info: Info) -> str | None:
        code = self.live.report.verification if self.live.report else None
        return verification_url(info.context.services, code) if code else None


@strawberry.type(description="A report was transmitted, the first of its plan or a corrected one.")
class ReportTransmittedEvent:
    id: strawberry.ID = shown("Unique for this event.")
    cursor: str = shown("Give it back as `after` to go on from here.")
    occurred_at: datetime = shown("When it was transmitted.")
    report: Report = shown("As transmitted.")
    share_key: strawberry.Private[object] = field(default_factory=object)
