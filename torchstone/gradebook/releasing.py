"""`torchstone release`: the gate, with the parts that the rest of Torchstone has for it, and what it opens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from torchstone import config
from torchstone.config import Course
from torchstone.errors import TorchstoneError
from torchstone.gradebook import gate as _gate
from torchstone.gradebook.gate import Judging, Pieces
from torchstone.gradebook.grader import Grader, open_grader
from torchstone.gradebook.public_checks import run_public_checks
from torchstone.gradebook.release import generate
from torchstone.model import Program, Result

__all__ = ["gate", "gates", "generate"]


def gate(course: Course, assignment: str, grader: Grader | None = None) -> tuple[str, ...]:
    """What was proved of `assignment`, a sentence each; `grader` is the way to the judge, opened here if there is none.

    Raises GateError at the first fault, CourseError, JailError.
    """
    from torchstone.judge import declared_exercises  # collects with pytest: only now

    @contextmanager
    def judge() -> Iterator[Judging]:
        with open_grader(course) if grader is None else nullcontext(grader) as opened:
            yield _Asking(opened, assignment)

    course.topic(assignment)
    return _gate.gate(course, assignment, Pieces(declared_exercises, judge, run_public_checks)).proved


def gates(
    course: Course, assignments: Sequence[str], jobs: int
) -> Iterator[tuple[str, tuple[str, ...] | TorchstoneError]]:
    """`gate` of several assignments, `jobs` at once, each in a process of its own: what was proved, or the fault.

    As they come. Each process has its own judge; with `jobs` of 1 all are proved in this process, in their order.
    """
    if jobs == 1:
        yield from ((assignment, _proved(course.root, assignment)) for assignment in assignments)
        return
    with ProcessPoolExecutor(min(jobs, len(assignments)), get_context("forkserver"), max_tasks_per_child=1) as pool:
        asked = {pool.submit(_proved, course.root, assignment): assignment for assignment in assignments}
        try:
            for future in as_completed(asked):
                yield asked[future], future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _proved(root: Path, assignment: str) -> tuple[str, ...] | TorchstoneError:
    try:
        return gate(config.load(root), assignment)
    except TorchstoneError as e:
        return e


@dataclass(frozen=True)
class _Asking:
    """A grading service as the gate's judge. (The service finds the solution by itself, in the source.)"""

    grader: Grader
    assignment: str

    def grade(self, program: Program, solution: Program | None = None) -> Result:
        return self.grader.grade(self.assignment, program)
