"""A worker process: orders come on its input, documents leave on its output, and it ends with its parent."""

import ctypes
import os
import resource
import signal
import struct
import sys
import traceback
from types import TracebackType
from typing import BinaryIO

from pdf.errors import TooLong
from pdf.order import Order, Outcome, Printed

_SIZE = struct.Struct(">I")
_SET_PARENT_DEATH_SIGNAL = 1


def main(parent: int, memory: int) -> None:
    """Print until the input ends. Anything unforeseen ends the process: its parent starts another."""
    _die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which ends its workers
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.excepthook = _tell_without_data
    orders, answers = sys.stdin.buffer, _private_output()
    from pdf.press import Press  # noqa: PLC0415 - only once the limits hold

    press = Press()
    _send(answers, Outcome.READY.value)
    while size := orders.read(_SIZE.size):
        order = Order.model_validate_json(orders.read(_SIZE.unpack(size)[0]))
        try:
            proof = press.proof(order)
        except TooLong:
            _send(answers, Outcome.TOO_LONG.value)
        else:
            head = Printed(replaced=proof.replaced).model_dump_json().encode()
            _send(answers, Outcome.PRINTED.value + head + b"\n" + proof.content)


def _die_with(parent: int) -> None:
    """Ask Linux for SIGKILL when the parent goes, and see that it has not gone already."""
    ctypes.CDLL(None, use_errno=True).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


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
