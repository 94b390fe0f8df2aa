"""One worker's press: template, style and fonts made ready once, then a document for each order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from pdf import data, fonts, sheet
from pdf.errors import TooLong
from pdf.finish import finished
from pdf.identity import identified
from pdf.ink import covered, covered_by_any, inked, named, typeset
from pdf.line_breaks import eased
from pdf.order import MAX_PAGES

if TYPE_CHECKING:
    from domain.plan import Plan
    from domain.report import Report
    from pdf.order import Order

_HERE = Path(__file__).parent
_WATERMARK = (_HERE / "brouillon.svg").as_uri()


class OwnWatermarkOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Gives the room's own watermark, and refuses any other address, be it of a file or of a network."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> object:
        if url != _WATERMARK:
            raise FatalURLFetchingError("Un document ne va rien chercher au dehors.")
        return super().fetch(url, headers)


class Proof(NamedTuple):
    """A PDF and the characters that its font lacked."""

    content: bytes
    replaced: tuple[str, ...]


class Press:
    """Ready to print; what does not change from one document to the next is kept."""

    def __init__(self) -> None:
        self._common = covered(fonts.FACES)
        self._covered = self._common | covered_by_any(fonts.OTHER_FACES)
        self._uncommon = False
        self._replaced: set[str] = set()
        self._fetcher = OwnWatermarkOnly()
        self._fonts = FontConfiguration()
        style = (_HERE / "style.css").read_text()
        self._style, self._wide_style = self._css(style), self._css(_with_other_faces(style))
        templates = Environment(
            loader=FileSystemLoader(_HERE),
            autoescape=True,
            finalize=self._set,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._template = templates.get_template("report.html")

    def proof(self, order: Order) -> Proof:
        """Print an order; TooLong beyond its pages."""
        self._uncommon = False
        self._replaced.clear()
        html = self._html(order)
        return Proof(self._pdf(html, order.plan, order.report), named(self._replaced))

    def _set(self, value: object) -> object:
        """Set a text as paper wants it; markup of our own passes as it is."""
        if isinstance(value, Markup) or not isinstance(value, str):
            return value
        text, missing = inked(typeset(value), self._covered)
        self._replaced |= missing
        self._uncommon = self._uncommon or not self._common.issuperset(text.replace("\n", ""))
        return eased(text)

    def _css(self, style: str) -> CSS:
        return CSS(string=style, base_url=_HERE.as_uri() + "/", url_fetcher=self._fetcher, font_config=self._fonts)

    def _html(self, order: Order) -> str:
        return self._template.render(
            plan=order.plan,
            report=order.report,
            organization_lines=sheet.organization_lines(order.plan.organization),
            sections=sheet.sections(order.plan, order.report),
            instant=sheet.instant,
            unanswered=sheet.UNANSWERED,
            verification=order.verification,
            verification_url=order.verification_url,
            qr=_qr(order.verification_url),
        )

    def _pdf(self, html: str, plan: Plan, report: Report) -> bytes:
        page = HTML(string=html, base_url=_HERE.as_uri() + "/", url_fetcher=self._fetcher)
        document = page.render(
            font_config=self._fonts,
            stylesheets=[self._wide_style if self._uncommon else self._style],
            pdf_variant="pdf/a-3a",
            pdf_tags=True,
        )
        if len(document.pages) > MAX_PAGES:
            raise TooLong
        content: bytes = identified(document).write_pdf(
            finisher=finished,
            pdf_variant="pdf/a-3a",
            pdf_identifier=_identifier(plan, report),
            attachments=[_attachment(plan, report)],
        )
        return content


def _with_other_faces(style: str) -> str:
    """Let what the one face lacks be set in another. Pages that lack nothing are laid out faster without."""
    families = ", ".join(f'"{family}"' for family in (fonts.FAMILY, *fonts.OTHER_FAMILIES))
    return style.replace(f'"{fonts.FAMILY}"', families)


def _attachment(plan: Plan, report: Report) -> Attachment:
    return Attachment(
        string=data.attached(plan, report).decode(),
        name=data.NAME,
        description="Le bilan sous forme de données",
        created=report.updated_at,
        modified=report.updated_at,
        relationship="Data",
    )


def _identifier(plan: Plan, report: Report) -> bytes:
    return f"{plan.id}/{report.version}".encode()


def _qr(url: str | None) -> Markup | None:
    if url is None:
        return None
    code = segno.make(url, error="m", micro=False)
    return Markup(code.svg_inline(omitsize=True, border=0, title="Code QR de vérification du bilan"))  # noqa: S704 - segno's own
