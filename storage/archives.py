"""The file of a backup: one stream, compressed, in which what was written is hashed: any cut or change is told.

Uncompressed it is a sequence of records, each a byte that says what it is and a BSON document: the head, then each
collection (its name and indexes) with its documents, then the end with the number of documents and the SHA-256 of
all that stands before it.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import zstandard
from bson import decode, encode
from bson.errors import BSONError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.client import Document

HEAD, COLLECTION, DOCUMENT, END = b"H", b"C", b"D", b"E"
FORMAT = "bilans-backup"
FORMAT_VERSION = 1
_LEVEL = 3
_LENGTH = 4
_LARGEST = 48 * 1024 * 1024
_CHUNK = 1 << 20


class BadArchive(Exception):  # noqa: N818 - what is the case
    """It is no whole backup; the message says why."""


class ArchiveExists(Exception):  # noqa: N818 - what is the case
    """There is a file of that name, or another process writes it."""


class ArchivedDocument(NamedTuple):
    """One of a file: what it is, and its document as it stands there."""

    kind: bytes
    raw: bytes


class Writer:
    """Writes records; `finish` makes it whole."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = zstandard.ZstdCompressor(_LEVEL, write_checksum=True).stream_writer(out, closefd=False)
        self._hash = sha256()
        self.documents = 0

    def begin(self, head: Document) -> None:
        """Write what it is a backup of."""
        self._write(HEAD, encode({"format": FORMAT, "formatVersion": FORMAT_VERSION, **head}))

    def collection(self, name: str, indexes: list[Document]) -> None:
        """Begin a collection."""
        self._write(COLLECTION, encode({"name": name, "indexes": indexes}))

    def document(self, raw: bytes) -> None:
        """Add a document of the collection."""
        self._write(DOCUMENT, raw)
        self.documents += 1

    def finish(self, more: Document) -> None:
        """Write the end."""
        self._write(END, encode({**more, "documents": self.documents, "sha256": self._hash.hexdigest()}))
        self._out.close()  # type: ignore[no-untyped-call]

    def _write(self, kind: bytes, raw: bytes) -> None:
        if kind != END:
            self._hash.update(kind)
            self._hash.update(raw)
        self._out.write(kind + raw)


def read_archive(source: IO[bytes]) -> Iterator[ArchivedDocument]:
    """Give the records of a file, the head first and the end last; BadArchive wherever it is not what was written."""
    stream = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(source, closefd=False)
    digest, documents, first = sha256(), 0, True
    try:
        while kind := stream.read(1):
            raw = _one(stream)
            if first and (kind != HEAD or decode(raw).get("format") != FORMAT):
                raise BadArchive("it is no backup of this service")
            first = False
            if kind == END:
                _check_end(decode(raw), documents, digest.hexdigest())
                yield ArchivedDocument(kind, raw)
                return
            digest.update(kind)
            digest.update(raw)
            documents += kind == DOCUMENT
            yield ArchivedDocument(kind, raw)
    except (zstandard.ZstdError, BSONError) as error:
        raise BadArchive(f"it is no backup of this service, or was changed ({error})") from None
    raise BadArchive("it was cut short")


def _one(stream: Any) -> bytes:  # noqa: ANN401 - zstandard's reader is untyped
    length = _exactly(stream, _LENGTH)
    size = int.from_bytes(length, "little")
    if not _LENGTH < size <= _LARGEST:
        raise BadArchive("it is no backup of this service, or was changed")
    return length + _exactly(stream, size - _LENGTH)


def _exactly(stream: Any, size: int) -> bytes:  # noqa: ANN401 - as above
    parts, left = [], size
    while left and (part := stream.read(left)):
        parts.append(part)
        left -= len(part)
    if left:
        raise BadArchive("it was cut short")
    return b"".join(parts)


def _check_end(end: Document, documents: int, digest: str) -> None:
    if end.get("documents") != documents or end.get("sha256") != digest:
        raise BadArchive("what stands in it is not what was written: it was changed")


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Write a file that is there whole or not at all, for its owner alone; ArchiveExists where one is there.

    It is written beside its place under a name that ends in `.part`, which the next attempt begins again.
    """
    part = path.with_name(path.name + ".part")
    if path.exists():
        raise ArchiveExists
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b", _CHUNK) as out:
        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ArchiveExists from None
        out.truncate()
        try:
            yield out
            out.flush()
            os.fsync(out.fileno())
            _put(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _put(part: Path, path: Path) -> None:
    """Give the file its name, unless somebody took it meanwhile, and have the disk keep the name."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        raise ArchiveExists from None
    part.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
