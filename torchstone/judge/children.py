"""Jailed children with one program loaded: a fresh one for each check on the CPU, and after each death.

On the accelerator an exercise shares one: its probes there feed one check.
"""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Literal, Self

from torchstone.compare import Fault, clean
from torchstone.errors import JailError
from torchstone.jail import Child, ChildLost, StudentRaised, Zygote
from torchstone.judge.implementations import lost_message, wall_seconds
from torchstone.judge.probe import Check
from torchstone.messages import verdicts
from torchstone.model import BrokenCell, Cell, JailPolicy, Limits, Program, Stage, Tier

#: Where a child computes: "posing" is the simulated accelerator under CUDA's name, for code that says `cuda`; "cuda" is
#: a card.
Device = Literal["cpu", "sim", "posing", "cuda"]

#: So many cells that hang or kill are left out; with one more the program is not tried any further.
_LEFT_OUT: Final = 3

_SHOWN: Final = {"sim": "the simulated accelerator", "posing": "the simulated accelerator", "cuda": "CUDA"}

_log: Final = logging.getLogger(__name__)


class Zygotes:
    """The processes that children are forked from: one for the CPU, and one for each kind of accelerator when asked.

    The simulated backend lives in a fork of its own, so that it never touches a check on the CPU. Raises
    JailUnavailable. A context manager; `cpu` is that for the CPU where it is there already, and closed with the others.
    """

    def __init__(self, policy: JailPolicy, cpu: Zygote | None = None) -> None:
        self._policy = policy
        self._cpu = cpu or Zygote.start(policy, "cpu")
        self._started: dict[Device, Zygote] = {"cpu": self._cpu}
        self._refused: dict[Device, str] = {}

    @property
    def tier(self) -> Tier:
        return self._cpu.tier

    def await_start(self) -> None:
        """Wait for a `cpu` that is a branch just asked for. Raises JailError, JailUnavailable."""
        self._cpu.await_start()

    def refusal(self, device: Device) -> str:
        """Why there can be no child on `device`; empty if there can."""
        if device not in self._started and device not in self._refused:
            try:
                self._started[device] = self._start(device)
            except JailError as e:
                self._refused[device] = str(e) or type(e).__name__
                _log.warning("%s cannot start: %s", _SHOWN[device], self._refused[device])
        return self._refused.get(device, "")

    def _start(self, device: Device) -> Zygote:
        match device:
            case "sim" | "posing":
                return self._cpu.branch(device)
        zygote = Zygote.start(self._policy, device)
        try:
            zygote.spawn().close()  # only a child starts CUDA: try one, to know now whether it can
        except JailError:
            zygote.close()
            raise
        return zygote

    def spawn(self, device: Device) -> Child:
        """A fresh child whose inputs will be on `device`. Raises JailError."""
        if why := self.refusal(device):
            raise JailError(f"{_SHOWN[device]} cannot start: {why}")
        child = self._started[device].spawn()
        if device != "cpu":
            child.place("cuda" if device == "posing" else device)
        return child

    def close(self) -> None:
        for zygote in reversed(self._started.values()):  # the first is what the others were forked from
            zygote.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class Unloadable(Fault):
    """The program cannot be loaded at all."""


@dataclass(frozen=True)
class _Seated:
    """A child, and whose it is."""

    owner: tuple[str, str]  #: exercise and check; no check where the exercise shares one
    child: Child


class Children:
    """The children of one program, at most one per device. A context manager.

    A cell that hangs or kills the process while it is loaded is left out from then on and reported as broken, so that
    it does not take the others down.
    """

    def __init__(self, zygotes: Zygotes, program: Program, limits: Limits) -> None:
        self._zygotes, self._limits = zygotes, limits
        self._cells = list(program.cells)
        self._seated: dict[Device, _Seated] = {}
        self._ending: deque[_Seated] = deque()  #: killed, and not waited for yet
        self._left_out: dict[str, BrokenCell] = {}
        self._raised: dict[str, BrokenCell] = {}
        self._suspects: set[str] = set()
        self._code: str | None = None  #: the cells compiled, once they are
        self._cpu_seconds: defaultdict[str, float] = defaultdict(float)  #: by exercise
        self.output = ""  #: what the program printed while it was first loaded
        self._first = True

    @property
    def broken(self) -> tuple[BrokenCell, ...]:
        """The cells that failed, in the notebook's order."""
        found = {**self._raised, **self._left_out}
        return tuple(sorted(found.values(), key=lambda b: _number(b.cell)))

    def cpu_seconds(self, exercise: str | None = None) -> float:
        """What children that have ended used, those of one exercise or all."""
        self._bury()
        return sum(self._cpu_seconds.values()) if exercise is None else self._cpu_seconds[exercise]

    def seat(self, check: Check, device: Device) -> Child:
        """The child for `check` on `device`: the same until its owner changes. Raises Unloadable, JailError."""
        owner = (check.exercise, check.name if device == "cpu" else "")
        held = self._seated.get(device)
        if held is not None and held.owner == owner and held.child.alive:
            return held.child
        self.leave(device)
        child = self._loaded(check, device)
        self._seated[device] = _Seated(owner, child)
        return child

    def leave(self, device: Device) -> None:
        """End the child on `device`, if there is one. It goes while the next one works."""
        held = self._seated.pop(device, None)
        if held is not None:
            held.child.kill()
            self._ending.append(held)

    def _bury(self) -> None:
        """Wait for those that were left, and count what they used."""
        while self._ending:
            held = self._ending.popleft()
            held.child.close()
            self._cpu_seconds[held.owner[0]] += held.child.cpu_seconds

    def _loaded(self, check: Check, device: Device) -> Child:
        strikes = 0
        while True:
            child = self._fresh(device)
            try:
                broken = child.load(self._cells, wall_seconds(self._limits), self._code or "")
                if check.forbidden:
                    child.refuse(check.forbidden)
            except (ChildLost, StudentRaised) as lost:
                output = child.output
                child.close()
                self._cpu_seconds[check.exercise] += child.cpu_seconds
                strikes += 1
                self._leave_out(lost, strikes)
                if self._first:
                    self.output = output
                continue
            except BaseException:
                child.close()
                raise
            if self._first:
                self._first, self.output = False, child.output
                self._raised = {b.cell: _cleaned(b) for b in broken}
            return child

    def _fresh(self, device: Device) -> Child:
        """A child that has run nothing; the program's first one compiles it for all."""
        child = self._zygotes.spawn(device)
        if self._code is None:
            self._code = ""
            try:
                self._code = child.compile(self._cells, wall_seconds(self._limits))
            except (ChildLost, StudentRaised):  # the cell that does it is found when it is loaded
                child.close()
                return self._zygotes.spawn(device)
            except BaseException:
                child.close()
                raise
        return child

    def _leave_out(self, lost: ChildLost | StudentRaised, strikes: int) -> None:
        """Leave out the cell that ended it; one that was slow or killed only at the second time. Raises Unloadable."""
        reason = lost.reason if isinstance(lost, ChildLost) else "protocol"
        why = lost_message(reason, self._limits)
        label = getattr(lost, "cell", None)
        cell = next((c for c in self._cells if c.label == label), None)
        if cell is None:
            if strikes > 1:
                raise Unloadable(Stage.RAN, verdicts.cells_not_run(why), kind=reason)
            return
        if reason in ("deadline", "cpu", "memory") and cell.label not in self._suspects:
            self._suspects.add(cell.label)
            return
        if len(self._left_out) == _LEFT_OUT:
            raise Unloadable(Stage.RAN, verdicts.too_many_cells_end(why), kind=reason)
        self._left_out[cell.label] = BrokenCell(cell.label, verdicts.cell_left_out(why))
        self._cells.remove(cell)

    def close(self) -> None:
        for device in list(self._seated):
            self.leave(device)
        self._bury()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def own_cell(cells: tuple[Cell, ...], exercise: str) -> str | None:
    """The label of an exercise's answer cell."""
    return next((c.label for c in cells if c.name == exercise), None)


def _cleaned(broken: BrokenCell) -> BrokenCell:
    """What a broken cell says of itself is text from the jail."""
    code = clean(broken.code, 200) if isinstance(broken.code, str) else None
    line = broken.line if isinstance(broken.line, int) else None
    return BrokenCell(clean(broken.cell, 40), clean(broken.message, 400), line, code)


def _number(label: str) -> tuple[int, str]:
    digits = "".join(c for c in label if c.isdigit())
    return (int(digits) if digits else 0, label)
