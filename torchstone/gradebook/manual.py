"""What graders entered by hand in nbgrader's formgrader."""

from __future__ import annotations

from dataclasses import dataclass

from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.gradebook import submission
from torchstone.gradebook.book import open_book, require_assignment
from torchstone.notebook import declared


@dataclass(frozen=True)
class ManualScore:
    """One student's points in a manually graded cell."""

    student: str
    points: float
    maximum: float
    comment: str = ""


def manual_scores(course: Course, assignment: str, exercise: str) -> tuple[ManualScore, ...]:
    """Who has been graded by hand in the manual cell `exercise`, by student; whom nobody graded is left out.

    Raises CourseError if the assignment was not released or has no such manual cell, GradebookError.
    """
    manual = [e for e in declared(submission.released(course, assignment)) if e.manual]
    cell = next((e for e in manual if e.id == exercise), None)
    if cell is None:
        known = ", ".join(e.id for e in manual) or "none"
        raise CourseError(f"{assignment} has no manually graded cell {exercise!r}; it has {known}")
    found: list[ManualScore] = []
    with open_book(course) as book:
        require_assignment(book, assignment)
        for row in book.assignment_submissions(assignment):
            grades = [g for n in row.notebooks for g in n.grades if g.name == cell.grade_cell_id]
            comments = [c for n in row.notebooks for c in n.comments if c.name == exercise]
            said = comments[0].manual_comment or "" if comments else ""  # not nbgrader's own «No response.»
            found += [
                ManualScore(str(row.student.id), float(g.manual_score), float(g.max_score), said)
                for g in grades
                if g.manual_score is not None
            ]
    return tuple(sorted(found, key=lambda score: score.student))
