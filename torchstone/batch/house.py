"""The owner's end of a judge house: starts it, asks it for judges, and takes it down again."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Final

from torchstone import errors
from torchstone.batch import protocol
from torchstone.errors import JailError
from torchstone.jail.clean import clean_command, clean_environment
from torchstone.model import JailPolicy, Tier

_MESSAGE: Final = 1 << 16
#: For the house to import what it needs, on a busy machine.
_START_SECONDS: Final = 120.0
_CLOSE_SECONDS: Final = 10.0
_JUDGE_CLOSE_SECONDS: Final = 5.0


@dataclass
class JudgeProcess:
    """A judge that the house forked: not our child, so all there is of it is its streams and a handle."""

    questions: IO[str]
    answers: IO[str]
    complaints: IO[str]
    handle: int
    _lock: threading.Lock = field(default_factory=threading.Lock)  # it is killed from other threads
    _gone: bool = False

    def kill(self) -> None:
        """End it at once, whatever it is at."""
        with self._lock, suppress(ProcessLookupError):
            if not self._gone:
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)

    def wait(self) -> None:
        """Wait for its end, which has been asked for; if that takes too long, kill it."""
        if not self._gone and not _ready(self.handle, _JUDGE_CLOSE_SECONDS):
            self.kill()
            _ready(self.handle, None)
        with self._lock:
            if not self._gone:
                self._gone = True
                os.close(self.handle)


class House:
    """The judge house for one jail policy: started by `begin` or when the first judge is asked for, and anew if it
    was killed.

    Judges may be asked for from several threads.
    """

    def __init__(self, jail: JailPolicy, tier: Tier) -> None:
        self._opening = protocol.opening(jail, tier)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._number = 0
        self._closed = False

    def judge(self) -> JudgeProcess:
        """A new judge. Raises JailError, JailUnavailable if there can be none."""
        with self._lock:
            self._stand()
            return self._asked()

    def begin(self) -> None:
        """Have it start, and do not wait for it. Raises JailError."""
        with self._lock:
            self._stand()

    def _stand(self) -> None:
        """See that it runs, or is on its way."""
        if self._closed:
            raise JailError("the judge house is closed")
        if self._process is not None and self._process.poll() is None:
            return
        self._let_go()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                clean_command("batch.house_process", str(theirs.fileno())),
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is for us; we take it down in order
            )
        self._control.send(json.dumps(self._opening).encode())

    def _asked(self) -> JudgeProcess:
        assert self._control is not None
        self._number += 1
        (questions, ours), (answers, told), (complaints, said) = (os.pipe() for _ in range(3))
        streams = os.fdopen(ours, "w"), os.fdopen(answers), os.fdopen(complaints, errors="replace")
        try:
            handle = self._handle((questions, told, said))
        except BaseException:
            for stream in streams:
                stream.close()
            raise
        finally:
            for fd in (questions, told, said):
                os.close(fd)
        return JudgeProcess(*streams, handle)

    def _handle(self, streams: tuple[int, int, int]) -> int:
        assert self._control is not None
        try:
            socket.send_fds(self._control, [json.dumps({"judge": self._number}).encode()], streams)
            if not _ready(self._control.fileno(), _START_SECONDS):
                raise JailError(f"the judge house did not answer within {_START_SECONDS:.0f} s")
            message, handles, _, _ = socket.recv_fds(self._control, _MESSAGE, 1)
        except OSError as error:
            raise JailError(f"the judge house is gone ({error.strerror})") from error
        reply = json.loads(message or "null")
        if reply is None:
            raise JailError("the judge house is gone")
        if "error" in reply:
            raise getattr(errors, reply["error"], JailError)(reply["message"])
        return handles[0]

    def close(self) -> None:
        """End the house and its jail; its judges have been closed. Closing twice does nothing."""
        with self._lock:
            self._closed = True
            self._let_go()

    def _let_go(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            try:
                self._process.wait(_CLOSE_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()  # what it forked ends with it
                self._process.wait()
        self._control = self._process = None


def _ready(fd: int, seconds: float | None) -> bool:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(None if seconds is None else seconds * 1000))
