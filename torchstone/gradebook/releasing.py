"""`torchstone release`: the gate, with the parts that the rest of Torchstone has for it, and what it opens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from torchstone.config import Course
from torchstone.gradebook import gate as _gate
from torchstone.gradebook.gate import Judging, Pieces
from torchstone.gradebook.grader import Grader, open_grader
from torchstone.gradebook.public_checks import run_public_checks
from torchstone.gradebook.release import generate
from torchstone.model import Program, Result

__all__ = ["gate", "generate"]


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


@dataclass(frozen=True)
class _Asking:
    """A grading service as the gate's judge. (The service finds the solution by itself, in the source.)"""

    grader: Grader
    assignment: str

    def grade(self, program: Program, solution: Program | None = None) -> Result:
        return self.grader.grade(self.assignment, program)
