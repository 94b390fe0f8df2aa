"""An electronic seal on what is transmitted: PAdES baseline B, with the certificate that the service is given.

pyHanko is imported only if a seal is configured. The certificate's validity is the verifier's to judge; a timestamp
of a third party (B-T) is not asked for, as printing depends on no network.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

from pdf.errors import BadSeal

if TYPE_CHECKING:
    from datetime import datetime

    from pdf.order import SealFile

FIELD = "Sceau"
_READABLE = "Sceau électronique du bilan"
_OUTSIDE = InvisSigSettings(set_print_flag=True, box_out_of_bounds=True)
"""PDF/A forbids a hidden field, and PDF/UA wants a visible one in the structure: it lies beside the page."""


class Seal:
    """Ready to seal; BadSeal where the file cannot be opened with its password, or is no certificate and key."""

    def __init__(self, source: SealFile) -> None:
        try:
            signer = SimpleSigner.load_pkcs12(  # type: ignore[no-untyped-call]
                source.path, passphrase=source.password.encode()
            )
        except (OSError, ValueError):
            raise BadSeal from None
        if signer is None:
            raise BadSeal
        self._signer = PdfSigner(
            PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES),
            signer=signer,
            new_field_spec=SigFieldSpec(FIELD, invis_sig_settings=_OUTSIDE, readable_field_name=_READABLE),
        )

    @property
    def ends_at(self) -> datetime:
        """The last instant at which the certificate is valid."""
        ends_at: datetime = self._signer.signer.signing_cert.not_valid_after  # type: ignore[union-attr]
        return ends_at

    def sealed(self, content: bytes) -> bytes:
        """Append the seal to a PDF: what was printed stays as it is, byte by byte."""
        sealed = BytesIO()
        self._signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(content)), output=sealed)
        return sealed.getvalue()
