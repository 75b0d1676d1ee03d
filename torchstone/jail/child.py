"""The trusted side of one jailed process: requests in, raw values out, and an end to whatever breaks the rules."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self, get_args

from torchstone import wire
from torchstone.errors import JailError, NotData, WireClosed, WireDeadline, WireError
from torchstone.jail.code import packed_scenario
from torchstone.jail.limits import cpu_limit
from torchstone.jail.outcome import Account, AccountKind, Answer, ChildLost, LostReason, RaisedKind, StudentRaised
from torchstone.jail.overseer import Overrun, Overseer
from torchstone.jail.refusals import operations
from torchstone.jail.worker import EXIT_MEMORY
from torchstone.messages import jailed
from torchstone.model import BrokenCell, Cell, Limits

_TEXT: Final = 300
_TYPE_NAME: Final = 80
_ADVICE: Final = 600
_DYING: Final = 5.0
#: The kernel limits by ticks and reports by the clock: on a busy machine the second can be far below the first.
_CPU_SHARE: Final = 0.5
#: The reply to a cell that ran.
_DONE: Final = wire.pack(("ok", None, [], []))


class Child:
    """One jailed process. Every method that asks it something raises StudentRaised or ChildLost; after ChildLost it is
    dead, and asking again raises the same loss. Use it as a context manager, from one thread.
    """

    def __init__(
        self,
        *,
        pidfd: int,
        requests: int,
        replies: int,
        output: int,
        scratch: str | None,
        limits: Limits,
        status: Callable[[], Mapping[str, Any]],
        card_is_full: Callable[[], bool] | None = None,
    ) -> None:
        self._pidfd = pidfd
        self._requests = requests
        self._replies = replies
        self._limits = limits
        self._status = status
        self._card_is_full = card_is_full
        self._overseer = Overseer(output, scratch, limits, None if card_is_full is None else self._look_at_card)
        self._sent = 0
        self._answered = 0
        self._cells: dict[str, list[str]] = {}
        self._watched: frozenset[str] = frozenset()
        self._lost: ChildLost | None = None
        self._closed = False
        #: CPU seconds of the whole life of the process, from the kernel; known once it has ended.
        self.cpu_seconds = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ---- requests ---------------------------------------------------------------------------------------------------

    def compile(self, cells: Sequence[Cell], seconds: float) -> str:
        """The cells compiled, as `load` takes them in any process of the same program: ask one that has run nothing.

        Opaque, and empty where a cell cannot be sent. See `code.py`.
        """
        try:
            value = self._ask("compile", _texts(cells), deadline=time.monotonic() + seconds).value
        except NotData:
            return ""
        return value if isinstance(value, str) else ""

    def load(self, cells: Sequence[Cell], seconds: float, code: str = "") -> tuple[BrokenCell, ...]:
        """Compile and run cells one by one, `seconds` for all; a broken one does not stop the rest.

        All are sent before the first answer is waited for; `code` is what `compile` gave. Raises ChildLost with `.cell`
        set if one of them takes the process down.
        """
        deadline = time.monotonic() + seconds
        sent, broken = self._send_cells(cells, code, deadline)
        for cell in sent:
            try:
                with self._losing():
                    reply = self._hear(deadline)
                    if reply != _DONE:
                        self._answer(wire.unpack(reply))
            except StudentRaised as raised:
                broken[cell.label] = BrokenCell(cell.label, str(raised), raised.line, raised.code)
            except ChildLost as lost:
                lost.cell = cell.label
                raise
        return tuple(broken[cell.label] for cell in cells if cell.label in broken)

    def _send_cells(
        self, cells: Sequence[Cell], code: str, deadline: float
    ) -> tuple[list[Cell], dict[str, BrokenCell]]:
        """In one message; one by one where one of them cannot be sent. Gives those that were sent, and the others."""
        sent: list[Cell] = []
        broken: dict[str, BrokenCell] = {}
        messages = deque([tuple(cells)])
        with self._losing():
            self._take_turn()
            while messages:
                part = messages.popleft()
                try:
                    question = wire.pack(("load", (_texts(part), code)))
                except NotData as refused:
                    if len(part) > 1:
                        messages.extend((cell,) for cell in part)
                    else:
                        broken[part[0].label] = BrokenCell(part[0].label, jailed.cell_refused(str(refused)))
                    continue
                self._cells.update((cell.label, cell.source.splitlines()) for cell in part)
                sent.extend(part)
                try:
                    self._send(question, deadline, answers=len(part))
                except (WireClosed, WireDeadline, Overrun):  # an earlier cell did that: the first without an answer
                    break
        return sent, broken

    def witness(self) -> None:
        """From now on the worker notes where tensors are made and moved: for an explaining run, before `load`."""
        self._ask("witness", deadline=time.monotonic() + _DYING)

    def account(self) -> Account | None:
        """Why the last call or scenario failed on the accelerator, if it did and devices were the reason."""
        return self._checked_account(self._ask("account", deadline=time.monotonic() + _DYING).value)

    def place(self, device: str) -> None:
        """From now on the worker moves every tensor it gets to this device ("cpu", "sim" or "cuda")."""
        self._ask("place", device, deadline=time.monotonic() + _DYING)

    def refuse(self, names: Sequence[str]) -> None:
        """From now on the student's code may not use these names while it answers (see `refusals.py`): a policy."""
        self._watched = frozenset(names)
        self._ask("refuse", list(names), deadline=time.monotonic() + _DYING)

    def call(self, name: str, args: Sequence[object], kwargs: Mapping[str, object], seconds: float) -> Answer:
        """Call one function of the program (dots reach into objects) and wait `seconds` at most for its value."""
        return self.read(self.put(self.to_call(name, args, kwargs), seconds))

    def run(
        self, source: str, entry: str, args: Sequence[object], kwargs: Mapping[str, object], seconds: float
    ) -> Answer:
        """Run a scenario: `source` defines `entry`, which is called with the program and these inputs."""
        return self.read(self.put(self.to_run(source, entry, args, kwargs), seconds))

    @staticmethod
    def to_call(name: str, args: Sequence[object], kwargs: Mapping[str, object]) -> wire.Packed:
        """The question of `call`, to be put to any child, more than once. Raises NotData."""
        return wire.pack(("call", (name, list(args), dict(kwargs))))

    @staticmethod
    def to_run(source: str, entry: str, args: Sequence[object], kwargs: Mapping[str, object]) -> wire.Packed:
        """The question of `run`. Raises NotData, SyntaxError."""
        return wire.pack(("run", (packed_scenario(source), entry, list(args), dict(kwargs))))

    def put(self, question: wire.Packed, seconds: float) -> wire.Packed:
        """What the process replies within `seconds`, not looked at yet."""
        return self._put(question, time.monotonic() + seconds)

    def read(self, reply: wire.Packed) -> Answer:
        """The answer in a reply of this process; what is wrong with the reply ends it."""
        with self._losing():
            return self._answer(wire.unpack(reply))

    # ---- life -------------------------------------------------------------------------------------------------------

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return not self._closed and not _ready(self._pidfd)

    @property
    def output(self) -> str:
        """What the program printed so far, both streams together, up to the limit."""
        if not self._closed:
            with contextlib.suppress(Overrun):
                self._overseer.drain()
        return self._overseer.text

    def kill(self) -> None:
        """End the process now, with everything it started."""
        try:
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        except (ProcessLookupError, OSError):
            return

    def close(self) -> None:
        """End the process and let go of everything it held. Closing twice does nothing."""
        if self._closed:
            return
        if self._lost is None:
            with contextlib.suppress(JailError):  # its fork server may have gone first, and taken it along
                self._end()
        with contextlib.suppress(Overrun):
            self._overseer.drain()  # while the descriptor is open
        self._closed = True
        for fd in (self._requests, self._replies, self._pidfd):
            os.close(fd)
        self._overseer.close()

    def wait_ready(self, deadline: float) -> None:
        """Wait for the worker's word that the jail stands. Raises JailError if it does not."""
        try:
            ready = wire.receive(self._replies, deadline, wait=self._overseer.wait).value
        except (WireError, Overrun) as error:
            self._end()
            raise JailError(f"a jailed process could not be set up: {self.output.strip() or error}") from error
        if ready != "ready":
            raise JailError("a jailed process spoke before its turn")

    # ---- the wire ---------------------------------------------------------------------------------------------------

    def _ask(self, verb: str, *arguments: object, deadline: float) -> Answer:
        return self.read(self._put(wire.pack((verb, arguments)), deadline))

    def _put(self, question: wire.Packed, deadline: float) -> wire.Packed:
        with self._losing():
            self._take_turn()
            self._send(question, deadline)
            return self._hear(deadline)

    def _take_turn(self) -> None:
        """Nothing may be waiting here when something is asked."""
        if self._lost is not None:
            raise self._lost
        if _ready(self._replies) and not _ready(self._pidfd):
            raise WireError("it spoke out of turn, or closed its end")

    def _send(self, question: wire.Packed, deadline: float, answers: int = 1) -> None:
        """Send a question that has so many answers, numbered from its own number on."""
        wire.send_packed(self._requests, self._sent + 1, question, deadline, wait=self._overseer.wait)
        self._sent += answers

    def _hear(self, deadline: float) -> wire.Packed:
        """The reply to the first question that has none."""
        self._answered += 1
        return wire.receive_packed(self._replies, self._answered, deadline, wait=self._overseer.wait)

    @contextlib.contextmanager
    def _losing(self) -> Iterator[None]:
        """What goes wrong on the wire ends the process, and comes out as ChildLost."""
        try:
            yield
        except WireDeadline:
            raise self._lose("deadline", "no answer in time") from None
        except WireClosed:
            raise self._gone() from None
        except NotData:
            raise  # ours: the inputs are not data
        except WireError as error:
            raise self._lose("protocol", str(error)) from None
        except Overrun as error:
            raise self._lose("output", str(error)) from None

    def _answer(self, received: wire.Received) -> Answer:
        """The answer in a reply. Every part of it is checked: it comes from a process that may say anything."""
        reply = received.value
        if not isinstance(reply, tuple) or not reply:
            raise WireError("a reply that is not one")
        if reply[0] == "ok" and len(reply) == 4:
            _, value, mutated, noted = reply
            if not isinstance(mutated, list) or not all(type(index) is int and index >= 0 for index in mutated):
                raise WireError("a reply that is not one")
            if not isinstance(noted, list) or not all(isinstance(name, str) for name in noted):
                raise WireError("a reply that is not one")
            return Answer(value, tuple(mutated), received.devices, self._known(noted))
        if reply[0] == "error" and len(reply) == 6:
            raise self._raised(reply[1:])
        raise WireError("a reply that is not one")

    def _known(self, noted: Sequence[str]) -> tuple[str, ...]:
        """What was noted, of what can have been."""
        modules = tuple(name.removesuffix("*") for name in self._watched if name.endswith(".*"))
        possible = self._watched | operations(tuple(self._watched))
        return tuple(n for n in noted if n in possible or (modules and n.startswith(modules) and n.isascii()))

    def _raised(self, parts: tuple[object, ...]) -> StudentRaised:
        kind, type_name, text, cell, line = parts
        if not isinstance(kind, str) or kind not in get_args(RaisedKind):
            raise WireError("an error of no known kind")
        if not isinstance(type_name, str) or not isinstance(text, str):
            raise WireError("an error without its texts")
        label, number, code = self._place(cell, line)
        name, message = _printable(type_name, _TYPE_NAME), _printable(text, _TEXT)
        return StudentRaised(kind, name, message, cell=label, line=number, code=code)  # type: ignore[arg-type]

    def _checked_account(self, value: object) -> Account | None:
        if not isinstance(value, dict):
            return None
        kind, text = value.get("kind"), value.get("text")
        if not isinstance(kind, str) or kind not in get_args(AccountKind) or not isinstance(text, str):
            return None
        label, number, code = self._place(value.get("cell"), value.get("line"))
        return Account(kind, _printable(text, _ADVICE), label, number, code)  # type: ignore[arg-type]

    def _place(self, cell: object, line: object) -> tuple[str | None, int | None, str | None]:
        """A place that the jail names: the cell if it was sent, the line if the cell has it, and that line's text."""
        label = cell if isinstance(cell, str) and cell in self._cells else None
        source = self._cells[label] if label is not None else []
        number = line if type(line) is int and 0 < line <= len(source) else None
        return label, number, source[number - 1].strip() if number is not None else None

    def _look_at_card(self) -> None:
        """No limit of the kernel's counts the memory of a card."""
        if self._card_is_full is not None and self._card_is_full():
            raise self._lose("memory", "it held more of the card's memory than it may")

    # ---- the end ----------------------------------------------------------------------------------------------------

    def _lose(self, reason: LostReason, detail: str) -> ChildLost:
        if self._lost is None:
            with contextlib.suppress(JailError):  # its fork server may have gone first, and taken it along
                self._end()
            self._lost = ChildLost(reason, detail)
        return self._lost

    def _gone(self) -> ChildLost:
        """It closed its end of the wire: most likely because it died, and the kernel knows of what."""
        if not _ready(self._pidfd, seconds=_DYING / 5):
            return self._lose("protocol", "it closed its end of the wire")
        status = self._end()
        self._lost = ChildLost(*_explain_death(status, self.cpu_seconds, self._limits))
        return self._lost

    def _end(self) -> int:
        """Kill the process, wait for its death, and learn its wait status and CPU time from the kernel."""
        self.kill()
        if not _ready(self._pidfd, seconds=_DYING):
            raise JailError("a jailed process could not be killed")
        found = self._status()
        self.cpu_seconds = float(found["cpu"])
        return int(found["status"])


def _explain_death(status: int, cpu_seconds: float, limits: Limits) -> tuple[LostReason, str]:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        allowed = cpu_limit(limits)
        if number in (signal.SIGKILL, signal.SIGXCPU) and cpu_seconds > allowed * _CPU_SHARE:
            return "cpu", f"used more than {allowed} seconds of processor time"
        if number == signal.SIGKILL:
            return "memory", "killed by the system, most likely because memory ran out"
        return "died", f"crashed ({signal.Signals(number).name})"
    if (code := os.WEXITSTATUS(status)) == EXIT_MEMORY:
        return "memory", "could not get the memory to answer"
    return "died", f"left with exit status {code}"


def _texts(cells: Sequence[Cell]) -> list[tuple[str, str]]:
    return [(cell.label, cell.source) for cell in cells]


def _ready(fd: int, seconds: float = 0.0) -> bool:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _printable(text: str, limit: int) -> str:
    """Text of a student's process as one may show it: bounded, line breaks kept, other controls made visible."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text[:limit])
