"""From a Result to what stands in a grade cell: points, or a reason why staff must look. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from torchstone.messages import page
from torchstone.model import ExerciseResult, Result

#: What ends the name of a grade cell: `<exercise>_check`.
GRADE_CELL_SUFFIX: Final = "_check"

#: Told to a student whose exercise could not be graded.
NOT_YET: Final = page.not_graded_yet()


@dataclass(frozen=True)
class CellScore:
    """What one grade cell is given."""

    points: float | None  #: None: no automatic score; nbgrader then asks staff for a manual one
    exercise: ExerciseResult | None = None
    fault: str | None = None  #: for staff: why there are no points


def exercise_of(grade_id: str) -> str:
    """The exercise that a grade cell belongs to."""
    return grade_id.removesuffix(GRADE_CELL_SUFFIX)


def score(result: Result, exercise: str, maximum: float) -> CellScore:
    """The score of one exercise, a float in [0, maximum], or the fault that forbids one.

    A fault of the course, a missing scored device, or graders that disagree with the notebook never become a zero.
    """
    found = next((e for e in result.exercises if e.exercise == exercise), None)
    if found is None:
        return CellScore(None, None, f"the graders have no exercise {exercise!r}")
    fault = _fault(found, maximum) or _incomplete(found, result)
    return CellScore(None if fault else min(max(float(found.earned), 0.0), maximum), found, fault)


def _fault(exercise: ExerciseResult, maximum: float) -> str | None:
    if not math.isclose(exercise.points, maximum, abs_tol=1e-9):
        return f"the graders give {exercise.points:g} points for {exercise.exercise}, the notebook {maximum:g}"
    if not math.isfinite(exercise.earned) or not -1e-9 <= exercise.earned <= maximum + 1e-9:
        return f"{exercise.exercise} earned {exercise.earned!r} of {maximum:g} points"
    faults = [
        f"{c.check}: {c.staff or 'it fails on the reference too'}"
        for c in exercise.checks
        if c.status == "course_fault"
    ]
    return f"a fault of the course in {'; '.join(faults)}" if faults else None


def _incomplete(exercise: ExerciseResult, result: Result) -> str | None:
    waiting = [c.check for c in exercise.checks if c.status == "incomplete"]
    everywhere = any(c.status == "incomplete" for e in result.exercises for c in e.checks)
    if waiting or (result.missing_devices and not everywhere):
        missing = ", ".join(result.missing_devices) or "unknown"
        return f"incomplete ({', '.join(waiting) or 'all checks'}): the scored device {missing} is not on this machine"
    return None
