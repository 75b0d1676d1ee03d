"""What happened on the device: moves, synchronisations and faults, each with the line that caused it.

Nothing is kept unless somebody watches:

    with watch() as log:
        loss = model(x)
    log.moves, log.syncs, log.faults
"""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from . import private
from .places import Manner, Place, here

#: What holds a tensor: a local or a global variable; a plain attribute of a module, which does not move with it; a
#: parameter or buffer that is registered with a module (which did not move); an attribute of another object.
Holder = Literal["local", "global", "plain attribute", "registered", "attribute", "unknown"]


@dataclass(frozen=True, slots=True)
class Move:
    """A tensor was copied between the CPU and the device."""

    to: Literal["cpu", "device"]
    shape: tuple[int, ...]
    place: Place | None
    #: Inside a backward pass, where the line is the call of `backward` and the copy may be autograd's own.
    in_backward: bool


@dataclass(frozen=True, slots=True)
class Sync:
    """The CPU had to wait for the device: `.item()`, `tolist`, an index by a mask."""

    operation: str
    place: Place | None
    in_backward: bool


@dataclass(frozen=True, slots=True)
class Stranger:
    """A CPU tensor that met tensors of the device."""

    shape: tuple[int, ...]
    #: How the student's code calls it: `mask`, `self.pe`. None if no name was found.
    name: str | None = None
    holder: Holder = "unknown"
    #: The line that made it; known only inside `Births`.
    born: Place | None = None
    #: How it came to be there; known only inside `Births`.
    manner: Manner = "made"
    #: It wants a gradient, as a parameter does.
    requires_grad: bool = False

    def __str__(self) -> str:
        name = f" (`{self.name}`)" if self.name else ""
        born = f", created in {self.born}" if self.born else ""
        return f"CPU tensor of shape {self.shape}{name}{born}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Tensors of two devices met in one operation."""

    operation: str
    #: In CUDA's own words, with this device's name.
    message: str
    place: Place | None
    strangers: tuple[Stranger, ...] = ()


@dataclass(slots=True, eq=False)
class Log:
    """What one `watch` saw, in order."""

    moves: list[Move] = field(default_factory=list)
    syncs: list[Sync] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    #: Operations that ran on the device.
    operations: int = 0
    #: Prefixes of file names that are not a student's (a grader's own files).
    skip: tuple[str, ...] = ()


#: The logs now being written, innermost last. Process-wide: a student's threads write into the same one.
_watching: Final[list[Log]] = []


@contextlib.contextmanager
def watch(skip: Iterable[str] = ()) -> Iterator[Log]:
    """Record what happens on the device meanwhile. Watches nest; each sees all that happens while it is open."""
    log = Log(skip=tuple(skip))
    _watching.append(log)
    try:
        yield log
    finally:
        _watching.remove(log)


def skipped() -> tuple[str, ...]:
    """The prefixes that the watches now open leave out."""
    return tuple(prefix for log in _watching for prefix in log.skip)


def note_operation() -> None:
    for log in _watching:
        log.operations += 1


def note_move(to: Literal["cpu", "device"], shape: Iterable[int]) -> None:
    if _watching:
        move = Move(to, tuple(shape), here(skipped()), private.in_backward())
        for log in _watching:
            log.moves.append(move)


def note_sync(operation: str) -> None:
    if _watching:
        sync = Sync(operation, here(skipped()), private.in_backward())
        for log in _watching:
            log.syncs.append(sync)


def note_fault(fault: Fault) -> None:
    for log in _watching:
        log.faults.append(fault)
