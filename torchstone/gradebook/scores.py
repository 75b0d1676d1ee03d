"""`torchstone grade`'s way into the gradebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass

from torchstone.config import Course
from torchstone.errors import TorchstoneError
from torchstone.gradebook.backup import backup
from torchstone.gradebook.book import Row, enter_roster, gradebook_table, open_book, require_assignment
from torchstone.gradebook.converters import quiet_nbgrader
from torchstone.gradebook.grader import Grader, open_grader
from torchstone.gradebook.submission import released
from torchstone.gradebook.writing import Failed, Graded, Writer

__all__ = ["Failed", "Graded", "Row", "Told", "Written", "gradebook_table", "write_scores"]

#: Told of each student, once what is told is durable.
Told = Callable[[Graded | Failed], None]


@dataclass(frozen=True)
class Written:
    """Whose scores are in the gradebook now, and whose are not, with the reason."""

    students: tuple[str, ...]
    failed: tuple[tuple[str, TorchstoneError], ...]


def write_scores(
    course: Course,
    assignment: str,
    students: Iterable[str],
    told: Told = lambda outcome: None,
    grader: Grader | None = None,
) -> Written:
    """Write automatic scores, comments and late penalties of `students` into the gradebook.

    Results come from `grader` (default: the course's grading service), which looks into the results store first. Manual
    scores and comments stay. The gradebook is backed up before. One student's failure is told and leaves the rest
    alone; a student without a folder in submitted/ is such a failure. Raises TorchstoneError for what would fail for
    all: an assignment that was not released, a gradebook or results store that cannot be used, a jail that cannot be
    built.
    """
    released(course, assignment)
    backup(course)
    with open_book(course) as book:
        require_assignment(book, assignment)
    enter_roster(course)
    done: list[str] = []
    failed: list[tuple[str, TorchstoneError]] = []
    with (
        open_grader(course) if grader is None else nullcontext(grader) as opened,
        quiet_nbgrader(),
        open_book(course) as book,
    ):
        for outcome in Writer(course, assignment, book, opened).write(students):
            told(outcome)
            if isinstance(outcome, Failed):
                failed.append((outcome.student, outcome.error))
            else:
                done.append(outcome.student)
    return Written(tuple(done), tuple(failed))
