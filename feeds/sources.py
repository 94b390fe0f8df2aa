"""Opens a feed, a file or standard input, plain or compressed, as one stream that is read in bounded memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import re
import zipfile
import zlib
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Protocol

from feeds.other_kinds import refuse_other_kinds, refuse_workbooks
from feeds.outcome import NotThisFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEAD = 65_536
MAX_LINE = 1 << 20
STANDARD_INPUT = "-"
_UTF8_BOM = b"\xef\xbb\xbf"
_LIST = re.compile(r"(?:csv_standard_[^/]*|referentiel_code_rome_v\d+_utf8)\.csv\Z", re.IGNORECASE)
"""The name of the list in the archives of France compétences and ROME, which have tables of relations beside it."""
_FREE = 64 << 20
_MAX_RATIO = 200
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


class Readable(Protocol):
    """A binary stream; `read` returns `size` bytes at most."""

    def read(self, size: int, /) -> bytes: ...


class CutShort(Exception):  # noqa: N818 - a fact about the file, not a fault of ours
    """The file cannot be read to its end: truncated, damaged, or a decompression bomb. The sentence is in English."""


class _Guarded(io.RawIOBase):
    """A stream that raises CutShort for every failure, and for a compressed file that swells without end.

    The first 64 MiB are free. After them a file may have 200 bytes for each compressed byte; text has 5 to 30.
    """

    def __init__(self, inner: Readable, position: Callable[[], int]) -> None:
        self._inner = inner
        self._position = position
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        try:
            chunk = self._inner.read(len(buffer))
        except _BROKEN as error:
            raise CutShort(f"the file cannot be read to its end: {error}") from error
        self._given += len(chunk)
        if self._given > _FREE and self._given > _MAX_RATIO * self._position():
            raise CutShort(f"the file swells more than {_MAX_RATIO} times when decompressed: it is refused")
        buffer[: len(chunk)] = chunk
        return len(chunk)


class _LineFeeds(io.RawIOBase):
    """Replaces carriage returns by line feeds, for files whose lines end with carriage returns alone."""

    def __init__(self, inner: Readable) -> None:
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        chunk = self._inner.read(len(buffer))
        buffer[: len(chunk)] = chunk.replace(b"\r", b"\n")
        return len(chunk)


class Source:
    """An open feed. `total` and `position()` are in bytes of the file on disk (compressed or not).

    For standard input they are None and 0. `marked`: the file begins with a byte order mark, which is not given.
    """

    def __init__(self, name: str, stream: Readable, *, position: Callable[[], int], total: int | None = None) -> None:
        self.name = name
        self.total = total
        self.position = position
        self._stream = io.BufferedReader(_Guarded(stream, position), buffer_size=HEAD)
        try:
            self.head = self._stream.peek(HEAD)
        except CutShort as error:
            raise NotThisFormat(f"{name}: {error}.") from error
        refuse_other_kinds(name, self.head)
        self.marked = self.head.startswith(_UTF8_BOM)
        if self.marked:
            self._stream.read(len(_UTF8_BOM))
            self.head = self.head[len(_UTF8_BOM) :]
        if b"\r" in self.head and b"\n" not in self.head:
            self._stream = io.BufferedReader(_LineFeeds(self._stream), HEAD)  # type: ignore[arg-type]
            self.head = self.head.replace(b"\r", b"\n")

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, `size` at most; raise CutShort where the file cannot be read on."""
        return self._stream.read(size)

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Give each line that is not blank, with its number from 1; raise CutShort where the file cannot be read on.

        Of a line longer than MAX_LINE (1 MiB) only MAX_LINE + 1 bytes are given: by its length one knows it.
        """
        number = 0
        while line := self._stream.readline(MAX_LINE + 1):
            number += 1
            if len(line) > MAX_LINE:
                self._skip_rest_of(line)
            if line.strip():
                yield number, line
            else:
                number += self._skip_blank_lines()

    def _skip_blank_lines(self) -> int:
        """Skip the blank lines in the buffer, all at once (a file may have nothing else); return their number."""
        ahead = self._stream.peek(HEAD)
        blank = len(ahead) - len(ahead.lstrip())
        end = ahead.rfind(b"\n", 0, blank) + 1
        self._stream.read(end)
        return ahead.count(b"\n", 0, end)

    def _skip_rest_of(self, line: bytes) -> None:
        while line and not line.endswith(b"\n"):
            line = self._stream.readline(MAX_LINE)


def is_utf8(text: bytes) -> bool:
    """Whether bytes are valid UTF-8."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def opened(path: str, *, stdin: Readable) -> Iterator[Source]:
    """Open a feed by path, or standard input for `-`; gzip, bzip2 and zip are recognized by their first bytes.

    Raises NotThisFormat for what cannot be opened: no such file, an archive of several files, a damaged beginning.
    """
    with ExitStack() as stack:
        if path == STANDARD_INPUT:
            yield Source("standard input", _decompressed(io.BufferedReader(_unbuffered(stdin)), stack), position=int)
            return
        try:
            file = stack.enter_context(open(path, "rb"))  # noqa: PTH123 - the path is as the operator typed it
            total = os.fstat(file.fileno()).st_size
            stream = _decompressed(file, stack)
        except OSError as error:
            raise NotThisFormat(f"{path}: {error.strerror or error}.") from error
        yield Source(path, stream, position=file.tell, total=total)


def _unbuffered(stdin: Readable) -> io.RawIOBase:
    return _Guarded(stdin, int)


def _decompressed(file: io.BufferedReader, stack: ExitStack) -> Readable:
    head = file.peek(4)
    if head.startswith(b"\x1f\x8b"):
        return stack.enter_context(gzip.GzipFile(fileobj=file))
    if head.startswith(b"BZh"):
        return stack.enter_context(bz2.BZ2File(file))
    if head.startswith(b"PK\x03\x04"):
        return _only_member(file, stack)
    return file


def _only_member(file: io.BufferedReader, stack: ExitStack) -> Readable:
    if not file.seekable():
        raise NotThisFormat("A zip archive cannot be read from standard input: give its path.")
    try:
        archive = stack.enter_context(zipfile.ZipFile(file))
        members = [member for member in archive.infolist() if _is_feed(member)]
        refuse_workbooks(file.name, {member.filename for member in members})
        if len(members) > 1:
            members = [member for member in members if _LIST.search(member.filename)] or members
        if len(members) != 1:
            raise NotThisFormat(f"The archive holds {len(members)} files; give one with a single file in it.")
        return stack.enter_context(archive.open(members[0]))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise NotThisFormat(f"The zip archive cannot be read: {error}.") from error


def _is_feed(member: zipfile.ZipInfo) -> bool:
    return not member.is_dir() and not member.filename.startswith("__MACOSX/")
