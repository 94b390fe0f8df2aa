"""Asks the kernel for two things: no child outlives its parent, and as many files are open as there may be."""

import ctypes
import os
import resource
import signal

_PR_SET_PDEATHSIG = 1
_MOST_FILES = 65_536


def die_with_parent() -> None:
    """Have the kernel end this process with the thread that started it (Linux; nothing elsewhere)."""
    parent = os.getppid()
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)


def open_many_files() -> None:
    """Raise the soft limit of open files, often 1 024, as far as it may be: each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
