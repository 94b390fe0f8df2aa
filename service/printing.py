"""Puts the printer together, with what it seals with."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from pdf.errors import BadSeal, NotPrinted
from pdf.fonts import FACES
from pdf.order import SealFile
from pdf.printer import Printer
from settings import WrongSetting

if TYPE_CHECKING:
    from datetime import datetime

    from domain.plan import Plan
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


def seal_ends_at(settings: Settings) -> datetime | None:
    """Return until when the certificate is valid; None where there is no seal."""
    source = _seal_file(settings)
    if source is None:
        return None
    from pdf.seal import Seal  # noqa: PLC0415 - as above

    return Seal(source).ends_at


async def printing_problem(settings: Settings, plan: Plan) -> str | None:
    """Print a plan; return a sentence where that cannot be done."""
    for face in FACES:
        if not face.is_file():
            return f"The font {face} is missing: make the environment anew (remove .venv, start ./run)."
    try:
        async with printer_of(settings) as printer:
            await printer.print(plan)
    except NotPrinted as error:
        return f"No document can be made ({type(error).__name__}): see that Pango is installed and memory is left."
    return None


def _seal_file(settings: Settings) -> SealFile | None:
    if settings.seal_certificate is None or settings.seal_password is None:
        return None
    return SealFile(path=str(settings.seal_certificate.resolve()), password=settings.seal_password.get_secret_value())
