"""nbgrader's preprocessors, with the judge in place of the execution of cells."""

from __future__ import annotations

import json
from datetime import datetime
from logging import Logger
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import CheckCellMetadata, NbGraderPreprocessor, SaveAutoGrades

from torchstone.errors import GradebookError
from torchstone.gradebook.cell_report import cell_report
from torchstone.gradebook.exporter import RESOURCES_KEY
from torchstone.gradebook.grader import Grader
from torchstone.gradebook.late import received
from torchstone.gradebook.scoring import NOT_YET, CellScore, exercise_of, score
from torchstone.gradebook.submission import Submission
from torchstone.model import Grading, Result

Resources = dict[str, Any]


class TorchstoneGrade(NbGraderPreprocessor):
    """In place of nbgrader's Execute: asks for the notebook's Result and writes it into the grade cells.

    A grade cell gets exactly one output, an `execute_result`: its plain text is the points, its HTML the report.
    Nothing of the student's is run here, and no cell but the automatic grade cells is touched.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        ours = resources[RESOURCES_KEY]
        submission, grader = ours["submission"], self.parent.grader
        result = judged(grader, submission)
        time = received(self.parent.course, submission.student, submission.assignment)
        grader.store.record(grading(submission, result, time))
        ours["scores"].update(fill(nb, submission, result, self.log))
        return nb, resources


def judged(grader: Grader, submission: Submission) -> Result:
    """The submission's result. Raises TorchstoneError for a fault of ours."""
    program = submission.reading.program
    result = grader.grade(submission.assignment, program)
    if (result.assignment, result.program) != (submission.assignment, program.digest):
        raise GradebookError(f"the result for {submission.student} belongs to another program")
    return result


def grading(submission: Submission, result: Result, time: datetime | None) -> Grading:
    """The record of a grading; `time`: when the submission was received."""
    read = submission
    return Grading(read.assignment, read.student, result.key, read.attempt, read.reading.repairs, time)


def fill(nb: NotebookNode, submission: Submission, result: Result, log: Logger) -> dict[str, CellScore]:
    """Write the result into the automatic grade cells of `nb`; gives what each was given."""
    scores: dict[str, CellScore] = {}
    for cell in nb.cells:
        if not is_automatic(cell):
            continue
        grade_id, maximum = cell.metadata.nbgrader["grade_id"], float(cell.metadata.nbgrader["points"])
        given = scores[grade_id] = score(result, exercise_of(grade_id), maximum)
        if given.fault:
            log.warning("%s, %s: no automatic score: %s", submission.student, grade_id, given.fault)
        data = {
            "text/plain": repr(given.points if given.points is not None else 0.0),
            "text/html": cell_report(given, maximum, submission.blank),
        }
        output = {"output_type": "execute_result", "metadata": {}, "data": data, "execution_count": None}
        cell.outputs = [nbformat.from_dict(output)]  # checked with the notebook that is written
    return scores


class SaveScores(SaveAutoGrades):
    """nbgrader's SaveAutoGrades, which knows no score that is not there: a fault of the course leaves it open for
    staff.
    """

    def _add_score(self, cell: NotebookNode, resources: Resources) -> None:
        super()._add_score(cell, resources)
        if self._fault(cell.metadata.nbgrader["grade_id"], resources):
            grade = self._find(self.gradebook.find_grade, cell)
            grade.auto_score, grade.needs_manual_grade = None, True
            self.gradebook.db.commit()

    def _add_comment(self, cell: NotebookNode, resources: Resources) -> None:
        super()._add_comment(cell, resources)
        blank = resources[RESOURCES_KEY]["submission"].blank
        exercise = cell.metadata.nbgrader["grade_id"]
        faulty = any(exercise_of(g) == exercise and s.fault for g, s in resources[RESOURCES_KEY]["scores"].items())
        if blank or faulty:
            self._find(self.gradebook.find_comment, cell).auto_comment = NOT_YET if faulty else blank.message
            self.gradebook.db.commit()

    def _find(self, find: Any, cell: NotebookNode) -> Any:
        return find(cell.metadata.nbgrader["grade_id"], self.notebook_id, self.assignment_id, self.student_id)

    @staticmethod
    def _fault(grade_id: str, resources: Resources) -> bool:
        given = resources[RESOURCES_KEY]["scores"].get(grade_id)
        return given is not None and given.points is None


class CheckOnce(CheckCellMetadata):
    """nbgrader's check of its marks, for a class: they are the same in nearly every notebook, and are checked once."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._right: set[str] = set()

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        marks = json.dumps([[c.cell_type, c.metadata["nbgrader"]] for c in nb.cells if "nbgrader" in c.metadata])
        if marks not in self._right:
            nb, resources = super().preprocess(nb, resources)
            self._right.add(marks)
        return nb, resources


def is_automatic(cell: NotebookNode) -> bool:
    """Whether the judge scores this cell: a grade cell that is not itself an answer."""
    return bool(cell.cell_type == "code" and utils.is_grade(cell) and not utils.is_solution(cell))
