"""The seal: PAdES on what is transmitted, still PDF/A and PDF/UA; nothing where it is not configured."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pydantic import SecretStr
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from pdf.order import SealFile
from pdf.printer import Printer
from service.printing import require_seal
from settings import Settings, WrongSetting, read_settings
from tests.pdf.plans import SAMPLES
from tests.pdf.test_standards import judged, missing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pyhanko.sign.validation import PdfSignatureStatus

PASSWORD = "of the tests"
ROOT = Path(__file__).parents[2]
MADE = datetime.now(UTC)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PKCS#12 file with a certificate that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sceau d'essai")])
    uses = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    usage = x509.KeyUsage(digital_signature=True, content_commitment=True, **uses)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(MADE - timedelta(days=1))
        .not_valid_after(MADE + timedelta(days=1))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    encryption = serialization.BestAvailableEncryption(PASSWORD.encode())
    file = tmp_path_factory.mktemp("seal") / "seal.p12"
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"seal", key, made, None, encryption))
    return file


@pytest.fixture(scope="session")
async def sealing(certificate: Path) -> AsyncIterator[Printer]:
    async with Printer(seal=SealFile(path=str(certificate), password=PASSWORD)) as printer:
        yield printer


def root_of(certificate: Path) -> asn1.Certificate:
    opened = pkcs12.load_pkcs12(certificate.read_bytes(), PASSWORD.encode()).cert
    assert opened
    return asn1.Certificate.load(opened.certificate.public_bytes(serialization.Encoding.DER))


async def status_of(content: bytes, certificate: Path) -> PdfSignatureStatus:
    """What pyHanko's validation says of the only signature, where this certificate is trusted."""
    (signature,) = PdfFileReader(BytesIO(content)).embedded_signatures
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    return await async_validate_pdf_signature(
        signature, signer_validation_context=ValidationContext(trust_roots=[root_of(certificate)])
    )


async def test_a_transmitted_report_is_sealed_and_the_seal_is_valid_for_the_whole_file(
    sealing: Printer, certificate: Path
) -> None:
    status = await status_of((await sealing.print(SAMPLES["full"])).content, certificate)
    assert status.bottom_line
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE


async def test_a_changed_byte_breaks_it(sealing: Printer, certificate: Path) -> None:
    content = bytearray((await sealing.print(SAMPLES["full"])).content)
    content[1_000] ^= 1
    assert not (await status_of(bytes(content), certificate)).intact


async def test_what_was_printed_stays_as_it_is_and_the_seal_comes_after(sealing: Printer, shared: Printer) -> None:
    bare = await shared.print(SAMPLES["full"])
    sealed = await sealing.print(SAMPLES["full"])
    assert sealed.content.startswith(bare.content)
    assert len(sealed.content) - len(bare.content) < 16_000


async def test_two_seals_of_one_report_differ(sealing: Printer) -> None:
    first, second = [await sealing.print(SAMPLES["full"], transmitting=True) for _ in range(2)]
    assert first.sha256 != second.sha256


async def test_a_draft_is_not_sealed(sealing: Printer, shared: Printer) -> None:
    assert (await sealing.print(SAMPLES["draft"])).content == (await shared.print(SAMPLES["draft"])).content


@pytest.mark.external
async def test_verapdf_finds_a_sealed_report_to_be_pdf_a_3a_and_pdf_ua_1(sealing: Printer, tmp_path: Path) -> None:
    if needed := missing():
        pytest.skip(needed)
    file = tmp_path / "sealed.pdf"
    file.write_bytes((await sealing.print(SAMPLES["full"])).content)
    said = await judged(file)
    assert said.splitlines() == ["PASS\t3a\tsealed.pdf", "PASS\tua1\tsealed.pdf"], said


def settings_with(certificate: Path | None, password: str | None) -> Settings:
    secret = SecretStr(password) if password is not None else None
    return Settings().model_copy(update={"seal_certificate": certificate, "seal_password": secret})


def test_a_certificate_that_opens_is_no_matter(certificate: Path) -> None:
    require_seal(settings_with(certificate, PASSWORD))
    require_seal(settings_with(None, None))


@pytest.mark.parametrize(("file", "password"), [("seal.p12", "wrong"), ("absent.p12", PASSWORD), ("", PASSWORD)])
def test_one_that_does_not_is_refused_with_a_sentence(certificate: Path, file: str, password: str) -> None:
    with pytest.raises(WrongSetting, match=r"BILANS_SEAL_CERTIFICATE=.*(PKCS#12|cannot be read)"):
        require_seal(settings_with(certificate.with_name(file) if file else Path(__file__), password))


def test_certificate_and_password_go_together(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILANS_SEAL_CERTIFICATE", str(certificate))
    with pytest.raises(WrongSetting, match="go together"):
        read_settings()


async def test_the_password_is_seen_neither_in_arguments_nor_in_the_environment(sealing: Printer) -> None:
    await sealing.print(SAMPLES["full"])
    assert PASSWORD.encode() not in told_by(*sealing.pids)


def told_by(*processes: int) -> bytes:
    files = [Path(f"/proc/{process}/{name}") for process in processes for name in ("cmdline", "environ")]
    told = [file.read_bytes() for file in files]
    assert all(told)
    return b"".join(told)


def test_the_library_is_loaded_by_nobody_who_does_not_seal() -> None:
    asked = "import sys, service.serving, pdf.worker, pdf.press; sys.exit('pyhanko' in sys.modules)"
    assert not subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=False).returncode  # noqa: S603 - our own
