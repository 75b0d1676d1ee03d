"""Where programs are judged: what the grading service asks of an engine, on this machine or on others.

An engine opens judges for one assignment. It holds nothing durable: whatever it loses is graded again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from torchstone.errors import TorchstoneError
from torchstone.model import GradingPolicy, Program, Result, Tier

#: Makes a result durable before it returns. Called with the score, then with the same result and its diagnosis.
Keep = Callable[[Result], None]


@dataclass(frozen=True)
class Brief:
    """What judges must know of an assignment, beside the program."""

    assignment: str
    graders: Path  #: the folder that holds the weeks' folders
    policy: GradingPolicy
    solution: Program | None  #: stands in for what the week's reference lacks
    wanted: Path  #: the file through which judges of this machine share what the reference gave

    @property
    def folder(self) -> Path:
        """The week's own graders."""
        return self.graders / self.assignment


@dataclass(frozen=True)
class Outcome:
    """What became of one program: a result, or a fault of ours."""

    program: Program
    result: Result | None
    fault: TorchstoneError | None = None
    from_store: bool = False


class Judges(Protocol):
    """Judges of one assignment."""

    @property
    def tier(self) -> Tier:
        """The tier of the jail that all of them have."""

    def begin(self) -> None:
        """Programs will come: start what takes its time, and wait for nothing."""

    def judge(self, programs: Iterable[Program], keep: Keep) -> Iterator[Outcome]:
        """Outcomes as they come, each kept before it is told; `programs` is read as judges become free.

        A program that cannot be graded is an Outcome with its fault. Raises TorchstoneError for what would meet every
        program alike, and what `keep` raises.
        """

    def close(self) -> None:
        """End the judges."""


#: Opens judges for an assignment. Raises TorchstoneError where there can be none (no jail, no cluster).
Engine = Callable[[Brief], Judges]
