"""What a proof is, and what it came to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from torchstone.contracts.bench import Bench
from torchstone.judge.probe import Probe


@dataclass(frozen=True)
class Proof:
    """One thing that was asked of one exercise."""

    exercise: str
    name: str
    tried: int  #: cases that were looked at
    complaints: tuple[str, ...] = ()  #: each is one line: what is wrong and what to do; empty if it holds
    share: float | None = None  #: of the tolerance: the most that a right answer used
    cost: float | None = None  #: CPU seconds of one grading of the solution
    seconds: float = field(default=0.0, compare=False)

    @property
    def holds(self) -> bool:
        return not self.complaints


class Tally:
    """What a proof notes beside its complaints."""

    def __init__(self) -> None:
        self.share: float | None = None
        self.cost: float | None = None

    def use(self, share: float) -> None:
        self.share = max(share, self.share or 0.0)


#: Complaints, one after the other, None for what holds; what is tried is counted by the generator's caller.
Complaints = Iterator[str | None]
Proving = Callable[[Bench, str, Tally], Complaints]


def place(probe: Probe) -> str:
    """Where a probe is, for whoever reads a complaint."""
    shown = f" ({probe.shown})" if probe.shown else ""
    return f"{probe.check.name}{shown}, {probe.world.name}"
