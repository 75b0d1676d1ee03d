"""Scores of many students in one session of nbgrader's gradebook, a batch in one transaction.

nbgrader's Autograde opens the database ten times for each student and asks for each cell by a join of seven tables.
Here the same preprocessors, nbgrader's own and ours, run over rows that were read once. That both ways leave the same
gradebook and the same graded notebook is a test (tests/gradebook/test_both_ways.py).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import nbformat
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader.api import Student
from nbgrader.preprocessors import DeduplicateIds, LimitOutput, OverwriteCells
from sqlalchemy import select

from torchstone.collecting.manifest import Manifest
from torchstone.config import Course
from torchstone.errors import ConfigError, GradebookError, JailError, SecretError, StoreError, TorchstoneError
from torchstone.gradebook.converters import quiet_log
from torchstone.gradebook.exporter import RESOURCES_KEY
from torchstone.gradebook.graded_folder import GradedFolders
from torchstone.gradebook.grader import Grader
from torchstone.gradebook.late import lates, naive_utc
from torchstone.gradebook.preprocessors import CheckOnce, SaveScores, fill, grading, judged
from torchstone.gradebook.rows import AssignmentRows, Sheet
from torchstone.gradebook.standing import Inputs, outcomes
from torchstone.gradebook.submission import Submission, Submissions
from torchstone.model import Result
from torchstone.results.summary import Stamp

#: Students whose scores become durable together. While they are entered (a fifth of a second) other writers wait.
BATCH: Final = 10

#: Errors that would meet every student alike: the run stops at the first.
_OF_THE_COURSE: Final = (ConfigError, SecretError, StoreError, JailError)


@dataclass(frozen=True)
class Graded:
    """One student whose scores are in the gradebook now."""

    student: str
    submission: Submission
    result: Result


@dataclass(frozen=True)
class Failed:
    """One student whose scores are as they were, with the reason."""

    student: str
    error: TorchstoneError


class Writer:
    """Writes the scores of one assignment into an open gradebook (`book`). Results come from `grader`.

    Raises CourseError for an assignment that was not released, a manifest or an extension sheet that cannot be used.
    """

    def __init__(self, course: Course, assignment: str, book: Any, grader: Grader) -> None:
        self._course, self._assignment, self._book, self._grader = course, assignment, book, grader
        self._rows = AssignmentRows(book, assignment)
        self._submissions = Submissions(course, assignment)
        self._inputs = Inputs(course, assignment, self._submissions.rules)
        self._folders = GradedFolders(course, assignment)
        self._lates = lates(course, book)
        latest = Manifest.load(course.manifest).all_latest()
        self._received = {student: a.received for (student, week), a in latest.items() if week == assignment}
        log = quiet_log()
        self._sanitize = (DeduplicateIds(log=log), _Asking(OverwriteCells(log=log)), CheckOnce(log=log))
        self._score = (LimitOutput(log=log), _Asking(SaveScores(log=log)), CheckOnce(log=log))

    def write(self, students: Iterable[str]) -> Iterator[Graded | Failed]:
        """Write the scores of `students`; each is told when its batch is durable.

        A student's failure is told and leaves the rest alone. Raises TorchstoneError for what would meet all alike, and
        SQLAlchemy's errors; the batches before stand.
        """
        waiting = iter(students)
        while batch := list(islice(waiting, BATCH)):
            yield from self._batch(batch)

    def _batch(self, students: Sequence[str]) -> list[Graded | Failed]:
        db, store = self._book.db, self._grader.store
        told = [self._trying(student, self._judged) for student in students]
        with db.no_autoflush:
            self._hold()
            there = self._rows.submitted(students)
            known = set(db.scalars(select(Student.id).where(Student.id.in_(students))))
            told = [self._entered(t, there, known) if isinstance(t, Graded) else t for t in told]
            self._book.find_assignment(self._assignment).duedate = naive_utc(self._course.due(self._assignment))
        graded = [t for t in told if isinstance(t, Graded)]
        with store.together():
            for g in graded:
                store.record(grading(g.submission, g.result, self._received.get(g.student)))
        db.flush()
        stamps = self._stamps(graded)
        db.commit()
        db.expunge_all()
        with store.together():
            for student, stamp in stamps.items():
                store.stamp(self._assignment, student, stamp)
        return told

    def _hold(self) -> None:
        """From now to the commit nobody else writes: what a stamp calls ours was read by us.

        On a server others may write; there, nothing is stamped.
        """
        if self._course.gradebook_path is not None:
            self._book.db.connection().exec_driver_sql("BEGIN IMMEDIATE")

    def _trying(self, student: str, step: Callable[[str], Graded]) -> Graded | Failed:
        """What `step` gives, or why it does not; raises what would meet every student alike."""
        try:
            return step(student)
        except _OF_THE_COURSE:
            raise
        except TorchstoneError as e:
            return Failed(student, e)
        except Exception as e:
            reason = (str(e).splitlines() or [""])[0]
            what = f"{self._assignment} could not be written into the gradebook ({type(e).__name__}: {reason})"
            return Failed(student, GradebookError(what))

    def _judged(self, student: str) -> Graded:
        """A student's submission and its result; a judge is asked if need be, and the gradebook is not."""
        if not (self._course.submitted / student / self._assignment).is_dir():
            raise GradebookError(f"{student} has handed in nothing for {self._assignment}")
        read = self._submissions.read(student)
        return Graded(student, read, judged(self._grader, read))

    def _entered(self, graded: Graded, there: Mapping[str, Any], known: Container[str]) -> Graded | Failed:
        """The student's rows in the session, and the graded notebook in its place; or nothing of it."""
        student = graded.student
        submitted = there.get(student) or self._rows.empty(student)
        told = self._trying(student, lambda _: self._scored(graded, submitted))
        if isinstance(told, Failed):
            if student in there:
                self._rows.undo(submitted)
            return told
        if student not in known:
            self._book.db.add(Student(id=student))
        self._book.db.add(submitted)
        return told

    def _scored(self, graded: Graded, submitted: Any) -> Graded:
        """Fill the rows of `submitted`, and write the graded notebook."""
        student, read = graded.student, graded.submission
        sheet = self._rows.sheet(submitted)
        notebook = nbformat.from_dict(read.reading.notebook)
        if self._rows.kernelspec is not None:
            notebook.metadata["kernelspec"] = self._rows.kernelspec
        given: dict[str, Any] = {"submission": read, "scores": {}}
        ids = {"student": student, "assignment": self._assignment, "notebook": self._assignment}
        resources = {"nbgrader": ids, RESOURCES_KEY: given, _SHEET: sheet}
        for preprocessor in self._sanitize:
            notebook, resources = preprocessor(notebook, resources)
        given["scores"].update(fill(notebook, read, graded.result, quiet_log()))
        for preprocessor in self._score:
            notebook, resources = preprocessor(notebook, resources)
        submitted.timestamp = naive_utc(self._received.get(student))
        late = self._lates.charge(student, self._assignment, sheet.score, self._rows.max_score)
        sheet.notebook.late_submission_penalty = late.penalty or None
        self._folders.write(student, notebook)
        return graded

    def _stamps(self, graded: Sequence[Graded]) -> dict[str, Stamp]:
        """The stamps of what is flushed and not yet committed: nobody's later change is taken for ours."""
        if self._course.gradebook_path is None:
            return {}
        connection = self._book.db.connection().connection.driver_connection
        stand = outcomes(connection, self._course, self._assignment, [g.student for g in graded])
        settled = self._grader.store.settled(g.result.key for g in graded)
        return {
            g.student: Stamp(
                self._inputs.of(g.student, g.submission.attempt, g.result.key, settled[g.result.key].stored),
                stand[g.student],
            )
            for g in graded
            if g.result.key in settled
        }


#: Our entry in nbconvert's resources for the sheet that preprocessors ask.
_SHEET: Final = "torchstone_sheet"


class _Asking:
    """A preprocessor of nbgrader's that asks a sheet where it would open the gradebook itself."""

    def __init__(self, preprocessor: Any) -> None:
        self._preprocessor = preprocessor

    def __call__(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        asking, ids = self._preprocessor, resources["nbgrader"]
        sheet: Sheet = resources[_SHEET]
        asking.gradebook = sheet
        asking.notebook_id, asking.assignment_id, asking.student_id = ids["notebook"], ids["assignment"], ids["student"]
        done: tuple[NotebookNode, dict[str, Any]] = Preprocessor.preprocess(asking, nb, resources)
        return done
