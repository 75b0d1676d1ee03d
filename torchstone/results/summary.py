"""What is asked of many results at once, without their bodies."""

from __future__ import annotations

from dataclasses import dataclass

from torchstone.model import Repair, Result


@dataclass(frozen=True)
class Earned:
    """One exercise of a result."""

    exercise: str
    earned: float
    points: float


@dataclass(frozen=True)
class Summary:
    """What a class's table shows of a result."""

    exercises: tuple[Earned, ...]
    diagnosed: bool
    trusted: bool = False
    broken: tuple[str, ...] = ()  #: cells that did not run
    missing: tuple[str, ...] = ()  #: scored devices that were not there

    @property
    def earned(self) -> float:
        return sum(e.earned for e in self.exercises)

    @property
    def points(self) -> float:
        return sum(e.points for e in self.exercises)


@dataclass(frozen=True)
class Settled:
    """A result that need not be graded again."""

    summary: Summary
    stored: str  #: when it was put; another time, another result


@dataclass(frozen=True)
class Stamp:
    """That a grading's scores were written: digests of all that they were made from, and of what stood afterwards."""

    inputs: str
    outcome: str


@dataclass(frozen=True)
class ReadBefore:
    """What the bytes of a submission were read as."""

    program: str  #: the program's digest
    repairs: tuple[Repair, ...]


def summary(result: Result) -> Summary:
    """The summary of a result."""
    return Summary(
        exercises=tuple(Earned(e.exercise, e.earned, e.points) for e in result.exercises),
        diagnosed=result.diagnosed,
        trusted=result.trusted,
        broken=tuple(c.cell for c in result.broken_cells),
        missing=result.missing_devices,
    )
