"""Puts the printer together, with what it seals with."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from pdf.errors import BadSeal
from pdf.order import SealFile
from pdf.printer import Printer
from settings import WrongSetting

if TYPE_CHECKING:
    from settings import Settings


def printer_of(settings: Settings) -> Printer:
    """Return a printer that is not started yet."""
    return Printer(settings.print_workers, seal=_seal_file(settings))


def require_seal(settings: Settings) -> None:
    """Raise WrongSetting where there is to be a seal and its certificate cannot be read."""
    source = _seal_file(settings)
    if source is None:
        return
    from pdf.seal import Seal  # noqa: PLC0415 - a library that is loaded only where there is a seal

    logging.disable()  # the library logs a traceback of what is told in a sentence here
    try:
        Path(source.path).read_bytes()
        Seal(source)
    except OSError as error:
        raise WrongSetting(f"BILANS_SEAL_CERTIFICATE={source.path}: cannot be read ({error.strerror}).") from None
    except BadSeal:
        raise WrongSetting(
            f"BILANS_SEAL_CERTIFICATE={source.path}: this is no PKCS#12 file that BILANS_SEAL_PASSWORD opens."
        ) from None
    finally:
        logging.disable(logging.NOTSET)


def _seal_file(settings: Settings) -> SealFile | None:
    if settings.seal_certificate is None or settings.seal_password is None:
        return None
    return SealFile(path=str(settings.seal_certificate.resolve()), password=settings.seal_password.get_secret_value())
