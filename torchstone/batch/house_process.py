"""The judge house: has imported torch, pytest and the judge, and forks judges, with the fork server of their jail.

Started clean, as a fork server is (`jail/clean.py`), and told of a course nothing but its jail's policy: so that the
fork server can be a fork of it. What a judge is to know, its environment included, it reads itself, after it was
forked. It runs nothing of a week: one thread, always.

It speaks JSON over one SOCK_SEQPACKET socket: the policy and tier of the jail come in first; `{"judge": n}` with three
descriptors, a judge's standard streams, gives `{"judge": n}` with a pidfd, or `{"error": …}`. It ends when that socket
does, after its judges, whose input ends with the same owner; a judge whose input has ended does not need it.
"""

from __future__ import annotations

import gc
import json
import os
import select
import socket
import sys
import time
from collections.abc import Iterable
from typing import Final, NoReturn

from torchstone.batch import protocol
from torchstone.errors import JailError, JailUnavailable
from torchstone.jail import ask_branch, forked, imports, syscalls
from torchstone.model import JailPolicy, Tier

_MESSAGE: Final = 1 << 16
_STREAMS: Final = 3
_ENDING_SECONDS: Final = 5.0


def main(control_fd: str) -> NoReturn:
    syscalls.call_this("judge house")
    control = socket.socket(fileno=int(control_fd))
    told = json.loads(control.recv(_MESSAGE) or "null")
    if told is None:
        os._exit(0)
    imports.torch_itself()
    house = _House(control, protocol.load_jail(told["jail"]), told["tier"])
    house.open_jail()
    _import_judge()
    house.serve()


def _import_judge() -> None:
    sys.dont_write_bytecode = False  # the fork server is on its own by now
    import torchstone.batch.judge_process
    import torchstone.judge.judge  # noqa: F401

    gc.freeze()
    gc.enable()


class _House:
    def __init__(self, control: socket.socket, policy: JailPolicy, tier: Tier) -> None:
        self._control, self._policy, self._tier = control, policy, tier
        self._jail: socket.socket | None = None  # where its branches are asked for
        self._processes: dict[int, int] = {}  # handle → process id, not yet waited for

    def open_jail(self) -> None:
        """Fork the fork server that judges get branches of."""
        self._jail, keeper = forked(self._policy, self._tier)
        self._processes[os.pidfd_open(keeper)] = keeper

    def serve(self) -> NoReturn:
        control = self._control.fileno()
        while True:
            if control not in self._wait((control,), None):
                continue
            message, streams, _, _ = socket.recv_fds(self._control, _MESSAGE, _STREAMS)
            if not message:
                self._end()
            self._judge(json.loads(message)["judge"], streams)
            for fd in streams:
                os.close(fd)

    def _end(self) -> NoReturn:
        """Wait for judges and fork server to clear up, so that what they used is counted, then go."""
        assert self._jail is not None
        self._jail.close()
        until = time.monotonic() + _ENDING_SECONDS
        while self._processes and (left := until - time.monotonic()) > 0:
            self._wait((), left)
        os._exit(0)

    def _judge(self, number: int, streams: list[int]) -> None:
        try:
            zygote = self._branch()
        except JailError as error:
            kind = "JailUnavailable" if isinstance(error, JailUnavailable) else "JailError"
            self._control.send(json.dumps({"error": kind, "message": str(error)}).encode())
            return
        process = os.fork()
        if not process:
            self._become_judge(streams, zygote)
        zygote.close()
        handle = os.pidfd_open(process)
        self._processes[handle] = process
        socket.send_fds(self._control, [json.dumps({"judge": number}).encode()], [handle])

    def _branch(self) -> socket.socket:
        """A fork server for one judge, from another stem if the first was killed."""
        assert self._jail is not None
        try:
            return ask_branch(self._jail, "cpu")
        except JailError:
            self._jail.close()
            self.open_jail()
            return ask_branch(self._jail, "cpu")

    def _become_judge(self, streams: list[int], zygote: socket.socket) -> NoReturn:
        from torchstone.batch import judge_process

        assert self._jail is not None
        try:
            syscalls.call_this("judge")
            self._control.close()
            for target, fd in enumerate(streams):
                os.dup2(fd, target)
            for fd in (*streams, *self._processes):
                os.close(fd)
            judge_process.main(judge_process.Jail(self._tier, zygote, self._jail))
        finally:
            os._exit(1)

    def _wait(self, others: Iterable[int], seconds: float | None) -> frozenset[int]:
        """Those of `others` that are ready within so long; of ours, those that have ended are waited for."""
        poll = select.poll()
        for fd in (*others, *self._processes):
            poll.register(fd, select.POLLIN)
        ready = frozenset(fd for fd, _ in poll.poll(None if seconds is None else seconds * 1000))
        for handle in ready & self._processes.keys():
            os.waitpid(self._processes.pop(handle), 0)
            os.close(handle)
        return ready
