"""What a proof came to."""

from __future__ import annotations

from dataclasses import dataclass, field


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
