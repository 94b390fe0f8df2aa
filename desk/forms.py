"""Reads the forms that people send: bounded in bytes, fields and seconds, and from pages of this service only."""

from __future__ import annotations

import asyncio
import re
from binascii import a2b_qp
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.formparsers import MultiPartException, MultiPartParser

from desk.stopping import Stopped

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from starlette.requests import Request

LARGEST_FORM = 512 * 1024
LARGEST_READ = 2 * 1024 * 1024
"""In bytes: a form above LARGEST_FORM is not taken, but read up to this, to be shown back to its author."""
_ODD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
LARGEST_UPLOAD = 5 * 1024 * 1024 + 64 * 1024
MOST_FIELDS = 4000
PATIENCE_SECONDS = 10
TOKEN_FIELD = "jeton"  # noqa: S105 - the name of a field
KEPT_FIELD = "garde"
TOO_LONG = "Ce formulaire est trop long : raccourcissez les textes."
FOREIGN = "Cette demande ne vient pas d'une page de ce service : ouvrez la page et recommencez."


@dataclass(frozen=True, slots=True)
class SentForm:
    """The fields in the order in which they came; every value is text, as it was typed."""

    fields: tuple[tuple[str, str], ...] = ()
    file: bytes = b""
    """The content of the file that was sent with the form; empty without one."""
    size: int = 0
    """The length of the body in bytes; 0 for a form with a file, and for one that a page had kept."""

    def text(self, name: str) -> str:
        """Return the value of a field, the last where it came several times; empty where it did not come."""
        return next((value for field, value in reversed(self.fields) if field == name), "")

    def has(self, name: str) -> bool:
        """Whether a field or a button of that name was sent."""
        return any(field == name for field, _ in self.fields)

    def under(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Give the fields whose name begins with a prefix, as pairs of name and value."""
        return ((field, value) for field, value in self.fields if field.startswith(prefix))

    def typed(self) -> dict[str, str]:
        """Return all that was typed, by name."""
        return dict(self.fields)


def require_same_origin(request: Request, public_url: str) -> None:
    """Raise Stopped (403) unless the browser says that the request comes from a page of this service.

    `Sec-Fetch-Site` says so, or `Origin` in browsers that do not send it (Fetch Metadata Request Headers, W3C).
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        ours = site == "same-origin"
    else:
        ours = request.headers.get("Origin", "").lower() in (_origin(public_url), _origin(str(request.base_url)))
    if not ours:
        raise Stopped(403, FOREIGN)


def _origin(url: str) -> str:
    parts = urlsplit(url.lower())
    return f"{parts.scheme}://{parts.netloc}"


async def read_with_file(request: Request, most: int = LARGEST_READ) -> SentForm:
    """Read a form that may have one file with it.

    Raises Stopped as `read_form` does: 413 for a file above 5 MB, 400 for one that takes more than a minute.
    """
    if not request.headers.get("Content-Type", "").startswith("multipart/form-data"):
        return await read_form(request, most)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS * 6):
            body = _bounded(request, LARGEST_UPLOAD if most > LARGEST_FORM else most)
            parser = MultiPartParser(request.headers, body, max_files=1, max_fields=20)
            parts = await parser.parse()
            files = [await part.read() for part in parts.values() if not isinstance(part, str)]
            await parts.close()
    except TimeoutError:
        raise Stopped(400, "Le fichier n'est pas arrivé à temps : renvoyez-le.") from None
    except MultiPartException:
        raise Stopped(400, "Ce formulaire ne se lit pas : joignez un seul fichier.") from None
    texts = tuple((name, value) for name, value in parts.multi_items() if isinstance(value, str))
    return SentForm(texts, files[0] if files else b"")


async def _bounded(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise Stopped(413, "Ce fichier dépasse 5 Mo.")
        yield chunk


async def read_form(request: Request, most: int = LARGEST_READ) -> SentForm:
    """Read a form (application/x-www-form-urlencoded) of `most` bytes at most.

    Raises Stopped: 400 for a body that is not a form or takes more than 10 seconds to arrive, 413 for a longer one.
    """
    if request.headers.get("Content-Type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise Stopped(400, "Ce n'est pas un formulaire.")
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            body = await _body(request, most)
        pairs = pairs_of(body)
    except TimeoutError:
        raise Stopped(400, "Le formulaire n'est pas arrivé à temps : renvoyez-le.") from None
    except ValueError:
        raise Stopped(400, "Ce formulaire ne se lit pas.") from None
    fields = tuple((name, value.replace("\r\n", "\n").replace("\x00", "")) for name, value in pairs)
    return SentForm(fields, size=len(body))


def pairs_of(body: bytes) -> list[tuple[str, str]]:
    """Read a form as `urllib.parse.parse_qsl` does, a hundred times faster where much is escaped.

    Raises ValueError for what no browser sends: text that is not UTF-8, a name without `=`, a `%` without its two
    digits, MOST_FIELDS fields or more.
    """
    body.decode()
    if body.count(b"&") >= MOST_FIELDS or _ODD_ESCAPE.search(body):
        raise ValueError
    pairs = [each.partition(b"=") for each in body.split(b"&")] if body else []
    if not all(equals for _, equals, _ in pairs):
        raise ValueError
    return [(_unescaped(name), _unescaped(value)) for name, _, value in pairs]


def _unescaped(text: bytes) -> str:
    """Decode percent escapes with the decoder of quoted-printable: it differs in the sign only, and is in C."""
    spaced = text.replace(b"+", b" ")
    quoted = a2b_qp(spaced.replace(b"=", b"=3D").replace(b"%", b"=")) if b"%" in spaced else spaced
    return quoted.decode(errors="replace")


async def _body(request: Request, most: int) -> bytes:
    chunks, size = list[bytes](), 0
    async for chunk in request.stream():
        chunks.append(chunk)
        size += len(chunk)
        if size > most:
            raise Stopped(413, TOO_LONG)
    return b"".join(chunks)


def own_path(path: str, fallback: str = "/") -> str:
    """Return `path` if it is a path of this service, else `fallback`: no redirect may lead to another host."""
    parts = urlsplit(path)
    odd = any(ord(character) < ord("!") or character == "\\" for character in path)
    local = path.startswith("/") and not path.startswith("//") and not parts.netloc and not parts.scheme
    return path if local and not odd else fallback
