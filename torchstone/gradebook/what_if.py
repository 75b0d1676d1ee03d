"""Who would change, and by how much, if the graders of today graded a class that is graded already.

Everything happens on a copy of the records: no score, no result and no cache of the course is written.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torchstone import secret
from torchstone.batch import GradingService
from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.gradebook.book import dump
from torchstone.gradebook.scoring import GRADE_CELL_SUFFIX
from torchstone.gradebook.submission import Submissions
from torchstone.model import Result
from torchstone.results import Store


@dataclass(frozen=True)
class Change:
    """One exercise whose points would be others."""

    exercise: str
    before: float
    after: float
    checks: tuple[str, ...]  #: «title: before → after», for those that would end otherwise
    manual: bool  #: a grader's own points stand there, and stay


@dataclass(frozen=True)
class Outlook:
    """One student: what is, and what would be, by the checks and before any late penalty."""

    student: str
    before: float | None  #: None: not graded yet
    after: float | None  #: None: could not be graded
    changes: tuple[Change, ...]
    note: str = ""

    @property
    def differs(self) -> bool:
        return self.before != self.after or bool(self.changes)


@dataclass(frozen=True)
class WhatIf:
    """A class as it would be."""

    assignment: str
    rows: tuple[Outlook, ...]

    @property
    def changed(self) -> tuple[Outlook, ...]:
        return tuple(r for r in self.rows if r.differs)

    def as_json(self) -> dict[str, Any]:
        """For other programs."""
        return {"assignment": self.assignment, "students": [asdict(r) for r in self.rows]}


def what_if(
    course: Course,
    assignment: str,
    students: Iterable[str] = (),
    *,
    jobs: int = 1,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> WhatIf:
    """Grade what was graded with the graders as they are now, and compare.

    Raises CourseError if nothing was graded or a student was not, and whatever a run of grading raises.
    """
    course.topic(assignment)
    records = course.state / "results.sqlite"
    if not records.exists():
        raise CourseError(f"nothing of {assignment} is graded yet; run `torchstone grade {assignment}`")
    known = secret.fingerprint(secret.load(course.secret_path))
    with tempfile.TemporaryDirectory(prefix="torchstone-what-if-") as scratch:
        elsewhere = _Elsewhere(course.root, course.settings, Path(scratch))
        _copy_database(records, elsewhere.state / records.name)
        with Store(elsewhere.state / records.name, known) as store:
            before = {g.student: store.latest(g.key) for g in store.gradings(assignment)}
        chosen = tuple(students) or tuple(sorted(before))
        if unknown := [s for s in chosen if s not in before]:
            raise CourseError(f"{', '.join(unknown)}: not graded yet; graded are {', '.join(sorted(before)) or 'none'}")
        submissions = Submissions(course, assignment)
        read = {s: submissions.read(s).reading.program for s in chosen}
        after: dict[str, Result] = {}
        faults: dict[str, str] = {}
        total = len({p.digest for p in read.values()})
        with GradingService(elsewhere, jobs) as service:
            for done, outcome in enumerate(service.grade_many(assignment, list(read.values())), 1):
                progress("judging", done, total)
                if outcome.result is None:
                    faults[outcome.program.digest] = str(outcome.fault)
                else:
                    after[outcome.program.digest] = outcome.result
    manual = _manual(course, assignment)
    rows = (
        _outlook(s, before[s], after.get(p.digest), manual.get(s, frozenset()), faults.get(p.digest, ""))
        for s, p in read.items()
    )
    return WhatIf(assignment, tuple(rows))


@dataclass(frozen=True)
class _Elsewhere(Course):
    """The course with its records in another folder."""

    scratch: Path = Path()

    @property
    def state(self) -> Path:
        return self.scratch


def _copy_database(source: Path, to: Path) -> None:
    """A copy at one moment, whatever is being written meanwhile."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(to)) as new:
        old.backup(new)
    shutil.copymode(source, to)


def _manual(course: Course, assignment: str) -> dict[str, frozenset[str]]:
    """The exercises that a grader has given points of their own, by student."""
    found: dict[str, frozenset[str]] = {}
    for student, notebooks in dump(course, assignment).items():
        grades = {name: g for n in notebooks.values() for name, g in n["grades"].items()}
        given = (name for name, (_, manual, *_rest) in grades.items() if manual is not None)
        found[student] = frozenset(name.removesuffix(GRADE_CELL_SUFFIX) for name in given)
    return found


def _outlook(student: str, old: Result | None, new: Result | None, manual: frozenset[str], fault: str) -> Outlook:
    if new is None:
        return Outlook(student, old.earned if old else None, None, (), f"could not be graded: {fault}")
    note = "" if old else "the result it has now is not in the results store"
    if new.course_faults:
        note = "; ".join(f"a fault of the course in {c.exercise}, {c.check}: {c.staff}" for c in new.course_faults)
    return Outlook(student, old.earned if old else None, new.earned, tuple(_changes(old, new, manual)), note)


def _changes(old: Result | None, new: Result, manual: frozenset[str]) -> Iterable[Change]:
    if old is None:
        return
    before = {e.exercise: e for e in old.exercises}
    for e in new.exercises:
        was = before.get(e.exercise)
        points = was.earned if was else 0.0
        ends = {c.check: c.status for c in was.checks} if was else {}
        turned = tuple(
            f"{c.title}: {ends.get(c.check, 'not there')} → {c.status}"
            for c in e.checks
            if ends.get(c.check) != c.status
        )
        if points != e.earned or turned:
            yield Change(e.exercise, points, e.earned, turned, e.exercise in manual)
