"""What a feedback page is written from: one student's assignment, from the gradebook, the results store and the
manifest.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, Final

from nbgrader.api import Student, SubmittedAssignment
from sqlalchemy import select

from torchstone.collecting.manifest import Attempt, Manifest
from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.gradebook import submission
from torchstone.gradebook.book import open_book, student_name
from torchstone.gradebook.late import lates
from torchstone.gradebook.rows import AssignmentRows, Sheet
from torchstone.model import ExerciseScore, Grading, LateNote, Repair, Result, StudentReport
from torchstone.notebook import NotebookExercise, declared
from torchstone.results import Store

_BATCH: Final = 100  #: students whose rows are in memory at once


def student_report(course: Course, assignment: str, student: str, store: Store) -> StudentReport:
    """All that a page says about `student`'s `assignment`. Nothing is graded here.

    Raises CourseError for a student or an assignment that the gradebook does not have, GradebookError.
    """
    with open_book(course) as book:
        for report in Reports(course, assignment, store, book).of([student]):
            return report
    raise CourseError(f"the gradebook has no student {student!r}")


class Reports:
    """Reports on one assignment from an open gradebook (`book`). What a class shares is read once.

    Raises CourseError for an assignment that was not released, or that the gradebook does not have.
    """

    def __init__(self, course: Course, assignment: str, store: Store, book: Any) -> None:
        self._course, self._assignment, self._store, self._book = course, assignment, store, book
        self._rows = AssignmentRows(book, assignment)
        self._exercises = declared(submission.released(course, assignment))
        self._submissions = submission.Submissions(course, assignment)
        self._lates = lates(course, book)
        latest = Manifest.load(course.manifest).all_latest()
        self._attempts = {student: attempt for (student, week), attempt in latest.items() if week == assignment}

    def everyone(self) -> Mapping[str, bool]:
        """Every student of the gradebook, by id, and whether it has a submission of theirs."""
        db = self._book.db
        there = set(db.scalars(select(SubmittedAssignment.student_id).filter_by(assignment_id=self._rows.id)))
        return {str(s): s in there for s in db.scalars(select(Student.id).order_by(Student.id))}

    def of(self, students: Iterable[str]) -> Iterator[StudentReport]:
        """The reports of those of `students` whom the gradebook has, in their order, a few at a time."""
        waiting = iter(students)
        while batch := list(islice(waiting, _BATCH)):
            there = self._rows.submitted(batch)
            known = {s.id: s for s in self._book.db.scalars(select(Student).where(Student.id.in_(batch)))}
            for student in batch:
                if student in known:
                    yield self._report(student, student_name(known[student]), there.get(student))
            self._book.db.expunge_all()

    def _report(self, student: str, name: str, row: Any) -> StudentReport:
        attempt = self._attempts.get(student)
        report = StudentReport(
            student=student,
            name=name,
            assignment=self._assignment,
            title=self._course.topic(self._assignment).title,
            result=None,
            repairs=(),
            exercises=tuple(
                ExerciseScore(e.id, e.title, auto=None, manual=None, maximum=e.points) for e in self._exercises
            ),
            late=None,
            received=attempt.received if attempt else None,
            total=0.0,
            maximum=math.fsum(e.points for e in self._exercises),
        )
        if row is None:  # the gradebook has no submission of theirs
            return report
        grading = self._store.grading(self._assignment, student)
        sha256, repairs = self._read(student, grading)
        result, result_flags = self._result(grading, sha256)
        sheet = self._rows.sheet(row)
        stored = float(sheet.notebook.late_submission_penalty or 0.0)
        note = self._lates.charge(student, self._assignment, sheet.score, self._rows.max_score)
        late, late_flags = _late(note, self._assignment, report.received, stored)
        return replace(
            report,
            result=result,
            repairs=repairs,
            exercises=tuple(_score(sheet, e) for e in self._exercises),
            late=late,
            total=max(0.0, sheet.score - stored),
            maximum=self._rows.max_score,
            flags=(*result_flags, *late_flags, *_attempt_flags(attempt, sha256), *_entered(sheet)),
        )

    def _read(self, student: str, grading: Grading | None) -> tuple[str, tuple[Repair, ...]]:
        """The hash of what lies in submitted/, and what is mended of it when it is read."""
        sha256 = self._submissions.attempt(student)
        if grading is not None and grading.attempt == sha256:
            return sha256, grading.repairs
        read = self._submissions.read(student)
        return read.attempt, read.reading.repairs

    def _result(self, grading: Grading | None, sha256: str) -> tuple[Result | None, tuple[str, ...]]:
        """The result behind the scores, and what staff should know about it."""
        if grading is None:
            return None, ("there is no record of a grading; grade again",)
        flags: list[str] = []
        if grading.attempt != sha256:
            flags.append("what lies in submitted/ is not what was graded; grade again")
        result = self._store.latest(grading.key)
        if result is None:
            flags.append("the result is not in the results store; grade again")
        else:
            faults = result.course_faults
            flags += [f"a fault of the course in {c.exercise}, {c.check}: {c.staff or ''}" for c in faults]
            flags += [f"incomplete: the scored device {d} was missing" for d in result.missing_devices]
            flags += ["graded without a jail"] if result.trusted else []
        return result, tuple(flags)


def _score(sheet: Sheet, exercise: NotebookExercise) -> ExerciseScore:
    grade, comment = sheet.grade(exercise.grade_cell_id), sheet.comment(exercise.id)
    if grade is None:
        return ExerciseScore(
            exercise.id, exercise.title, auto=None, manual=None, maximum=exercise.points, needs_manual=True
        )
    return ExerciseScore(
        exercise.id,
        exercise.title,
        auto=grade.auto_score,
        manual=float(grade.score) if grade.manual_score is not None or grade.extra_credit else None,
        maximum=sheet.find_graded_cell(exercise.grade_cell_id).max_score,
        comment=(comment.comment or "") if comment is not None else "",
        needs_manual=bool(grade.needs_manual_grade),
    )


def _late(
    note: LateNote, assignment: str, time: datetime | None, stored: float
) -> tuple[LateNote | None, tuple[str, ...]]:
    """The penalty that is in the gradebook, with its reason; a flag where the policy now gives another one."""
    flags: tuple[str, ...] = ()
    if time is None:
        flags = ("not in the manifest of collected submissions, so there is no late penalty",)
    elif abs(note.penalty - stored) > 1e-6:
        flags = (
            f"the gradebook's late penalty is {stored:g}, the policy gives {note.penalty:g}; "
            f"run `torchstone late apply {assignment}`",
        )
    return (LateNote(note.days, stored, note.reason) if note.days or stored else None), flags


def _attempt_flags(attempt: Attempt | None, sha256: str) -> tuple[str, ...]:
    """Where the manifest's word for an attempt deserves a second look."""
    if attempt is None:
        return ()
    flags: list[str] = []
    if attempt.kept and attempt.sha256 != sha256:
        flags.append(f"what lies in submitted/ is not attempt {attempt.number}, the latest that was collected")
    if attempt.source_of_time == "file":
        flags.append("the time it was received is the file's own, which whoever made the file can set")
    return tuple(flags)


def _entered(sheet: Sheet) -> tuple[str, ...]:
    """Points in the gradebook that no check gave: staff should know of each."""
    return tuple(f"{n}: extra credit of {g.extra_credit:g} points" for n, g in sheet.grades() if g.extra_credit)
