"""The gradebook, opened; and what is in it, as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from nbgrader.api import Gradebook, MissingEntry, Student
from sqlalchemy.exc import SQLAlchemyError

from torchstone.collecting.roster import read_roster
from torchstone.config import Course
from torchstone.errors import CourseError, GradebookError
from torchstone.gradebook.server import check_server, named
from torchstone.gradebook.settings import alembic_on_path


@contextmanager
def open_book(course: Course, *, create: bool = False) -> Iterator[Any]:
    """Nbgrader's Gradebook of the course. `create` makes it (mode 600) where there is none.

    Raises GradebookError if it is missing or cannot be used.
    """
    path = course.gradebook_path
    if not there_is_a_book(course):
        if not create:
            raise GradebookError(
                f"there is no gradebook at {path or named(course)}; `torchstone release` makes one with its first "
                "assignment"
            )
        if path is not None:
            path.touch(mode=0o600)
    alembic_on_path()
    try:
        with Gradebook(course.gradebook_url, course.id) as book:
            yield book
    except (SQLAlchemyError, OSError) as e:
        raise GradebookError(f"the gradebook {named(course)} cannot be used: {_first_line(e)}") from e


def there_is_a_book(course: Course) -> bool:
    """Whether the course has a gradebook yet. Raises GradebookError if a server cannot be asked."""
    return check_server(course) if course.gradebook_path is None else course.gradebook_path.exists()


def enter_roster(course: Course) -> None:
    """Enter the class of roster.csv into the gradebook, or correct its names; nothing if there is no roster.

    Raises CourseError if the roster cannot be used, GradebookError.
    """
    if not course.roster.exists():
        return
    wanted = {s.id: s for s in read_roster(course.roster)}
    with open_book(course) as book:
        there = {row.id: row for row in book.students}
        for name, s in wanted.items():
            row = there.get(name)
            if row is None:
                row = Student(id=name)
                book.db.add(row)
            row.first_name, row.last_name, row.email = s.first_name, s.last_name, s.email
        book.db.commit()


def strangers(course: Course) -> tuple[str, ...]:
    """Who is in the gradebook and not in roster.csv, by id. Raises CourseError, GradebookError."""
    known = {s.id for s in read_roster(course.roster)}
    with open_book(course) as book:
        return tuple(sorted(str(s.id) for s in book.students if s.id not in known))


@dataclass(frozen=True)
class Row:
    """One student's line of an assignment."""

    student: str
    name: str
    auto: float  #: points given by the checks
    manual: float  #: points given by graders (in place of automatic ones where both are there)
    extra_credit: float
    penalty: float
    total: float  #: after the penalty, never below 0
    maximum: float
    needs_manual: bool
    submitted: bool


def gradebook_table(course: Course, assignment: str) -> tuple[Row, ...]:
    """Every student of the gradebook, by id. Raises GradebookError, or CourseError for an assignment it does not
    have.
    """
    with open_book(course) as book:
        maximum = require_assignment(book, assignment).max_score
        submissions = {s.student.id: s for s in book.assignment_submissions(assignment)}
        return tuple(_row(s, submissions.get(s.id), maximum) for s in sorted(book.students, key=lambda s: s.id))


def _row(student: Any, submission: Any, maximum: float) -> Row:
    grades = [g for n in submission.notebooks for g in n.grades] if submission else []
    penalty = sum(n.late_submission_penalty or 0.0 for n in submission.notebooks) if submission else 0.0
    return Row(
        student=student.id,
        name=student_name(student),
        auto=sum(g.auto_score or 0.0 for g in grades),
        manual=sum(g.manual_score or 0.0 for g in grades),
        extra_credit=sum(g.extra_credit or 0.0 for g in grades),
        penalty=penalty,
        total=max(0.0, (submission.score if submission else 0.0) - penalty),
        maximum=maximum,
        needs_manual=any(g.needs_manual_grade for g in grades),
        submitted=submission is not None,
    )


def dump(course: Course, assignment: str) -> dict[str, Any]:
    """All that an assignment's grading left in the gradebook, without ids and times: what two ways of grading must
    agree on.
    """
    with open_book(course) as book:
        require_assignment(book, assignment)
        return {
            s.student.id: {
                n.name: {
                    "penalty": n.late_submission_penalty,
                    "flagged": n.flagged,
                    "grades": {
                        g.name: (g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade, g.max_score)
                        for g in n.grades
                    },
                    "comments": {c.name: (c.auto_comment, c.manual_comment) for c in n.comments},
                }
                for n in s.notebooks
            }
            for s in book.assignment_submissions(assignment)
        }


def student_name(student: Any) -> str:
    """First and last name; the id where the gradebook has neither."""
    return " ".join(filter(None, (student.first_name, student.last_name))) or str(student.id)


def require_assignment(book: Any, assignment: str) -> Any:
    """Nbgrader's Assignment. Raises CourseError if the gradebook does not have it."""
    try:
        return book.find_assignment(assignment)
    except MissingEntry:
        raise CourseError(
            f"the gradebook has no assignment {assignment!r}; run `torchstone release {assignment}`"
        ) from None


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
