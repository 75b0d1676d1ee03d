"""What to do next: at most four recommendations, the one that helps most first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from torchstone.feedback import words
from torchstone.feedback.texts import one_line
from torchstone.messages import page
from torchstone.model import CheckResult, ExerciseResult, ExerciseScore, StudentReport

_MOST_EXERCISES: Final = 3


@dataclass(frozen=True)
class Step:
    """One recommendation, in plain text (a page escapes it; a terminal prints it)."""

    text: str
    exercise: str = ""  #: the exercise it is about, for a link; "" for none


def next_steps(report: StudentReport) -> tuple[Step, ...]:
    """What this student gains most from doing next.

    First what keeps everything else from being seen (a file that could not be read, a cell that stops), then the
    exercises with the most points open, each with its first check that does not pass.
    """
    if any(r.kind == "unreadable" for r in report.repairs):
        return (Step(page.hand_in_again(one_line(report.assignment))),)
    if any(r.kind == "nothing-handed-in" for r in report.repairs) or not was_graded(report):
        return (Step(page.tell_your_instructor()),)
    if report.result is None:
        return (Step(page.not_kept()),)
    steps: list[Step] = []
    cells = [one_line(cell.cell) for cell in report.result.broken_cells]
    if cells:
        steps.append(Step(page.mend_first(cells)))
    results = {e.exercise: e for e in report.result.exercises}
    gains = [(_gain(score, results.get(score.exercise)), score) for score in report.exercises]
    gains.sort(key=lambda item: -item[0])  # stable: ties stay in the notebook's order
    for gain, score in gains[:_MOST_EXERCISES]:
        if gain > 0:
            steps.append(Step(_look_at(score, results.get(score.exercise), gain, first=not steps), score.exercise))
    return tuple(steps) or (Step(_done(report)),)


def was_graded(report: StudentReport) -> bool:
    """Whether the gradebook holds anything for this student, be it only that a grader has still to look."""
    entered = (s.needs_manual or s.auto is not None or s.manual is not None for s in report.exercises)
    return report.result is not None or any(entered)


def _gain(score: ExerciseScore, result: ExerciseResult | None) -> float:
    """Points that mended code would bring here: not what a grader settled, nor what is open on our side."""
    checks = result.checks if result and score.manual is None else ()
    return sum(check.points - check.earned for check in checks if check.status in ("failed", "skipped"))


def _look_at(score: ExerciseScore, result: ExerciseResult | None, gain: float, *, first: bool) -> str:
    check = first_failed(result)
    verdict = check.verdict if check else None
    return page.look_at(
        one_line(score.title or score.exercise),
        words.points(gain),
        first=first,
        check=one_line(check.title) if check and verdict else "",
        stage=words.STAGE[verdict.stage] if verdict else "",
        hint=verdict is not None and verdict.hint is not None,
    )


def first_failed(result: ExerciseResult | None) -> CheckResult | None:
    """The first check of an exercise that the student's code does not pass."""
    return next((c for c in result.checks if c.status == "failed"), None) if result else None


def _done(report: StudentReport) -> str:
    if report.result is not None and any(first_failed(exercise) for exercise in report.result.exercises):
        return page.settled_by_a_grader()
    if report.result is not None and not report.result.complete:
        return page.rest_is_ours()
    if any(score.needs_manual for score in report.exercises):
        return page.grader_still_reads()
    return page.well_done()
