"""What a week's graders declare: exercises, checks, titles and points. Nothing is run."""

from __future__ import annotations

from pathlib import Path

from torchstone.errors import CourseError
from torchstone.judge.collection import Declared, Vocabulary, run
from torchstone.judge.draw import WORLDS
from torchstone.judge.probe import ACCELERATOR, ACCELERATOR_TITLE
from torchstone.model import DeclaredCheck, DeclaredExercise


def declared_exercises(graders_week: Path) -> tuple[DeclaredExercise, ...]:
    """The exercises of a week in the order of their files, each with the automatic device check where it has points.

    Raises CourseError if there is no such folder, CourseFault if its modules cannot be collected.
    """
    if not graders_week.is_dir():
        raise CourseError(f"there are no graders for {graders_week.name}: {graders_week} is missing")
    declared = Declared()
    run(graders_week, Vocabulary(tuple(WORLDS)), declared, collect_only=True)
    declared.raise_faults(graders_week)
    checks: dict[str, list[DeclaredCheck]] = {}
    accelerator: dict[str, float] = {}
    for c in declared.checks:
        checks.setdefault(c.exercise, []).append(DeclaredCheck(c.name, c.title, c.points))
        accelerator[c.exercise] = max(accelerator.get(c.exercise, 0.0), c.accelerator)
    for exercise, points in accelerator.items():
        if points:
            checks[exercise].append(DeclaredCheck(ACCELERATOR, ACCELERATOR_TITLE, points))
    return tuple(DeclaredExercise(name, sum(c.points for c in own), tuple(own)) for name, own in checks.items())
