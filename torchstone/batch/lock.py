"""One run at a time writes into a course directory."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from torchstone.errors import BusyError, CourseError


@contextmanager
def course_lock(state: Path, what: str) -> Iterator[None]:
    """Hold the course directory for `what` («grade week04»). Raises BusyError with what the other run is doing.

    The kernel lets go of the lock when the process ends, however it ends.
    """
    path = state / "lock"
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as e:
        raise CourseError(f"{state} cannot be written to ({e.strerror}); a course directory must be writable") from e
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(fd, 200, 0).decode(errors="replace").strip() or "another run"
            raise BusyError(f"{holder} is at work in {state.parent}; wait for it, then try again") from None
        with suppress(OSError):  # a full disk: the lock holds all the same, without a word of who holds it
            os.ftruncate(fd, 0)
            os.pwrite(fd, f"`torchstone {what}` (process {os.getpid()})\n".encode(), 0)
        yield
    finally:
        os.close(fd)
