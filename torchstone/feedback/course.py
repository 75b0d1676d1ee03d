"""`torchstone feedback`: the pages of one assignment, for everyone who was graded and for the staff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torchstone.errors import CourseError
from torchstone.feedback.write import write_pages, write_staff_pages

if TYPE_CHECKING:
    from torchstone.config import Course
    from torchstone.model import StudentReport


@dataclass(frozen=True)
class Written:
    """What was written."""

    pages: Mapping[str, Path]  #: each student's page, by student id
    index: Path  #: the class's page, for staff
    staff: tuple[Path, ...]  #: the staff pages that it links to

    @property
    def all(self) -> tuple[Path, ...]:
        return (*self.pages.values(), self.index, *self.staff)


def write_feedback(course: Course, assignment: str, students: Iterable[str] = ()) -> Written:
    """Write a page for each student with a submission in the gradebook (or only for `students`), and the staff pages.

    Students' pages go to `feedback/<student>/<assignment>/<assignment>.html`, the staff's to
    `feedback/<assignment>.html` and the folder beside it; those always cover the whole class.
    Nothing is graded here.

    Raises CourseError (an unknown assignment or student, nobody graded, a folder that cannot be written),
    GradebookError, StoreError, SecretError.
    """
    from torchstone.batch import GradingService
    from torchstone.gradebook.book import gradebook_table  # only now: it loads nbgrader
    from torchstone.gradebook.report import student_report

    rows = gradebook_table(course, assignment)
    submitted = [row.student for row in rows if row.submitted]
    if not submitted:
        raise CourseError(f"nobody has been graded in {assignment} yet; run `torchstone grade {assignment}`")
    chosen = tuple(students) or tuple(submitted)
    if unknown := [student for student in chosen if student not in submitted]:
        raise CourseError(f"{', '.join(unknown)} has no graded {assignment}; there are {', '.join(submitted)}")
    with GradingService(course) as service:
        reports = {row.student: student_report(course, assignment, row.student, service.store) for row in rows}
    pages = write_pages(
        [reports[student] for student in chosen],
        lambda report: course.feedback / _folder(report),
        lambda report: course.submitted / _folder(report),
    )
    index, *staff = write_staff_pages(reports.values(), course.feedback / f"{assignment}.html")
    return Written(dict(zip(chosen, pages, strict=True)), index, tuple(staff))


def _folder(report: StudentReport) -> Path:
    return Path(report.student) / report.assignment
