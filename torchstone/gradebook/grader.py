"""The way to the judge, and what a gradebook needs from it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from torchstone.config import Course
from torchstone.model import Program, Result
from torchstone.results import Store


class Grader(Protocol):
    """Gives results, from the results store first, and keeps the record of who was graded."""

    @property
    def store(self) -> Store:
        """The course's results store."""

    def grade(self, assignment: str, program: Program) -> Result:
        """The result of a program. Raises TorchstoneError for a fault of ours, never for a student's code."""


#: How a grader is come by: a context manager, since it holds processes.
OpenGrader = Callable[[Course], AbstractContextManager[Grader]]


def open_grader(course: Course) -> AbstractContextManager[Grader]:
    """The course's grading service: one judge, in a process of its own."""
    from torchstone.batch import GradingService  # not at import time: nbgrader's own pages load this package

    return GradingService(course, jobs=1)
