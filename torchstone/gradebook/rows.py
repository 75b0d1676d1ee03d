"""An assignment's rows in nbgrader's gradebook, read once, as nbgrader's own preprocessors ask for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from nbgrader.api import Comment, Grade, MissingEntry, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from torchstone.errors import CourseError
from torchstone.gradebook.book import require_assignment

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class SourceCell:
    """A cell as it was released."""

    name: str
    cell_type: str
    locked: bool
    checksum: str
    source: str


@dataclass(frozen=True)
class GradedCell:
    """A cell with points."""

    name: str
    max_score: float


class AssignmentRows:
    """One assignment of an open gradebook (`book`), whose notebook has its name. Raises CourseError if it is not there.

    What is the same for all students is plain data, so that no transaction makes it stale.
    """

    def __init__(self, book: Any, assignment: str) -> None:
        self._db = book.db
        row = require_assignment(book, assignment)
        try:
            notebook = book.find_notebook(assignment, assignment)
        except MissingEntry:
            what = f"the gradebook has no notebook of {assignment!r}; run `torchstone release {assignment}`"
            raise CourseError(what) from None
        graded = (*notebook.grade_cells, *notebook.task_cells)
        self.id, self.notebook_id = row.id, notebook.id
        self.kernelspec = json.loads(notebook.kernelspec) if notebook.kernelspec else None
        self.source = {
            c.name: SourceCell(c.name, c.cell_type, c.locked, c.checksum, c.source) for c in notebook.source_cells
        }
        self.graded = {c.name: GradedCell(c.name, c.max_score) for c in graded}
        self.max_score = float(notebook.max_score)
        self._names = {c.id: c.name for c in notebook._base_cells}
        self._empty = [
            (
                n.id,
                [c.id for c in (*n.grade_cells, *n.task_cells)],
                [c.id for c in (*n.solution_cells, *n.task_cells)],
            )
            for n in row.notebooks
        ]

    def submitted(self, students: Sequence[str]) -> dict[str, SubmittedAssignment]:
        """The submissions of `students` that are there, with their grades and comments."""
        notebooks = selectinload(SubmittedAssignment.notebooks)
        question = (
            select(SubmittedAssignment)
            .where(SubmittedAssignment.assignment_id == self.id, SubmittedAssignment.student_id.in_(students))
            .options(notebooks.selectinload(SubmittedNotebook.grades))
            .options(notebooks.selectinload(SubmittedNotebook.comments))
        )
        return {str(s.student_id): s for s in self._db.scalars(question)}

    def empty(self, student: str) -> SubmittedAssignment:
        """A new submission, ready for grades and comments; it is not in the gradebook before it is added."""
        made = SubmittedAssignment(assignment_id=self.id, student_id=student)
        for notebook_id, grades, comments in self._empty:
            notebook = SubmittedNotebook(notebook_id=notebook_id, flagged=False)
            notebook.grades = [Grade(cell_id=c, needs_manual_grade=True) for c in grades]
            notebook.comments = [Comment(cell_id=c) for c in comments]
            made.notebooks.append(notebook)
        return made

    def undo(self, submitted: SubmittedAssignment) -> None:
        """Forget what was changed of a submission that is in the gradebook, and not yet written there."""
        for notebook in submitted.notebooks:
            for row in (*notebook.grades, *notebook.comments, notebook):
                self._db.expire(row)
        self._db.expire(submitted)

    def sheet(self, submitted: SubmittedAssignment) -> Sheet:
        """The sheet of one student's notebook."""
        notebook = next(n for n in submitted.notebooks if n.notebook_id == self.notebook_id)
        return Sheet(self, notebook, self._names)


class Sheet:
    """One student's notebook in the gradebook: nbgrader's Gradebook, as far as its preprocessors ask it."""

    def __init__(self, assignment: AssignmentRows, notebook: SubmittedNotebook, names: dict[str, str]) -> None:
        self.notebook = notebook
        self._assignment = assignment
        self._grades = {names[g.cell_id]: g for g in notebook.grades}
        self._comments = {names[c.cell_id]: c for c in notebook.comments}
        self.db = self

    def commit(self) -> None:
        """Nothing: the batch is committed as one."""

    def find_source_cell(self, name: str, *_: str) -> SourceCell:
        return _found(self._assignment.source, name, "cell")

    def find_graded_cell(self, name: str, *_: str) -> GradedCell:
        return _found(self._assignment.graded, name, "graded cell")

    def find_grade(self, name: str, *_: str) -> Any:
        return _found(self._grades, name, "grade")

    def find_comment(self, name: str, *_: str) -> Any:
        return _found(self._comments, name, "comment")

    def grade(self, name: str) -> Any:
        """The grade of a cell, or None."""
        return self._grades.get(name)

    def comment(self, name: str) -> Any:
        """The comment on a cell, or None."""
        return self._comments.get(name)

    def grades(self) -> Iterable[tuple[str, Any]]:
        """All grades, with their cells' names."""
        return self._grades.items()

    @property
    def score(self) -> float:
        """What nbgrader computes of the grades: a person's points in place of automatic ones, and extra credit."""
        return float(sum(_points(g) for g in self.notebook.grades))


def _points(grade: Any) -> float:
    given = grade.manual_score if grade.manual_score is not None else grade.auto_score
    return 0.0 if given is None else given + (grade.extra_credit or 0.0)


def _found(rows: dict[str, _Row], name: str, what: str) -> _Row:
    try:
        return rows[name]
    except KeyError:
        raise MissingEntry(f"No such {what}: {name}") from None
