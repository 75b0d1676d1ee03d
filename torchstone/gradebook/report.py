"""What a feedback page is written from: one student's assignment, from the gradebook, the results store and the
manifest.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from nbgrader.api import MissingEntry

from torchstone.collecting.manifest import Attempt
from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.gradebook import submission
from torchstone.gradebook.book import open_book, require_assignment, student_name
from torchstone.gradebook.late import Lates, lates, latest_attempt, received
from torchstone.gradebook.submission import Submission
from torchstone.model import ExerciseScore, LateNote, Result, StudentReport
from torchstone.notebook import NotebookExercise, declared
from torchstone.results import Store


def student_report(course: Course, assignment: str, student: str, store: Store) -> StudentReport:
    """All that a page says about `student`'s `assignment`. Nothing is graded here.

    Raises CourseError for a student or an assignment that the gradebook does not have, GradebookError.
    """
    exercises = declared(submission.released(course, assignment))
    with open_book(course) as book:
        require_assignment(book, assignment)
        try:
            name = student_name(book.find_student(student))
        except MissingEntry:
            raise CourseError(f"the gradebook has no student {student!r}") from None
        try:
            row = book.find_submission(assignment, student)
        except MissingEntry:
            return _nothing(course, assignment, student, name, exercises)
        read = submission.read(course, student, assignment)
        attempt = latest_attempt(course, student, assignment)
        time = attempt.received if attempt else None
        result, result_flags = _result(store, read)
        stored = float(row.late_submission_penalty or 0.0)
        late, late_flags = _late(lates(course, book), assignment, row, time, stored)
        return StudentReport(
            student=student,
            name=name,
            assignment=assignment,
            title=course.topic(assignment).title,
            result=result,
            repairs=read.reading.repairs,
            exercises=tuple(_score(row, e) for e in exercises),
            late=late,
            received=time,
            total=max(0.0, float(row.score) - stored),
            maximum=float(row.max_score),
            flags=(*result_flags, *late_flags, *_attempt_flags(attempt, read), *_entered(row)),
        )


def _nothing(
    course: Course, assignment: str, student: str, name: str, exercises: tuple[NotebookExercise, ...]
) -> StudentReport:
    """The report of a student of whom the gradebook has no submission."""
    scores = tuple(ExerciseScore(e.id, e.title, auto=None, manual=None, maximum=e.points) for e in exercises)
    return StudentReport(
        student=student,
        name=name,
        assignment=assignment,
        title=course.topic(assignment).title,
        result=None,
        repairs=(),
        exercises=scores,
        late=None,
        received=received(course, student, assignment),
        total=0.0,
        maximum=math.fsum(e.points for e in exercises),
    )


def _score(row: Any, exercise: NotebookExercise) -> ExerciseScore:
    grade = next((g for n in row.notebooks for g in n.grades if g.name == exercise.grade_cell_id), None)
    comment = next((c for n in row.notebooks for c in n.comments if c.name == exercise.id), None)
    if grade is None:
        return ExerciseScore(
            exercise.id, exercise.title, auto=None, manual=None, maximum=exercise.points, needs_manual=True
        )
    return ExerciseScore(
        exercise.id,
        exercise.title,
        auto=grade.auto_score,
        manual=float(grade.score) if grade.manual_score is not None or grade.extra_credit else None,
        maximum=float(grade.max_score),
        comment=(comment.comment or "") if comment is not None else "",
        needs_manual=bool(grade.needs_manual_grade),
    )


def _result(store: Store, read: Submission) -> tuple[Result | None, tuple[str, ...]]:
    """The result behind the scores, and what staff should know about it."""
    grading = store.grading(read.assignment, read.student)
    if grading is None:
        return None, ("there is no record of a grading; grade again",)
    flags: list[str] = []
    if grading.attempt != read.attempt:
        flags.append("what lies in submitted/ is not what was graded; grade again")
    result = store.latest(grading.key)
    if result is None:
        flags.append("the result is not in the results store; grade again")
    else:
        flags += [f"a fault of the course in {c.exercise}, {c.check}: {c.staff or ''}" for c in result.course_faults]
        flags += [f"incomplete: the scored device {d} was missing" for d in result.missing_devices]
        flags += ["graded without a jail"] if result.trusted else []
    return result, tuple(flags)


def _late(
    everyone: Lates, assignment: str, row: Any, time: datetime | None, stored: float
) -> tuple[LateNote | None, tuple[str, ...]]:
    """The penalty that is in the gradebook, with its reason; a flag where the policy now gives another one."""
    note = everyone.charge(str(row.student.id), assignment, float(row.score), float(row.max_score))
    flags: tuple[str, ...] = ()
    if time is None:
        flags = ("not in the manifest of collected submissions, so there is no late penalty",)
    elif abs(note.penalty - stored) > 1e-6:
        flags = (
            f"the gradebook's late penalty is {stored:g}, the policy gives {note.penalty:g}; "
            f"run `torchstone late apply {assignment}`",
        )
    return (LateNote(note.days, stored, note.reason) if note.days or stored else None), flags


def _attempt_flags(attempt: Attempt | None, read: Submission) -> tuple[str, ...]:
    """Where the manifest's word for an attempt deserves a second look."""
    if attempt is None:
        return ()
    flags: list[str] = []
    if attempt.kept and attempt.sha256 != read.attempt:
        flags.append(f"what lies in submitted/ is not attempt {attempt.number}, the latest that was collected")
    if attempt.source_of_time == "file":
        flags.append("the time it was received is the file's own, which whoever made the file can set")
    return tuple(flags)


def _entered(row: Any) -> tuple[str, ...]:
    """Points in the gradebook that no check gave: staff should know of each."""
    return tuple(
        f"{g.name}: extra credit of {g.extra_credit:g} points"
        for n in row.notebooks
        for g in n.grades
        if g.extra_credit
    )
