"""All assignments of all students at once, as a final grade needs them: read in two queries, not one a cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torchstone.config import Course
from torchstone.gradebook.book import open_book
from torchstone.gradebook.late import Lates, lates


@dataclass(frozen=True)
class CellScore:
    """One graded cell of one submission."""

    cell: str
    points: float | None  #: a grader's, else the checks', with extra credit; None: nobody gave any yet
    maximum: float


@dataclass(frozen=True)
class Semester:
    """What the gradebook holds of the whole course."""

    assignments: tuple[str, ...]  #: those that were released, in the course's order
    maxima: Mapping[str, Mapping[str, float]]  #: assignment → graded cell → points
    submissions: Mapping[tuple[str, str], tuple[CellScore, ...]]  #: (student, assignment) → cells
    lates: Lates


def read_semester(course: Course) -> Semester:
    """Reads the gradebook. Raises GradebookError, CourseError (the manifest, the extension sheet)."""
    from nbgrader.api import Assignment, BaseCell, Grade, GradeCell, Notebook, SubmittedAssignment, SubmittedNotebook

    with open_book(course) as book:
        maxima: defaultdict[str, dict[str, float]] = defaultdict(dict)
        declared = (
            book.db.query(Assignment.name, GradeCell.name, GradeCell.max_score)
            .select_from(GradeCell)
            .join(Notebook, GradeCell.notebook_id == Notebook.id)
            .join(Assignment, Notebook.assignment_id == Assignment.id)
        )
        for assignment, cell, maximum in declared:
            maxima[assignment][cell] = float(maximum)
        given: defaultdict[tuple[str, str], list[CellScore]] = defaultdict(list)
        for student, assignment in book.db.query(SubmittedAssignment.student_id, Assignment.name).join(
            Assignment, SubmittedAssignment.assignment_id == Assignment.id
        ):
            given[student, assignment] = []
        grades = (
            book.db.query(
                SubmittedAssignment.student_id,
                Assignment.name,
                BaseCell.name,
                Grade.auto_score,
                Grade.manual_score,
                Grade.extra_credit,
            )
            .select_from(Grade)
            .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .join(BaseCell, Grade.cell_id == BaseCell.id)
        )
        for student, assignment, cell, auto, manual, extra in grades:
            score = CellScore(cell, _points(auto, manual, extra), maxima[assignment].get(cell, 0.0))
            given[student, assignment].append(score)
        everyone = lates(course, book)
    released = tuple(t.assignment for t in course.topics if t.assignment in maxima)
    return Semester(
        released,
        {a: dict(maxima[a]) for a in released},
        {key: tuple(sorted(cells, key=lambda c: c.cell)) for key, cells in given.items()},
        everyone,
    )


def _points(auto: Any, manual: Any, extra: Any) -> float | None:
    """As nbgrader adds them up, but for what nobody scored: that is no zero."""
    scored = manual if manual is not None else auto
    return None if scored is None else float(scored) + float(extra or 0.0)
