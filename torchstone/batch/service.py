"""The one way to a Result: the results store first, else a judge.

Judges live in processes of their own, so that neither torch nor pytest enters the caller (Jupyter's server, the
command line); where those processes are is the engine's affair.
"""

from __future__ import annotations

import functools
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import Self

from torchstone.batch.engine import Brief, Engine, Outcome
from torchstone.batch.local import LocalJudges
from torchstone.config import Course
from torchstone.errors import CourseError, JailError
from torchstone.judge.keys import WeekKeys, file_digest, folder_digest
from torchstone.model import Program, Result
from torchstone.notebook import read, solution_program
from torchstone.results import Store


class GradingService:
    """Grades programs of a course. A context manager.

    `engine` judges what the store does not hold (default: `jobs` judges at once on this machine). `trust` runs
    submissions without a jail (the instructor's explicit choice); `fresh` does not look into the store.
    """

    def __init__(
        self, course: Course, jobs: int = 1, *, trust: bool = False, fresh: bool = False, engine: Engine | None = None
    ) -> None:
        self._course, self._trust, self._fresh = course, trust, fresh
        self._engine: Engine = engine or functools.partial(LocalJudges, jobs=jobs)
        self._weeks: dict[str, _Week] = {}
        self._graded: set[str] = set()  # keys graded by this service: not again, whatever became of them
        self._store_lock = threading.Lock()

    @cached_property
    def store(self) -> Store:
        """The course's results store."""
        from torchstone import secret

        known = secret.fingerprint(secret.load_or_create(self._course.secret_path))
        return Store(self._course.state / "results.sqlite", known)

    @property
    def fresh(self) -> bool:
        """Whether what the store holds is graded again."""
        return self._fresh

    def keys(self, assignment: str) -> WeekKeys:
        """The content addresses of everything that results of `assignment` depend on."""
        return self._week(assignment).keys

    def key(self, assignment: str, program: Program) -> str:
        """The content address of everything that the result of `program` depends on."""
        return self.keys(assignment).key(program)

    def stored(self, assignment: str, program: Program) -> Result | None:
        """The result of `program` if it is there already; no judge is started."""
        key = self.key(assignment, program)
        with self._store_lock:
            if key in self._graded:
                return self.store.latest(key)
            return None if self._fresh else self.store.get(key)

    def grade(self, assignment: str, program: Program) -> Result:
        """The result of one program. Raises TorchstoneError for a fault of ours."""
        (outcome,) = self.grade_many(assignment, [program])
        if outcome.result is None:
            raise outcome.fault or JailError("the judge gave no result")
        return outcome.result

    def begin(self, assignment: str) -> None:
        """Programs of `assignment` will come that the store does not hold: judges may start."""
        self._week(assignment).judges.begin()

    def grade_many(self, assignment: str, programs: Iterable[Program]) -> Iterator[Outcome]:
        """Outcomes as they come; equal programs are graded once. `programs` is read as judges become free."""
        week = self._week(assignment)
        found: deque[Program] = deque()  # not their results: a class of them is large
        seen: set[str] = set()

        def missing() -> Iterator[Program]:
            for program in programs:
                if program.digest not in seen:
                    seen.add(program.digest)
                    if self._known(assignment, program):
                        found.append(program)
                    else:
                        yield program

        for outcome in week.judges.judge(missing(), self._keep):
            yield from self._stored(assignment, found)
            yield outcome
        yield from self._stored(assignment, found)

    def _known(self, assignment: str, program: Program) -> Result | None:
        """What need not be judged again: a result that has its diagnosis, or that this service has tried already."""
        result = self.stored(assignment, program)
        return result if result is not None and (result.diagnosed or result.key in self._graded) else None

    def _stored(self, assignment: str, found: deque[Program]) -> Iterator[Outcome]:
        while found:
            program = found.popleft()
            yield Outcome(program, self.stored(assignment, program), from_store=True)

    def _keep(self, result: Result) -> None:
        with self._store_lock:
            self.store.put(result)
            self._graded.add(result.key)

    def _week(self, assignment: str) -> _Week:
        with self._store_lock:
            if assignment not in self._weeks:
                self._weeks[assignment] = _Week(self._course, assignment, self._trust, self._engine)
            return self._weeks[assignment]

    def close(self) -> None:
        for week in self._weeks.values():
            week.judges.close()
        if "store" in self.__dict__:
            self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class _Week:
    """One assignment's judges, and what its keys are made of."""

    def __init__(self, course: Course, assignment: str, trust: bool, engine: Engine) -> None:
        self.brief = _brief(course, assignment, trust)
        self.judges = engine(self.brief)
        self.keys = WeekKeys(self.brief.folder, self.brief.policy, self.judges.tier, self.brief.solution)


def _brief(course: Course, assignment: str, trust: bool) -> Brief:
    if not (course.graders / assignment).is_dir():
        raise CourseError(f"there are no graders for {assignment}: {course.graders / assignment} is missing")
    notebook = course.source / assignment / f"{assignment}.ipynb"
    policy = replace(
        course.policy(assignment, trust=trust),
        release=folder_digest(course.release / assignment),
        constraints=file_digest(course.root / "constraints.txt"),
    )
    return Brief(
        assignment,
        course.graders,
        policy,
        solution_program(read(notebook.read_bytes()), assignment) if notebook.exists() else None,
        course.state / "wanted.sqlite",
    )
