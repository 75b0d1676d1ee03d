"""`torchstone grade`: a class, from submitted/ through the judges into the gradebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from torchstone.batch import Engine, GradingService
from torchstone.config import Course
from torchstone.errors import CourseError, TorchstoneError
from torchstone.gradebook import submission
from torchstone.gradebook.scores import write_scores
from torchstone.model import CheckResult, Result

#: Told as work goes on: what is being done, how many are done, of how many.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Row:
    """One student's line of the report."""

    student: str
    earned: float | None  #: None: not graded, through a fault of the course
    points: float
    exercises: Mapping[str, float]
    notes: tuple[str, ...]
    result: Result | None


@dataclass(frozen=True)
class ClassReport:
    """What a run of grading gave."""

    assignment: str
    rows: tuple[Row, ...]
    faults: tuple[str, ...] = field(default=())  #: of ours, for staff

    @property
    def clean(self) -> bool:
        """Nothing went wrong on our side."""
        return not self.faults

    @property
    def exercises(self) -> tuple[str, ...]:
        """The exercises, in the order of the graders."""
        return tuple(dict.fromkeys(e.exercise for row in self.rows if row.result for e in row.result.exercises))

    def as_json(self) -> dict[str, Any]:
        """For other programs: per student and exercise points and max; per check title, stage, diagnosis, device."""
        return {
            "assignment": self.assignment,
            "students": {row.student: _student_json(row) for row in self.rows},
            "faults": list(self.faults),
        }


def grade_assignment(
    course: Course,
    assignment: str,
    *,
    students: Iterable[str] = (),
    jobs: int = 1,
    fresh: bool = False,
    trust: bool = False,
    engine: Engine | None = None,
    progress: Progress = lambda what, done, total: None,
) -> ClassReport:
    """Grade the submissions of `assignment` (of `students`, or all) with `jobs` judges, then write the gradebook.

    `fresh`, `trust` and `engine` are GradingService's.
    Raises TorchstoneError for what concerns the whole run: an unknown week or student, an empty class, no jail, no
    gradebook.
    """
    with GradingService(course, jobs, trust=trust, fresh=fresh, engine=engine) as service:
        return grade_with(service, course, assignment, students, progress)


def grade_with(
    service: GradingService,
    course: Course,
    assignment: str,
    students: Iterable[str] = (),
    progress: Progress = lambda what, done, total: None,
) -> ClassReport:
    """The same with a grading service that is at work already, and stays open."""
    course.topic(assignment)
    chosen = _chosen(course, assignment, tuple(students))
    read = {student: submission.read(course, student, assignment) for student in chosen}
    faults: list[str] = []
    results: dict[str, Result] = {}
    programs = [s.reading.program for s in read.values()]
    total = len({p.digest for p in programs})
    progress("judging", 0, total)
    for done, outcome in enumerate(service.grade_many(assignment, programs), 1):
        progress("judging", done, total)
        if outcome.result is None:
            who = ", ".join(s for s, r in read.items() if r.reading.program == outcome.program)
            faults.append(f"{who}: could not be graded: {outcome.fault}")
        else:
            results[outcome.program.digest] = outcome.result
            faults += [f"{c.exercise}, {c.title}: {c.staff}" for c in outcome.result.course_faults]
    graded = [s for s in chosen if read[s].reading.program.digest in results]
    faults += _written(course, assignment, graded, service, progress)
    rows = tuple(_row(student, read[student], results.get(read[student].reading.program.digest)) for student in chosen)
    return ClassReport(assignment, rows, tuple(dict.fromkeys(faults)))


def _written(
    course: Course, assignment: str, students: list[str], service: GradingService, progress: Progress
) -> list[str]:
    done = 0

    def step(student: str, error: TorchstoneError | None) -> None:
        nonlocal done
        done += 1
        progress("writing the gradebook", done, len(students))

    written = write_scores(course, assignment, students, step, service)
    return [f"{student}: {error}" for student, error in written.failed]


def _chosen(course: Course, assignment: str, students: tuple[str, ...]) -> tuple[str, ...]:
    there = sorted(p.parent.name for p in course.submitted.glob(f"*/{assignment}") if p.is_dir())
    if not there:
        raise CourseError(
            f"nobody has handed in {assignment}: {course.submitted} holds none; "
            f"run `torchstone collect SOURCE {assignment}`"
        )
    if unknown := [s for s in students if s not in there]:
        raise CourseError(f"{', '.join(unknown)} handed in nothing for {assignment}; there are {', '.join(there)}")
    return students or tuple(there)


def _row(student: str, read: submission.Submission, result: Result | None) -> Row:
    notes = [read.blank.message] if read.blank else []
    if read.reading.repairs and not read.blank:
        notes.append(f"{len(read.reading.repairs)} repairs")
    if result is None:
        return Row(student, None, 0.0, {}, ("could not be graded", *notes), None)
    if result.broken_cells:
        notes.append(f"{', '.join(c.cell for c in result.broken_cells)} did not run")
    if result.missing_devices:
        notes.append(f"incomplete: no {', '.join(result.missing_devices)}")
    if result.trusted:
        notes.append("graded without a jail")
    exercises = {e.exercise: e.earned for e in result.exercises}
    return Row(student, result.earned, result.points, exercises, tuple(notes), result)


def _student_json(row: Row) -> dict[str, Any]:
    exercises = {}
    for e in row.result.exercises if row.result else ():
        exercises[e.exercise] = {"points": e.earned, "max": e.points, "checks": [_check_json(c) for c in e.checks]}
    diagnosed = row.result is not None and row.result.diagnosed  # a check without a diagnosis: no known pattern fits
    return {
        "points": row.earned,
        "max": row.points,
        "notes": list(row.notes),
        "exercises": exercises,
        "diagnosed": diagnosed,
    }


def _check_json(check: CheckResult) -> dict[str, Any]:
    verdict = check.verdict
    return {
        "title": check.title,
        "points": check.earned,
        "max": check.points,
        "status": check.status,
        "device": check.device,
        "stage": verdict.stage if verdict else None,
        "message": verdict.message if verdict else None,
        "basis": verdict.basis if verdict else None,
        "where": asdict(verdict.where) if verdict and verdict.where else None,
        "diagnosis": asdict(verdict.hint) if verdict and verdict.hint else None,
    }
