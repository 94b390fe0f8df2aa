"""Where the embedded database lives: its data, its socket and its log, held by one service at a time."""

import asyncio
import fcntl
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

SOCKET_NAME = "mongodb-27017.sock"  # mongod makes it of its port
SOCKET_PATH_LIMIT = 100  # bytes; sockaddr_un holds 108 with its final zero
LET_GO_SECONDS = 2
DATA_NAME = "mongodb"
_ALWAYS_THERE = "WiredTiger"  # a file that mongod makes with its data, and never again


class NoServer(Exception):  # noqa: N818 - named after what is the case, like every refusal of the house
    """There is no database to work with; the message says in a sentence what to do about it."""


@dataclass(frozen=True)
class DataDirectory:
    """Absolute paths, and the descriptor of the lock. A process that inherits it holds the directory too."""

    data: Path
    socket: Path
    log: Path
    lock: int

    def loss(self) -> str | None:
        """Say in a sentence what became of the data: gone, not to be written, or replaced by others; or None."""
        path = self.data.parent
        if told := loss_of(path):
            return told
        if os.path.samestat(os.fstat(self.lock), (path / "lock").stat()):
            return None
        return f"The data in {path} are not those with which the service began: bring these back, or start it again."

    def complaints(self) -> str:
        """The first three errors that mongod logged, or else the last three lines of its log."""
        lines = self.said().splitlines()
        errors = [line.partition('"msg":')[2] for line in lines if '"s":"E"' in line or '"s":"F"' in line]
        return " / ".join(errors[:3] or lines[-3:])

    def said(self) -> str:
        """The log of mongod since it was last started; nothing where it is gone with its directory."""
        try:
            return self.log.read_text(errors="replace")
        except OSError:
            return ""


@asynccontextmanager
async def held_directory(path: Path) -> AsyncGenerator[DataDirectory]:
    """Make the directory and hold it for the block; raises NoServer when it is in use or cannot be used.

    The log starts anew and the one before it stays beside it as `mongod.log.1`: no more than two of them.
    """
    with _told_as_no_server(path):
        lock = _made(path)
    try:
        with _told_as_no_server(path):
            await _take(lock)
            log = path / "mongod.log"
            if log.exists():
                log.replace(log.with_suffix(".log.1"))
            directory = DataDirectory(path / DATA_NAME, _socket_directory(path) / SOCKET_NAME, log, lock)
        yield directory
    finally:
        os.close(lock)


def loss_of(path: Path) -> str | None:
    """Say in a sentence that the data of a server that runs there are gone or cannot be written; or None."""
    data = path / DATA_NAME
    try:
        there = (data / _ALWAYS_THERE).is_file()
    except OSError as error:
        return f"The data in {data} cannot be reached ({error.strerror}): mend that."
    if not there:
        return f"The data in {data} are gone: bring them back, or restore a backup."
    if not os.access(data, os.W_OK | os.X_OK):
        return f"The directory {data} cannot be written: make it writable, to the user of the service."
    return None


def socket_of(path: Path) -> Path:
    """Where the server of that directory listens, when one runs; the directory is made where it is absent."""
    with _told_as_no_server(path):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _socket_directory(path.resolve()) / SOCKET_NAME


def _made(path: Path) -> int:
    """Make the directory, for this user only; gives the open lock file."""
    (path / DATA_NAME).mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600)


async def _take(lock: int) -> None:
    """Take the lock; a mongod whose service was just killed may hold it for a moment more."""
    deadline = time.monotonic() + LET_GO_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.02)
        else:
            return


@contextmanager
def _told_as_no_server(path: Path) -> Generator[None]:
    try:
        yield
    except BlockingIOError:
        raise NoServer(
            f"The data in {path} are in use by another service that runs here: stop it first, "
            "or set BILANS_DATA_DIR to another directory."
        ) from None
    except OSError as error:
        raise NoServer(
            f"The data directory {path} cannot be used ({error.strerror}: {error.filename}): "
            "make it writable, set BILANS_DATA_DIR to another one, or BILANS_MONGODB_URL to a replica set."
        ) from error


def _socket_directory(path: Path) -> Path:
    """Beside the data, or in the temporary directory where that path is too long: ours alone (mode 0700)."""
    directory = path / "socket"
    if len(os.fsencode(directory / SOCKET_NAME)) > SOCKET_PATH_LIMIT:
        name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
        directory = Path(tempfile.gettempdir(), f"bilans-{os.getuid()}-{name}")
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise NoServer(f"{directory} is somebody else's: remove it, or set BILANS_DATA_DIR to a shorter path.")
    directory.chmod(0o700)
    return directory
