"""A week's proofs, two processes at once, and its solution notebook before them: `torchstone week check`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from torchstone.config import Course
from torchstone.contracts.bench import Bench
from torchstone.contracts.kernel import NotebookRun, run_notebook
from torchstone.contracts.pool import Progress, worked
from torchstone.contracts.proof import Proof
from torchstone.contracts.proofs import HEAVY, PROOFS, prove
from torchstone.errors import CourseError
from torchstone.judge import declared_exercises

_NOTEBOOK: Final = "notebook"


@dataclass(frozen=True)
class Row:
    """One exercise, all its proofs together."""

    exercise: str
    points: float
    checks: int  #: without the automatic one on the accelerator
    misconceptions: int
    alternatives: int
    proofs: tuple[Proof, ...]

    @property
    def holds(self) -> bool:
        return all(p.holds for p in self.proofs)

    @property
    def share(self) -> float | None:
        """Of the tolerance: the most that a right answer used."""
        return max((p.share for p in self.proofs if p.share is not None), default=None)

    @property
    def cost(self) -> float | None:
        """CPU seconds that one grading of the solution takes."""
        return next((p.cost for p in self.proofs if p.cost is not None), None)


@dataclass(frozen=True)
class Report:
    """What a week has proved."""

    assignment: str
    rows: tuple[Row, ...]
    week: tuple[str, ...]  #: complaints that are no exercise's
    notebook: NotebookRun | None  #: None where it was not run
    seconds: float

    @property
    def complaints(self) -> tuple[tuple[str, str, str], ...]:
        """Exercise, proof and what is wrong, in order."""
        of_rows = [(r.exercise, p.name, c) for r in self.rows for p in r.proofs for c in p.complaints]
        of_notebook = [(self.assignment, _NOTEBOOK, c) for c in (self.notebook.complaints if self.notebook else ())]
        return (*((self.assignment, "week", c) for c in self.week), *of_rows, *of_notebook)

    @property
    def holds(self) -> bool:
        return not self.complaints

    def as_json(self) -> dict[str, Any]:
        """For other programs."""
        return {**asdict(self), "holds": self.holds}


def check_week(
    course: Course,
    assignment: str,
    exercises: Sequence[str] = (),
    *,
    jobs: int = 2,
    proofs: Iterable[str] = tuple(PROOFS),
    notebook: bool = True,
    progress: Progress = lambda what, done, total: None,
) -> Report:
    """Prove a week: these exercises, or all of them and that the solution notebook runs.

    Raises CourseError for a week or an exercise that there is not, CourseFault for graders that cannot be collected,
    JailUnavailable.
    """
    began = time.monotonic()
    with Bench(course, assignment) as bench:
        if unknown := [e for e in exercises if e not in bench.names]:
            raise CourseError(f"{assignment} has no exercise {', '.join(unknown)}; there are {', '.join(bench.names)}")
        wanted = tuple(exercises) or bench.names
        week = _of_the_week(bench) if not exercises else ()
        units = sorted(((e, p) for e in wanted for p in proofs), key=lambda unit: unit[1] not in HEAVY)
        ran = None
        if notebook and not exercises:
            ran = run_notebook(bench.notebook_path)  # it is timed: nothing of ours runs beside it
            progress(f"{assignment} {_NOTEBOOK}", 0, len(units))
        done: list[Proof] = []
        for _, proof in worked(course, assignment, _prove, units, jobs):
            done.append(proof)
            progress(f"{proof.exercise} {proof.name}", len(done), len(units))
        rows = tuple(_row(bench, e, [p for p in done if p.exercise == e]) for e in wanted)
    return Report(assignment, rows, week, ran, time.monotonic() - began)


def _row(bench: Bench, exercise: str, proofs: Iterable[Proof]) -> Row:
    order = list(PROOFS)
    return Row(
        exercise,
        next(e.points for e in bench.exercises if e.id == exercise),
        len(bench.checks(exercise)),
        len(bench.misconceptions(exercise)),
        len(bench.alternatives(exercise)),
        tuple(sorted(proofs, key=lambda p: order.index(p.name))),
    )


def _of_the_week(bench: Bench) -> tuple[str, ...]:
    """What is wrong beside the exercises."""
    declared = [e.id for e in declared_exercises(bench.week.folder)]
    nowhere = [f"the graders declare {name}, the notebook does not" for name in declared if name not in bench.names]
    lost = [m for m in bench.week.misconceptions if m.exercise not in bench.names]
    return (*nowhere, *(f"«{m.name}» is a misconception of {m.exercise}, which there is not" for m in lost))


def _prove(bench: Bench, unit: tuple[str, str]) -> Proof:
    return prove(bench, *unit)
