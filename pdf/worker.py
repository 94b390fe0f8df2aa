"""A worker process: orders come on its input, documents leave on its output, and it ends with its parent."""

import ctypes
import gc
import os
import resource
import signal
import struct
import sys
import traceback
from collections.abc import Callable
from time import process_time
from types import TracebackType
from typing import BinaryIO

from pdf.errors import TooLong
from pdf.order import AnswerKind, Order, Printed, SealFile

_SIZE = struct.Struct(">I")
_SET_PARENT_DEATH_SIGNAL = 1
_PATIENCE = 5
"""A page takes tenths of a second, other answers milliseconds: these go first where there are few processors."""


def main(parent: int, memory: int) -> None:
    """Print until the input ends. Anything unforeseen ends the process: its parent starts another."""
    _die_with(parent)
    os.nice(_PATIENCE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which ends its workers
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.excepthook = _tell_without_data
    orders, answers = sys.stdin.buffer, _private_output()
    from pdf.press import Press  # noqa: PLC0415 - only once the limits hold

    press = Press()
    _spare_what_stays()
    sealed = _sealing(_received(orders))
    _send(answers, AnswerKind.READY.value)
    while (message := _received(orders)) is not None:
        begun = process_time()
        order = Order.model_validate_json(message)
        try:
            proof = press.proof(order)
        except TooLong:
            _send(answers, AnswerKind.TOO_LONG.value)
        else:
            content = sealed(proof.content) if order.report.transmitted_at else proof.content
            head = Printed(replaced=proof.replaced, seconds=process_time() - begun).model_dump_json().encode()
            _send(answers, AnswerKind.PRINTED.value + head + b"\n" + content)


def _received(orders: BinaryIO) -> bytes | None:
    """Read a message; None when the input has ended."""
    size = orders.read(_SIZE.size)
    return orders.read(_SIZE.unpack(size)[0]) if size else None


def _sealing(source: bytes | None) -> Callable[[bytes], bytes]:
    """Return the function that seals a PDF. Without a seal it changes nothing, and pyHanko is not loaded."""
    if not source:
        return bytes
    from pdf.seal import Seal  # noqa: PLC0415 - see above

    return Seal(SealFile.model_validate_json(source)).sealed


def _die_with(parent: int) -> None:
    """Ask Linux for SIGKILL when the parent goes, and see that it has not gone already."""
    ctypes.CDLL(None, use_errno=True).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


def _spare_what_stays() -> None:
    """Exempt what was made ready from garbage collection, and collect less often: a page makes 200 000 objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _private_output() -> BinaryIO:
    """Keep the pipe for answers; what libraries print goes to the error output."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _send(answers: BinaryIO, message: bytes) -> None:
    answers.write(_SIZE.pack(len(message)) + message)
    answers.flush()


def _tell_without_data(kind: type[BaseException], _: BaseException, trace: TracebackType | None) -> None:
    """Say where it broke and not on what: a message could quote a report."""
    sys.stderr.write("".join(traceback.format_tb(trace)) + f"{kind.__module__}.{kind.__qualname__}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
