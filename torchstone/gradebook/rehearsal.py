"""Scores in the gradebook as grading would leave them, for demonstrations and trials: no notebook is run.

They are written through nbgrader's own tables, so that formgrader, late penalties, grades and exports read them as they
read all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from nbgrader.api import Grade, SubmittedAssignment, SubmittedNotebook

from torchstone.config import Course
from torchstone.gradebook.book import open_book
from torchstone.gradebook.scoring import GRADE_CELL_SUFFIX


def enter_scores(
    course: Course,
    cells: Mapping[str, Mapping[str, float]],
    scores: Mapping[str, Mapping[str, Mapping[str, float | None]]],
) -> None:
    """Enter assignments and automatic scores. Makes the gradebook where there is none; replaces nobody's scores.

    `cells`: assignment → graded cell → maximum. `scores`: assignment → student → graded cell → points, or None for a
    cell that nobody scored yet. Who is not in an assignment's scores has handed in nothing. A cell whose name does not
    end in `_check` is scored by people. Raises GradebookError.
    """
    with open_book(course, create=True) as book:
        for assignment, maxima in cells.items():
            due = course.due(assignment).astimezone(UTC).replace(tzinfo=None)
            book.update_or_create_assignment(assignment, duedate=due)
            book.update_or_create_notebook(assignment, assignment)
            for name, maximum in maxima.items():
                kind = "code" if name.endswith(GRADE_CELL_SUFFIX) else "markdown"
                book.update_or_create_grade_cell(name, assignment, assignment, max_score=maximum, cell_type=kind)
        students = {student for given in scores.values() for student in given}
        for student in sorted(students - {s.id for s in book.students}):
            book.add_student(student)
        by_id = {str(s.id): s for s in book.students}
        with book.db.no_autoflush:
            for assignment, given in scores.items():
                _enter(book, assignment, by_id, given)
        book.db.commit()


def _enter(
    book: Any, assignment: str, students: Mapping[str, Any], given: Mapping[str, Mapping[str, float | None]]
) -> None:
    row = book.find_assignment(assignment)
    (notebook,) = row.notebooks
    ids = {cell.name: cell.id for cell in notebook.grade_cells}
    for student, points in given.items():
        submission = SubmittedAssignment(assignment=row, student=students[student])
        page = SubmittedNotebook(notebook=notebook, assignment=submission)
        for name, cell in ids.items():
            earned = points.get(name)
            Grade(cell_id=cell, notebook=page, auto_score=earned, needs_manual_grade=earned is None)
        book.db.add(submission)
