"""`torchstone grade`'s way into the gradebook: nbgrader's own Autograde, in this process, one student at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass

from torchstone.config import Course
from torchstone.errors import ConfigError, GradebookError, JailError, SecretError, StoreError, TorchstoneError
from torchstone.gradebook.backup import backup
from torchstone.gradebook.book import Row, enter_roster, gradebook_table, open_book, require_assignment
from torchstone.gradebook.converters import autograde
from torchstone.gradebook.grader import Grader, open_grader
from torchstone.gradebook.settings import nbgrader_config
from torchstone.gradebook.submission import released

__all__ = ["Progress", "Row", "Written", "gradebook_table", "write_scores"]

#: Told after each student: the student and the error, if there was one.
Progress = Callable[[str, TorchstoneError | None], None]

#: Errors that would meet every student alike: the run stops at the first.
_OF_THE_COURSE = (ConfigError, SecretError, StoreError, JailError)


@dataclass(frozen=True)
class Written:
    """Whose scores are in the gradebook now, and whose are not, with the reason."""

    students: tuple[str, ...]
    failed: tuple[tuple[str, TorchstoneError], ...]


def write_scores(
    course: Course,
    assignment: str,
    students: Iterable[str],
    progress: Progress = lambda student, error: None,
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
    with open_grader(course) if grader is None else nullcontext(grader) as opened:
        config = nbgrader_config(course, lambda _: nullcontext(opened))
        for student in students:
            try:
                if not (course.submitted / student / assignment).is_dir():
                    raise GradebookError(f"{student} has handed in nothing for {assignment}")
                autograde(config, student, assignment)
            except _OF_THE_COURSE:
                raise
            except TorchstoneError as e:
                failed.append((student, e))
                progress(student, e)
            else:
                done.append(student)
                progress(student, None)
    return Written(tuple(done), tuple(failed))
