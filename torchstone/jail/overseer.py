"""What a jailed process prints, and writes into its folder, taken and bounded while its answer is waited for."""

from __future__ import annotations

import os
import select
import shutil
import time
from collections.abc import Callable
from typing import Final

from torchstone.errors import WireDeadline
from torchstone.model import Limits

#: Bytes of output after which a program is ended: a progress bar writes a thousandth of it.
FLOOD: Final = 64 << 20

_READ: Final = 1 << 16
_LOOK_SECONDS: Final = 0.25
_FILES: Final = 2048


class Overrun(Exception):
    """Wrote more than it may; the message says where."""


class Overseer:
    """Watches one process. `output` is where its two streams can be read; `scratch` its folder, where that lies on a
    real disk; `look` is called four times a second, if it is there.
    """

    def __init__(self, output: int, scratch: str | None, limits: Limits, look: Callable[[], None] | None) -> None:
        self._output, self._scratch, self._limits, self._look = output, scratch, limits, look
        self._kept = bytearray()
        self._written = 0
        self._open = True
        self._next_look = 0.0

    @property
    def text(self) -> str:
        """What was printed so far, up to the limit."""
        return self._kept.decode("utf-8", "replace")

    def wait(self, fd: int, event: int, deadline: float) -> None:
        """Wait for `fd` as `wire.wait_ready` does, and watch meanwhile. Raises Overrun, WireDeadline."""
        self._refuse_flood()
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise WireDeadline("no answer in time")
            poll = select.poll()
            poll.register(fd, event)
            if self._open:
                poll.register(self._output, select.POLLIN)
            step = left if self._scratch is None and self._look is None else min(left, _LOOK_SECONDS)
            ready = dict(poll.poll(min(step, 3600.0) * 1000 + 1))
            if self._output in ready:
                self.drain()
            self._look_at_scratch()
            if self._look is not None:
                self._look()
            if fd in ready:
                return

    def drain(self) -> None:
        """Take what has been printed; a bounded part of it is kept. Raises Overrun."""
        while self._open:
            try:
                data = os.read(self._output, _READ)
            except BlockingIOError:
                return
            self._written += len(data)
            self._kept += data[: max(0, self._limits.output_kb * 1024 - len(self._kept))]
            self._open = bool(data) and self._written <= FLOOD
            self._refuse_flood()

    def close(self) -> None:
        """Let go of the output, and remove the folder."""
        self._open = False
        os.close(self._output)
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _refuse_flood(self) -> None:
        if self._written > FLOOD:
            raise Overrun(f"printed more than {FLOOD >> 20} MB")

    def _look_at_scratch(self) -> None:
        """Nobody but us bounds what is on a real disk: there is no mount of its own."""
        if self._scratch is None or time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + _LOOK_SECONDS
        used, files = 0, 0
        for folder, _, names in os.walk(self._scratch):
            for name in names:
                files += 1
                try:
                    used += os.lstat(os.path.join(folder, name)).st_blocks * 512
                except FileNotFoundError:
                    continue
            if files > _FILES or used > self._limits.disk_mb << 20:
                raise Overrun(f"wrote more than {self._limits.disk_mb} MB, or {_FILES} files")
