"""The trusted side of the fork server: starts it clean, asks it for children, and takes everything down again.

Each owner has a fork server of its own: one that was started for it, or a branch. A process that is as clean as a
started one can make a fork server of a fork of itself (`forked`); whoever holds the socket to it, or a copy of that,
asks there for branches (`ask_branch`) and hands them to their owners (`Zygote.branched`).
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, Literal, Self

from torchstone.errors import JailError, JailUnavailable
from torchstone.jail import cuda, cuda_memory, paths
from torchstone.jail.child import Child
from torchstone.jail.clean import clean_command, clean_environment
from torchstone.jail.tiers import choose_tier
from torchstone.model import JailPolicy, Tier

#: What a zygote's children compute on: "cuda" is a card.
Profile = Literal["cpu", "cuda"]
#: What those of a branch compute on: "posing" is the simulated accelerator under the name `cuda`.
Simulated = Literal["sim", "posing"]

_START_SECONDS: Final = 120.0
_SPAWN_SECONDS: Final = 30.0
_CLOSE_SECONDS: Final = 5.0
_MESSAGE: Final = 1 << 16
_SETPIPE_SZ: Final = getattr(fcntl, "F_SETPIPE_SZ", 1031)
_CONTROL: Final = 3  # where a fork server that was forked has its socket
_PIPE_BYTES: Final = 1 << 20


class Zygote:
    """A fork server with torch loaded. Use it as a context manager, from one thread; closing it ends its children."""

    def __init__(
        self,
        policy: JailPolicy,
        tier: Tier,
        process: subprocess.Popen[bytes] | _Forked,
        control: socket.socket,
        stem: socket.socket | None = None,
    ) -> None:
        #: The tier that was built.
        self.tier = tier
        self._policy = policy
        self._process = process
        self._control = control
        self._stem = stem or control  # where branches are asked for
        self._number = 0
        self._asked: dict[str, int] | None = None  # our ends of the spare's pipes, its handle not yet received
        self._spare: Child | None = None
        self._card_memory: cuda_memory.Reader | None = None

    @classmethod
    def start(cls, policy: JailPolicy, profile: Profile = "cpu") -> Zygote:
        """Start a fork server: about 4 s, most of it importing torch.

        Raises JailUnavailable if no tier that `policy` allows can be built here, and JailError if something that
        belongs into it is missing (a module of `policy.preload`, a card).
        """
        card = cuda.find() if profile == "cuda" else None
        tier = choose_tier(policy)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        complaints = os.memfd_create("zygote-stderr")
        try:
            with theirs:
                process = subprocess.Popen(
                    clean_command("jail.zygote_main", str(theirs.fileno())),
                    env=clean_environment(),
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=complaints,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,  # Ctrl-C is for us; we take it down in order
                )
            zygote = cls(policy, tier, process, ours)
            try:
                zygote._card_memory = None if card is None else cuda_memory.reader(card.number)
                zygote._configure(profile, card)
            except JailError as error:
                zygote.close()
                said = os.pread(complaints, 2000, 0).decode(errors="replace").strip()
                raise type(error)(f"{error}\n{said}" if said else str(error)) from None
        finally:
            os.close(complaints)
        return zygote

    def branch(self, profile: Simulated) -> Zygote:
        """A fork server with the simulated accelerator, gone with this one: half a second for the first.

        Raises JailError if the simulator cannot be installed.
        """
        zygote = Zygote.branched(self._policy, self.tier, ask_branch(self._stem, profile), self._stem)
        zygote.await_start()
        return zygote

    @classmethod
    def branched(cls, policy: JailPolicy, tier: Tier, control: socket.socket, stem: socket.socket) -> Zygote:
        """A branch that was asked for at `stem`; nothing is to be asked of it before `await_start`."""
        return cls(policy, tier, _Forked(), control, stem)

    def await_start(self) -> None:
        """Wait until a branch stands. Raises JailError, JailUnavailable with what is wrong; then it is closed."""
        try:
            self._process = _Forked(*self._await_ready())
        except JailError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def spawn(self) -> Child:
        """A fresh jailed process that has run nothing yet: the spare one; the next is made while this one works.

        Raises JailError if it cannot be confined as promised.
        """
        if self._spare is None and self._asked is None:
            self._ask_for_spare()
        child = self._take_spare()
        self._ask_for_spare()
        child.wait_ready(time.monotonic() + _SPAWN_SECONDS)
        return child

    def close(self) -> None:
        """End the fork server and all its children. Closing twice does nothing."""
        if self._asked is not None:
            for fd in self._asked.values():
                os.close(fd)
            self._asked = None
        self._control.close()
        try:
            self._process.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGKILL)  # the kernel then ends whatever it started
            self._process.wait()

    # ---- the control socket -----------------------------------------------------------------------------------------

    def _configure(self, profile: Profile, card: cuda.Card | None) -> None:
        _send(self._control, _configuration(self._policy, self.tier, profile, card))
        self._await_ready()

    def _await_ready(self) -> list[int]:
        """What came with the word: of a branch, a handle."""
        reply, descriptors = self._receive(_START_SECONDS)
        if "ready" not in reply:
            error = JailUnavailable if reply.get("error") == "unavailable" else JailError
            raise error(str(reply.get("message", "the jail's fork server did not start")))
        return descriptors

    def _ask_for_spare(self) -> None:
        self._number += 1
        (child_requests, requests), (replies, child_replies), (output, child_output) = (_pipe() for _ in range(3))
        for fd in (requests, replies, output):
            os.set_blocking(fd, False)
        theirs = (child_requests, child_replies, child_output)
        self._asked = {"requests": requests, "replies": replies, "output": output}
        try:
            _send(self._control, {"spawn": self._number}, theirs)
        finally:
            for fd in theirs:
                os.close(fd)

    def _take_spare(self) -> Child:
        """The child that was asked for last, its handle received if that has not happened yet."""
        self._receive_spare()
        child, self._spare = self._spare, None
        assert child is not None
        return child

    def _receive_spare(self) -> None:
        if self._asked is None:
            return
        reply, descriptors = self._receive(_SPAWN_SECONDS)
        number = reply["spawn"]
        ends, self._asked = self._asked, None
        self._spare = Child(
            pidfd=descriptors[0],
            **ends,
            scratch=reply["scratch"],
            limits=self._policy.limits,
            status=lambda: self._status_of(number),
            card_is_full=self._watch(descriptors[0]),
        )

    def _watch(self, pidfd: int) -> Callable[[], bool] | None:
        if self._card_memory is None:
            return None
        return cuda_memory.Watch(pidfd, self._policy.limits.memory_mb, self._card_memory).exceeded

    def _status_of(self, number: int) -> Mapping[str, Any]:
        self._receive_spare()  # replies come in the order of the requests
        _send(self._control, {"status": number})
        return self._receive(_SPAWN_SECONDS)[0]

    def _receive(self, seconds: float) -> tuple[dict[str, Any], list[int]]:
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        if not poll.poll(seconds * 1000):
            raise JailError(f"the jail's fork server did not answer within {seconds:.0f} s")
        try:
            message, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE, 1)
        except OSError as error:
            raise JailError(f"the jail's fork server is gone ({error.strerror})") from error
        if not message:
            raise JailError("the jail's fork server is gone")
        return json.loads(message), descriptors


def forked(policy: JailPolicy, tier: Tier) -> tuple[socket.socket, int]:
    """Make a fork server of a fork of this process, which has to be as one is when it starts: by `clean_command`, torch
    imported at most, nobody's secrets in its memory, one thread.

    Gives the socket where branches are asked for, at once (what keeps the fork server from being built is told to who
    asks), and the process id of its keeper, a child of this process. Raises JailUnavailable.
    """
    from torchstone.jail import zygote_main

    configuration = _configuration(policy, tier, "cpu", None)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    keeper = os.fork()
    if not keeper:
        os.setsid()
        os.chdir("/")
        control = os.dup2(theirs.fileno(), _CONTROL)
        os.closerange(_CONTROL + 1, os.sysconf("SC_OPEN_MAX"))
        zygote_main.main(str(control))
    theirs.close()
    _send(ours, configuration)
    return ours, keeper


def ask_branch(stem: socket.socket, profile: Profile | Simulated) -> socket.socket:
    """Ask for a branch: the owner's end of its socket. Raises JailError if the fork server is gone."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        _send(stem, {"branch": profile}, (theirs.fileno(),))
    return ours


def _configuration(policy: JailPolicy, tier: Tier, profile: Profile, card: cuda.Card | None) -> dict[str, object]:
    return {
        "tier": tier,
        "profile": profile,
        "preload": policy.preload,
        "readable": paths.readable(),
        "limits": dataclasses.asdict(policy.limits),
        "card": None if card is None else dataclasses.asdict(card),
    }


def _send(control: socket.socket, message: Mapping[str, object], descriptors: tuple[int, ...] = ()) -> None:
    try:
        socket.send_fds(control, [json.dumps(message).encode()], descriptors)
    except OSError as error:
        raise JailError(f"the jail's fork server is gone ({error.strerror})") from error


class _Forked:
    """A fork server that another one forked: it is not our child, so all there is of it is a handle, in the end."""

    def __init__(self, handle: int | None = None) -> None:
        self._handle: int | None = handle

    def wait(self, timeout: float | None = None) -> None:
        """Wait for its end. Raises TimeoutExpired."""
        if self._handle is None:
            return
        poll = select.poll()
        poll.register(self._handle, select.POLLIN)
        if not poll.poll(None if timeout is None else timeout * 1000):
            raise subprocess.TimeoutExpired("a fork server", timeout or 0.0)
        os.close(self._handle)
        self._handle = None

    def send_signal(self, number: int) -> None:
        if self._handle is not None:
            signal.pidfd_send_signal(self._handle, number)


def _pipe() -> tuple[int, int]:
    """A pipe, as wide as the kernel gives us."""
    reader, writer = os.pipe()
    with contextlib.suppress(OSError):  # an ordinary user with many pipes: the usual width does as well
        fcntl.fcntl(writer, _SETPIPE_SZ, _PIPE_BYTES)
    return reader, writer
