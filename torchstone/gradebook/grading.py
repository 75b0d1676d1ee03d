"""`torchstone grade`: a class, from submitted/ through the judges into the gradebook.

What is kept in memory of a student is a line of the report. Notebooks, programs and results are read when their turn
comes, from submitted/ and from the results store.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

from torchstone.batch import GradingService
from torchstone.config import Course
from torchstone.errors import CourseError, GradebookError
from torchstone.gradebook.plan import Entry, order, plan
from torchstone.gradebook.standing import Inputs, roster_stands, standing
from torchstone.gradebook.submission import Submissions
from torchstone.model import Program
from torchstone.results.summary import Summary, summary

_WRITING: Final = "torchstone.gradebook.scores"

#: Told as work goes on: what is being done, how many are done, of how many.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Row:
    """One student's line of the report."""

    student: str
    key: str  #: of the Result in the results store
    summary: Summary | None  #: None: not graded, through a fault of the course
    notes: tuple[str, ...]

    @property
    def earned(self) -> float | None:
        return self.summary.earned if self.summary else None

    @property
    def points(self) -> float:
        return self.summary.points if self.summary else 0.0

    @property
    def exercises(self) -> Mapping[str, float]:
        """Exercise → points earned."""
        return {e.exercise: e.earned for e in self.summary.exercises} if self.summary else {}


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
        return tuple(dict.fromkeys(name for row in self.rows for name in row.exercises))


def grade_assignment(
    course: Course,
    assignment: str,
    *,
    students: Iterable[str] = (),
    jobs: int = 1,
    fresh: bool = False,
    trust: bool = False,
    progress: Progress = lambda what, done, total: None,
) -> ClassReport:
    """Grade the submissions of `assignment` (of `students`, or all) with `jobs` judges, and write the gradebook.

    `fresh` and `trust` are GradingService's.
    Raises TorchstoneError for what concerns the whole run: an unknown week or student, an empty class, no jail, no
    gradebook.
    """
    with GradingService(course, jobs, trust=trust, fresh=fresh) as service:
        return grade_with(service, course, assignment, students, progress)


def grade_with(
    service: GradingService,
    course: Course,
    assignment: str,
    students: Iterable[str] = (),
    progress: Progress = lambda what, done, total: None,
) -> ClassReport:
    """The same with a grading service that is at work already, and stays open.

    Nothing is judged whose result is in the store, and nobody's scores are written where they stand already (the rule:
    `torchstone.gradebook.standing`). So a run that was interrupted is taken up by the next.
    """
    course.topic(assignment)
    chosen = _chosen(course, assignment, tuple(students))
    run = _Run(service, course, assignment, progress)
    run.read(chosen)
    with closing(run.judge()) as judged:
        run.write(judged)
    return ClassReport(assignment, tuple(run.rows()), tuple(dict.fromkeys(run.faults)))


class _Run:
    """One run over a class: `read`, `judge` with `write`, then `rows`."""

    def __init__(self, service: GradingService, course: Course, assignment: str, progress: Progress) -> None:
        self._service, self._course, self._assignment, self._progress = service, course, assignment, progress
        self._submissions = Submissions(course, assignment)
        self._entries: dict[str, Entry] = {}
        self._summaries: dict[str, Summary] = {}  # by key
        self._judging = False
        self._to_write = 0
        self.faults: list[str] = []

    def read(self, students: Collection[str]) -> None:
        """What each student's submission is a program of: from the store where the same bytes were read before."""
        service, store, begun = self._service, self._service.store, False
        key = service.keys(self._assignment).key_of
        for done, entry in enumerate(plan(self._submissions, store, students, key), 1):
            if not begun and (service.fresh or entry.key not in store.settled([entry.key])):
                service.begin(self._assignment)  # judges start while the class is read
                begun = True
            self._entries[entry.student] = entry
            self._progress("reading", done, len(students))

    def judge(self) -> Generator[str]:
        """Who has a result and no scores of it: who had the result before, then others as judges come to it, longest
        first.
        """
        store = self._service.store
        settled = {} if self._service.fresh else store.settled(e.key for e in self._entries.values())
        self._summaries |= {key: found.summary for key, found in settled.items()}
        there = [e for e in self._entries.values() if e.key in settled]
        waiting = order((e for e in self._entries.values() if e.key not in settled), store.seconds(self._assignment))
        who: dict[str, list[str]] = {}
        for e in waiting:
            who.setdefault(e.program, []).append(e.student)
        standing = self._standing(there)
        self._to_write = len(self._entries) - len(standing)
        yield from (e.student for e in there if e.student not in standing)
        self._progress("judging", 0, len(who))
        if who:  # scores will be written: what that takes is loaded while judges start
            threading.Thread(target=importlib.import_module, args=(_WRITING,), daemon=True).start()
        outcomes = self._service.grade_many(self._assignment, self._programs(names[0] for names in who.values()))
        for done, outcome in enumerate(outcomes, 1):
            self._judging = done < len(who)
            self._progress("judging", done, len(who))
            students = who.get(outcome.program.digest, [])
            if outcome.result is None:
                self._to_write -= len(students)
                self.faults.append(f"{', '.join(students)}: could not be graded: {outcome.fault}")
            else:
                self._summaries[outcome.result.key] = summary(outcome.result)
                self.faults += [f"{c.exercise}, {c.title}: {c.staff}" for c in outcome.result.course_faults]
                yield from students

    def _programs(self, students: Iterable[str]) -> Iterator[Program]:
        """Read when a judge is free."""
        return (self._submissions.read(student).reading.program for student in students)

    def write(self, students: Iterator[str]) -> None:
        """The scores of `students`, as they come."""
        first = list(islice(students, 1))  # by now judges are at work
        if not first and roster_stands(self._course):
            return
        from torchstone.gradebook.scores import Failed, Graded, write_scores  # loads nbgrader: not before it is needed

        done = 0

        def told(outcome: Graded | Failed) -> None:
            nonlocal done
            done += 1
            if isinstance(outcome, Failed):
                self.faults.append(f"{outcome.student}: {outcome.error}")
            else:
                self._entries[outcome.student] = Entry.of(outcome.submission, outcome.result.key)
                self._summaries[outcome.result.key] = summary(outcome.result)
            if not self._judging:
                self._progress("writing the gradebook", done, self._to_write)

        try:
            write_scores(self._course, self._assignment, chain(first, students), told, self._service)
        except GradebookError:
            for _ in students:  # judged all the same: the next run only writes
                pass
            raise

    def _standing(self, graded: Iterable[Entry]) -> frozenset[str]:
        """Those of `graded` whose scores are in the gradebook already."""
        if self._service.fresh:
            return frozenset()
        store = self._service.store
        inputs = Inputs(self._course, self._assignment, self._submissions.rules)
        entries = list(graded)
        settled = store.settled(e.key for e in entries)
        today = {
            e.student: inputs.of(e.student, e.attempt, e.key, settled[e.key].stored)
            for e in entries
            if e.key in settled
        }
        return standing(self._course, self._assignment, today, store.stamps(self._assignment))

    def rows(self) -> Iterator[Row]:
        for e in self._entries.values():
            found = self._summaries.get(e.key)
            yield Row(e.student, e.key, found, tuple(_notes(e, found)))


def _notes(entry: Entry, found: Summary | None) -> Iterator[str]:
    if found is None:
        yield "could not be graded"
    if entry.blank:
        yield entry.blank
    elif entry.repairs:
        yield f"{entry.repairs} repairs"
    if found is None:
        return
    if found.broken:
        yield f"{', '.join(found.broken)} did not run"
    if found.missing:
        yield f"incomplete: no {', '.join(found.missing)}"
    if found.trusted:
        yield "graded without a jail"


def _chosen(course: Course, assignment: str, students: tuple[str, ...]) -> tuple[str, ...]:
    there = sorted(p.parent.name for p in course.submitted.glob(f"*/{assignment}") if p.is_dir())
    if not there:
        raise CourseError(
            f"nobody has handed in {assignment}: {course.submitted} holds none; "
            f"run `torchstone collect SOURCE {assignment}`"
        )
    known = frozenset(there)
    if unknown := [s for s in students if s not in known]:
        raise CourseError(f"{', '.join(unknown)} handed in nothing for {assignment}; there are {', '.join(there)}")
    return students or tuple(there)
