"""The gate before a release: what an assignment must prove before a student sees it."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from torchstone.config import Course
from torchstone.errors import GateError, UnreadableNotebook
from torchstone.gradebook import leaks
from torchstone.gradebook.release import render, source_notebook
from torchstone.model import Program, Result
from torchstone.notebook import declared, dumps, normalize, read, solution_program, stub_program


class Declared(Protocol):
    """An exercise as its graders declare it."""

    @property
    def id(self) -> str: ...
    @property
    def points(self) -> float: ...


class Judging(Protocol):
    """Scores a program against the graders, given the solution. It is asked from two threads at once."""

    def grade(self, program: Program, solution: Program | None = None) -> Result: ...


#: Exercise → what its public check says; None where it passes. Asked from two threads at once.
PublicChecks = Callable[[Mapping[str, Any]], Mapping[str, str | None]]


@dataclass(frozen=True)
class Pieces:
    """What the gate needs from other parts of Torchstone."""

    declared_exercises: Callable[[Path], Sequence[Declared]]  #: of graders/<assignment>
    judge: Callable[[], AbstractContextManager[Judging]]
    public_checks: PublicChecks


@dataclass(frozen=True)
class GateReport:
    """What was proved, one sentence each."""

    assignment: str
    exercises: tuple[str, ...]
    points: float
    proved: tuple[str, ...]


def gate(course: Course, assignment: str, pieces: Pieces) -> GateReport:
    """Prove that `assignment` may go out. Raises GateError at the first fault, naming the exercise and the reason.

    Nothing is written: the release that is looked at is generated in a scratch folder.
    """
    source = _source(course, assignment)
    with tempfile.TemporaryDirectory(prefix="torchstone-gate-") as scratch:
        folder = render(course, assignment, Path(scratch))
        texts = dict(pair for p in _files(folder) for pair in leaks.readable(p, str(p.relative_to(folder.parent))))
        release = read((folder / f"{assignment}.ipynb").read_bytes())
    exercises = _agreement(course, assignment, source, pieces)
    proved = (
        f"the notebook is in normal form and declares {len(exercises)} exercises, as the graders do",
        _no_leak(course, assignment, source, texts),
        _scores(assignment, source, release, exercises, pieces),
        _public(assignment, source, release, exercises, pieces.public_checks),
    )
    return GateReport(assignment, tuple(exercises), math.fsum(exercises.values()), proved)


def _source(course: Course, assignment: str) -> dict[str, Any]:
    path = source_notebook(course, assignment)
    data = path.read_bytes()
    try:
        notebook = read(data)
    except UnreadableNotebook as e:
        raise GateError(f"{assignment}: {path} cannot be read: {e}") from e
    if dumps(normalize(notebook)).encode() != data:
        raise GateError(f"{assignment}: {path.name} is not in normal form; run `torchstone normalize {assignment}`")
    return notebook


def _agreement(course: Course, assignment: str, source: dict[str, Any], pieces: Pieces) -> dict[str, float]:
    """Exercise → points, on which notebook and graders agree."""
    ours = {e.id: float(e.points) for e in declared(source) if not e.manual}
    theirs = {e.id: float(e.points) for e in pieces.declared_exercises(course.graders / assignment)}
    for exercise in sorted(ours.keys() ^ theirs.keys()):
        where, lacking = ("the graders", "the notebook") if exercise in theirs else ("the notebook", "the graders")
        raise GateError(f"{assignment}, {exercise}: {where} declare it, {lacking} do not")
    for exercise, points in ours.items():
        if not math.isclose(points, theirs[exercise]):
            raise GateError(
                f"{assignment}, {exercise}: {points:g} points in the notebook, {theirs[exercise]:g} in the graders"
            )
    if not ours:
        raise GateError(f"{assignment}: the notebook has no automatically graded exercise")
    return ours


def _no_leak(course: Course, assignment: str, source: dict[str, Any], texts: Mapping[str, str]) -> str:
    secrets = dict.fromkeys(leaks.solution_lines(source), "the solution")
    secrets |= leaks.grader_lines(course.graders / assignment, source)
    for leak in leaks.search(texts, secrets):
        raise GateError(f"{assignment}: the release would give away a secret: {leak}")
    return f"no line of the solution or the graders is in the release ({len(secrets)} searched)"


def _scores(
    assignment: str, source: dict[str, Any], release: dict[str, Any], exercises: Mapping[str, float], pieces: Pieces
) -> str:
    solution, stub = solution_program(source, assignment), stub_program(release, assignment)
    with pieces.judge() as judge, ThreadPoolExecutor(2) as both:
        right, empty = both.map(lambda program: judge.grade(program, solution=solution), (solution, stub))
    for result in (right, empty):
        for check in result.course_faults:
            raise GateError(
                f"{assignment}, {check.exercise}: «{check.title}» is at fault: {check.staff or 'no reason given'}"
            )
    if right.missing_devices:
        raise GateError(f"{assignment}: the scored device {', '.join(right.missing_devices)} is not on this machine")
    for exercise, points, earned, lost in _earned(right, exercises):
        if not math.isclose(earned, points):
            raise GateError(f"{assignment}, {exercise}: the solution earns {earned:g} of {points:g} points; {lost}")
    for exercise, _, earned, _ in _earned(empty, exercises):
        if earned != 0:
            raise GateError(f"{assignment}, {exercise}: the stub earns {earned:g} points; it must earn none")
    return f"the solution earns {right.earned:g} of {math.fsum(exercises.values()):g} points, the stub none"


def _earned(result: Result, exercises: Mapping[str, float]) -> Iterator[tuple[str, float, float, str]]:
    """Exercise, points, earned, and what failed first."""
    by_id = {e.exercise: e for e in result.exercises}
    for exercise, points in exercises.items():
        found = by_id.get(exercise)
        failed = next((c for c in found.checks if c.status != "passed"), None) if found else None
        reason = (
            f"«{failed.title}»: {failed.verdict.message if failed.verdict else failed.status}"
            if failed
            else "no check ran"
        )
        yield exercise, points, found.earned if found else math.nan, reason


def _public(
    assignment: str,
    source: dict[str, Any],
    release: dict[str, Any],
    exercises: Mapping[str, float],
    public_checks: PublicChecks,
) -> str:
    with ThreadPoolExecutor(2) as both:
        on_solution, on_stub = both.map(public_checks, (source, release))
    for exercise in exercises:
        if exercise not in on_solution or exercise not in on_stub:
            raise GateError(f"{assignment}, {exercise}: its public check did not run")
        if (message := on_solution[exercise]) is not None:
            raise GateError(f"{assignment}, {exercise}: its public check fails on the solution: {message}")
        if on_stub[exercise] is None:
            raise GateError(
                f"{assignment}, {exercise}: its public check passes on the stub; ship one that asserts something"
            )
    return f"each of {len(exercises)} public checks passes on the solution and fails on the stub"


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())
